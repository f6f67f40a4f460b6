import itertools
import re

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from index.errors import ModelUnavailable
from index.models.registry import Model, find_model
from tests.fakes import fake_model
from tests.tui.fakes import Shell, assert_one_line_error


def test_everything_ok_is_exit_code_0(indexed: Shell) -> None:
    ran = indexed.byline("check")
    assert (ran.code, ran.err) == (0, "")
    *lines, verdict = ran.out.splitlines()
    assert all(line.startswith("ok     ") for line in lines)
    index, model, articles, reader, accurate = (line[7:] for line in lines)
    assert index.startswith("index: 2 articles, 2 passages; all checksums match (built ")
    assert model == "model: all-MiniLM-L6-v2 is ready; all checksums match"
    assert articles == "articles: all 2 unchanged since indexing"
    assert reader == "reader: byline is ready; all checksums match"
    assert accurate.startswith("reader: byline-accurate is not used: ")
    assert "pip install 'byline[accurate]'" in accurate
    assert verdict == "Everything is OK."
    report = indexed.byline("check", "--json").json
    assert report["ok"] is True
    subjects = [finding["subject"] for finding in report["findings"]]
    assert subjects == ["index", "model", "articles", "reader", "reader"]
    assert {finding["state"] for finding in report["findings"]} == {"ok"}


def test_changed_articles_are_a_warning(indexed: Shell) -> None:
    (indexed.news / "port.txt").write_text("Something else.", encoding="utf-8")
    (indexed.news / "in" / "mill.txt").unlink()
    indexed.write("new.txt", "The dam broke.")
    ran = indexed.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[2] == (
        "warn   articles: since indexing: 1 changed, 1 deleted, 1 added; run `byline index`"
    )
    assert ran.out.splitlines()[-1] == "1 warning. To do: run `byline index`."
    report = indexed.byline("check", "--json").json
    assert (report["ok"], report["findings"][2]["state"]) == (False, "warn")


def test_a_changed_file_of_the_index_is_an_error(indexed: Shell) -> None:
    (catalog,) = indexed.index.glob("generations/*/segments/*/passages.sqlite")
    data = catalog.read_bytes()
    catalog.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    ran = indexed.byline("check")
    assert ran.code == 2
    assert ran.out.startswith("error  index: ")
    assert f"{catalog}: checksum mismatch" in ran.out
    assert ran.out.endswith("\n1 error. To do: run `byline index --full`.\n")
    finding = indexed.byline("check", "--json").json["findings"][0]
    assert finding["state"] == "error"
    assert finding["message"].endswith(f"{catalog}: checksum mismatch")
    assert finding["advice"] == "run `byline index --full`"


def test_another_model_than_the_index_was_built_with_is_an_error(indexed: Shell) -> None:
    indexed.patch.setattr("index.check.export_faults", lambda _: ["missing"])
    assert indexed.byline("check").code == 1
    indexed.patch.setattr("index.check.find_model", lambda name, **_: fake_model("b" * 64, name))
    ran = indexed.byline("check")
    assert ran.code == 2
    assert (
        "error  model: all-MiniLM-L6-v2 is not the model that the index was built with" in ran.out
    )


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """A hub that has nothing; lists what is requested, and whether only from disk."""
    requested: list[tuple[str, bool]] = []

    def download(name: str, *, local_files_only: bool = False, **_: object) -> str:
        requested.append((name, local_files_only))
        raise LocalEntryNotFoundError(name)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    return requested


def test_checking_never_asks_the_hub(indexed: Shell, hub: list[tuple[str, bool]]) -> None:
    indexed.patch.setattr("index.check.export_faults", lambda _: ["missing"])
    indexed.patch.setattr("index.check.find_model", find_model)
    indexed.byline("index", "--full", "--model", "somebody/model")
    ran = indexed.byline("check", "--reader", "somebody/reader")
    assert ran.code == 2
    assert hub == [("somebody/model", True), ("somebody/reader", True)]
    gone = "is not on this disk, and nothing was downloaded"
    assert f"error  model: model 'somebody/model' {gone}; restore the model" in ran.out
    assert "or choose another: `byline index --full --model NAME`" in ran.out
    assert f"error  reader: model 'somebody/reader' {gone}; choose another with --reader" in ran.out
    # A question would.
    assert_one_line_error(
        indexed.byline("bench", "read", "--reader", "somebody/reader"), "could not be downloaded"
    )
    assert hub[2:] == [("somebody/reader", True), ("somebody/reader", False)]


def test_checking_writes_nothing(indexed: Shell) -> None:
    def seen() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in indexed.home.rglob("*")}

    before = seen()
    indexed.byline("check")
    assert seen() == before


def test_a_missing_index_is_a_warning_and_none_is_built(shell: Shell) -> None:
    ran = shell.byline("check")
    assert ran.code == 1
    assert "warn   index: nothing is indexed in " in ran.out
    assert ran.err == ""


def test_a_file_with_nothing_to_read_is_no_added_article(indexed: Shell) -> None:
    (indexed.news / "empty.txt").write_text("\n", encoding="utf-8")
    assert indexed.byline("check").code == 0
    (indexed.news / "more.txt").write_text("The dam held on Friday.", encoding="utf-8")
    ran = indexed.byline("check")
    assert "since indexing: 0 changed, 0 deleted, 1 added; run `byline index`" in ran.out


def test_a_missing_model_is_a_warning_while_its_export_is_there(indexed: Shell) -> None:
    def missing(name: str, **_: object) -> Model:
        raise ModelUnavailable(f"no model folder at {name}")

    indexed.patch.setattr("index.check.find_model", missing)
    ran = indexed.byline("check")
    assert ran.code == 1
    assert "warn   model: no model folder at all-MiniLM-L6-v2; restore the model" in ran.out


def test_a_missing_folder_is_named_with_what_to_do(indexed: Shell) -> None:
    indexed.news.rename(indexed.home / "elsewhere")
    ran = indexed.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[2] == (
        "warn   articles: 2 articles are in news, which is missing; "
        "restore it, or run `byline index --forget news`"
    )


def test_a_journal_next_to_the_catalog_is_a_warning(indexed: Shell) -> None:
    (generation,) = (path for path in (indexed.index / "generations").iterdir() if path.is_dir())
    (generation / "passages.sqlite-wal").touch()
    ran = indexed.byline("check")
    assert ran.code == 1
    assert "-wal means that another program opened the index for writing" in ran.out
    assert indexed.byline("index", "--full").code == 0
    assert indexed.byline("check").code == 0


def test_progress_goes_to_stderr_after_a_second(indexed: Shell) -> None:
    moments = itertools.count(step=6)
    indexed.patch.setattr("tui.output.progress.monotonic", lambda: next(moments))
    ran = indexed.byline("check")
    assert ran.code == 0
    first, *rest = ran.err.splitlines()
    assert re.fullmatch(r"Checking the index: \d+ of \d+ MB", first)
    assert "Checking the articles: 1 of 2" in rest
    assert "Checking" not in ran.out


def test_the_help_documents_the_json(shell: Shell) -> None:
    page = shell.byline("check", "--help").out
    for word in ('"ok"', "findings", "subject", "state", "message", "advice", "Exit code 0"):
        assert word in page
