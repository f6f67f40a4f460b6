import itertools
import re

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from index.errors import ModelUnavailable
from index.models.registry import Model, find_model
from tests.fakes import fake_model
from tests.tui.fakes import Shell, assert_one_line_error


def test_all_sound_is_exit_code_0(indexed: Shell) -> None:
    ran = indexed.byline("check")
    assert (ran.code, ran.err) == (0, "")
    index, model, articles, reader, verdict = ran.out.splitlines()
    assert index.startswith("ok     index: 2 articles, 2 passages, every file as written on ")
    assert model == "ok     model: all-MiniLM-L6-v2, ready for questions, every file as written"
    assert articles == "ok     articles: all 2 are as they were indexed"
    assert reader == "ok     reader: byline, ready, every file as written"
    assert verdict == "All is sound."
    told = indexed.byline("check", "--json").json
    assert told["sound"] is True
    assert [one["subject"] for one in told["findings"]] == ["index", "model", "articles", "reader"]


def test_articles_that_changed_need_attention(indexed: Shell) -> None:
    (indexed.news / "port.txt").write_text("Something else.", encoding="utf-8")
    (indexed.news / "in" / "mill.txt").unlink()
    indexed.write("new.txt", "The dam broke.")
    ran = indexed.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[2] == (
        "look   articles: since they were indexed 1 changed, 1 went, 1 came; run `byline index`"
    )
    assert ran.out.splitlines()[-1] == (
        "Nothing is broken, but something needs attention. To do: run `byline index`."
    )
    told = indexed.byline("check", "--json").json
    assert (told["sound"], told["findings"][2]["state"]) == (False, "attention")


def test_a_file_of_the_index_that_changed_is_broken(indexed: Shell) -> None:
    (catalog,) = indexed.index.glob("generations/*/segments/*/passages.sqlite")
    data = catalog.read_bytes()
    catalog.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    ran = indexed.byline("check")
    assert ran.code == 2
    assert ran.out.startswith("BROKEN index: ")
    assert "is not as it was written" in ran.out
    assert ran.out.endswith("\nSomething is broken. To do: run `byline index --full`.\n")
    told = indexed.byline("check", "--json").json["findings"][0]
    assert told["message"].endswith("is not as it was written")
    assert told["advice"] == "run `byline index --full`"


def test_another_model_than_the_index_s_is_broken(indexed: Shell) -> None:
    indexed.patch.setattr("index.check.export_faults", lambda _: ["missing"])
    assert indexed.byline("check").code == 1
    indexed.patch.setattr("index.check.find_model", lambda name, **_: fake_model("b" * 64, name))
    ran = indexed.byline("check")
    assert ran.code == 2
    assert "BROKEN model: all-MiniLM-L6-v2 is not the one that the index was built with" in ran.out


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """A hub with nothing of it on disk; what it is asked for, and whether only on disk."""
    asked: list[tuple[str, bool]] = []

    def download(name: str, *, local_files_only: bool = False, **_: object) -> str:
        asked.append((name, local_files_only))
        raise LocalEntryNotFoundError(name)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return asked


def test_checking_never_asks_the_hub(indexed: Shell, hub: list[tuple[str, bool]]) -> None:
    indexed.patch.setattr("index.check.export_faults", lambda _: ["missing"])
    indexed.patch.setattr("index.check.find_model", find_model)
    indexed.byline("index", "--full", "--model", "somebody/model")
    ran = indexed.byline("check", "--reader", "somebody/reader")
    assert ran.code == 2
    assert hub == [("somebody/model", True), ("somebody/reader", True)]
    told = "is not on this disk, and nothing was downloaded"
    assert f"BROKEN model: model 'somebody/model' {told}; put the model back" in ran.out
    assert "or name another: `byline index --full --model NAME`" in ran.out
    assert f"BROKEN reader: model 'somebody/reader' {told}; name another with --reader" in ran.out
    # A question would.
    assert_one_line_error(
        indexed.byline("bench", "read", "--reader", "somebody/reader"), "could not be downloaded"
    )
    assert hub[2:] == [("somebody/reader", True), ("somebody/reader", False)]


def test_checking_writes_nothing(indexed: Shell) -> None:
    def seen() -> dict[str, int]:
        return {str(one): one.stat().st_mtime_ns for one in indexed.home.rglob("*")}

    before = seen()
    indexed.byline("check")
    assert seen() == before


def test_without_any_index_it_says_so_and_builds_none(shell: Shell) -> None:
    ran = shell.byline("check")
    assert ran.code == 1
    assert "look   index: nothing is indexed in " in ran.out
    assert ran.err == ""


def test_a_file_with_nothing_to_read_is_no_article_that_came(indexed: Shell) -> None:
    (indexed.news / "empty.txt").write_text("\n", encoding="utf-8")
    assert indexed.byline("check").code == 0
    (indexed.news / "more.txt").write_text("The dam held on Friday.", encoding="utf-8")
    ran = indexed.byline("check")
    assert "since they were indexed 0 changed, 0 went, 1 came; run `byline index`" in ran.out


def test_a_model_that_is_gone_needs_attention_while_its_export_is_there(indexed: Shell) -> None:
    def gone(name: str, **_: object) -> Model:
        raise ModelUnavailable(f"no model folder at {name}")

    indexed.patch.setattr("index.check.find_model", gone)
    ran = indexed.byline("check")
    assert ran.code == 1
    assert "look   model: no model folder at all-MiniLM-L6-v2; put the model back" in ran.out


def test_a_folder_that_is_not_there_is_named_with_what_to_do(indexed: Shell) -> None:
    indexed.news.rename(indexed.home / "elsewhere")
    ran = indexed.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[2] == (
        "look   articles: 2 stand in news, which is not there now; "
        "bring it back, or run `byline index --forget news`"
    )


def test_a_journal_beside_the_catalog_needs_attention(indexed: Shell) -> None:
    (generation,) = (one for one in (indexed.index / "generations").iterdir() if one.is_dir())
    (generation / "passages.sqlite-wal").touch()
    ran = indexed.byline("check")
    assert ran.code == 1
    assert "-wal shows that another program opened the index for writing" in ran.out
    assert indexed.byline("index", "--full").code == 0
    assert indexed.byline("check").code == 0


def test_what_takes_longer_than_a_second_is_told_on_stderr(indexed: Shell) -> None:
    moments = itertools.count(step=6)
    indexed.patch.setattr("tui.pace.monotonic", lambda: next(moments))
    ran = indexed.byline("check")
    assert ran.code == 0
    first, *rest = ran.err.splitlines()
    assert re.fullmatch(r"Checking the index: \d+ of \d+ MB", first)
    assert "Checking the articles: 1 of 2" in rest
    assert "Checking" not in ran.out


def test_the_help_tells_what_json_holds(shell: Shell) -> None:
    told = shell.byline("check", "--help").out
    for word in ("sound", "findings", "subject", "state", "message", "advice", "Exit code 0"):
        assert word in told
