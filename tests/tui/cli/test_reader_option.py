"""The reader: of the option, else the environment, else the settings, else Byline's own."""

from pathlib import Path

import msgspec
import pytest

from index.articles.bundled import bundled_articles
from index.disk.durable_files import FileRecord, with_digest
from qa.reader import export
from qa.reader.extractive import CARD_FORMAT, Card
from qa.reader.sources import find_reader
from tests.tui.fakes import Shell, assert_one_line_error

PORT = "the port"
NOWHERE = "no model folder at ./nowhere"


def test_the_reader_is_that_of_the_option_else_the_environment_else_the_settings(
    indexed: Shell,
) -> None:
    def readers(*more: str) -> list[str]:
        indexed.models.readers.clear()
        assert indexed.byline("ask", "why?", "--threshold", "0", *more).code == 0
        return indexed.models.readers

    assert readers() == ["byline"]
    indexed.set("reader = 'The mill'")
    assert readers() == ["The mill"]
    indexed.patch.setenv("BYLINE_READER", "is closed")
    assert readers() == ["is closed"]
    assert readers("--reader", PORT) == [PORT]


def test_the_named_reader_answers(indexed: Shell) -> None:
    reply = indexed.byline("ask", "why?", "--reader", PORT, "--json").json
    assert [answer["text"] for answer in reply["answers"]] == [PORT]


def test_all_lines_of_a_batch_use_one_reader(indexed: Shell) -> None:
    ran = indexed.byline("ask", "-", "--reader", PORT, "--json", stdin=b"why?\nwhen?\n")
    assert [reply["answers"][0]["text"] for reply in ran.lines] == [PORT, PORT]
    assert indexed.models.readers == [PORT]


@pytest.fixture
def preparing(shell: Shell) -> list[str]:
    """A home where nothing is prepared yet; lists the readers that get prepared."""
    prepared: list[str] = []
    shell.patch.setattr("tui.jobs.build_job.is_prepared", lambda source, _: source.name in prepared)
    shell.patch.setattr(
        "tui.jobs.build_job.ensure_reader", lambda source, _: prepared.append(source.name)
    )
    return prepared


def model_folder(shell: Shell) -> str:
    """Make a folder that looks like a reader until it is loaded."""
    folder = shell.home / "reader"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    return str(folder)


def test_only_the_named_reader_is_prepared_for_the_bundled_articles(
    shell: Shell, preparing: list[str]
) -> None:
    folder = model_folder(shell)
    shell.byline("ask", "why?", "--reader", folder)
    assert preparing == shell.models.readers == [folder]


def test_showing_a_bundled_line_prepares_no_reader(shell: Shell, preparing: list[str]) -> None:
    shell.patch.setenv("BYLINE_READER", "./nowhere")
    path = min(bundled_articles().glob("*.txt"))
    assert shell.byline("show", f"{path}:1").code == 0
    assert preparing == []


@pytest.mark.parametrize("how", ["option", "setting", "environment"])
def test_indexing_prepares_the_chosen_reader(shell: Shell, preparing: list[str], how: str) -> None:
    folder = model_folder(shell)
    options = chosen(shell, folder, how)
    shell.write("a.txt", "The port is closed.")
    assert shell.byline("index", "news", *options).code == 0
    assert preparing == [folder]


@pytest.mark.parametrize("how", ["option", "setting", "environment"])
@pytest.mark.parametrize("command", [("ask", "why?"), ("index", "news")])
def test_a_missing_reader_is_reported_before_anything_is_built(
    shell: Shell, command: tuple[str, ...], how: str
) -> None:
    shell.write("a.txt", "The port is closed.")
    options = chosen(shell, "./nowhere", how)
    assert_one_line_error(shell.byline(*command, *options), NOWHERE)
    assert shell.models.embedded == 0
    assert not (shell.home / "data").exists()


@pytest.mark.parametrize("command", [("ask", "why?"), ("index", "news")])
def test_an_unloadable_reader_is_reported_before_anything_is_built(
    shell: Shell, command: tuple[str, ...]
) -> None:
    shell.patch.setattr("tui.jobs.build_job.is_prepared", export.is_prepared)
    shell.write("a.txt", "The port is closed.")
    ran = shell.byline(*command, "--reader", model_folder(shell))
    assert ran.code == 2
    assert "has no tokenizer" in ran.err.splitlines()[-1]
    assert shell.models.embedded == 0
    assert not (shell.home / "data").exists()


def chosen(shell: Shell, reader: str, how: str) -> list[str]:
    """Choose a reader and return the options of the command that follows."""
    if how == "setting":
        shell.set(f"reader = '{reader}'")
    if how == "environment":
        shell.patch.setenv("BYLINE_READER", reader)
    return ["--reader", reader] if how == "option" else []


@pytest.fixture
def found(indexed: Shell) -> Shell:
    """A home without fake readers."""
    indexed.patch.setattr("qa.bot.open_reader", export.open_reader)
    indexed.patch.setattr("qa.reader.check.reader_faults", export.reader_faults)
    return indexed


def test_a_missing_reader_is_a_one_line_error(found: Shell) -> None:
    ask = ("ask", "why?")
    assert_one_line_error(found.byline(*ask, "--reader", "./nowhere"), NOWHERE)
    assert_one_line_error(found.byline("bench", "read", "--reader", "./nowhere"), NOWHERE)
    found.set("reader = './nowhere'")
    assert_one_line_error(found.byline(*ask), NOWHERE)


def test_a_folder_without_a_reader_is_a_one_line_error(found: Shell) -> None:
    assert_one_line_error(
        found.byline("ask", "why?", "--reader", "./news"), "has no weights in safetensors format"
    )
    record = found.write("reader.json", "{")
    assert_one_line_error(
        found.byline("ask", "why?", "--reader", str(record.parent)), "the reader in ", "cannot be"
    )


@pytest.mark.parametrize("how", ["option", "setting", "environment"])
def test_a_missing_reader_is_an_error_of_the_check(found: Shell, how: str) -> None:
    ran = found.byline("check", *chosen(found, "./nowhere", how))
    assert (ran.code, ran.err) == (2, "")
    assert ran.out.splitlines()[3] == f"error  reader: {NOWHERE}; choose another with --reader"


def test_a_reader_that_is_not_prepared_is_a_warning_without_advice(found: Shell) -> None:
    ran = found.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[3] == (
        "warn   reader: byline: not prepared yet; the next question does that"
    )
    finding = found.byline("check", "--json").json["findings"][3]
    assert (finding["state"], finding["advice"]) == ("warn", None)


def prepared(shell: Shell) -> Path:
    """Put a file that looks like the export of Byline's own reader into the cache."""
    folder = export.folder_of(find_reader("byline"), shell.home / "cache" / "byline" / "models")
    folder.mkdir(parents=True)
    (folder / "reader.onnx").write_bytes(b"abc")
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of "abc"
    card = Card(CARD_FORMAT, "byline", 384, [], [], 1.0, {"reader.onnx": FileRecord(3, sha256)})
    (folder / "card.json").write_bytes(with_digest(msgspec.json.encode(card)))
    return folder


def test_a_check_reads_every_byte_of_a_prepared_reader(found: Shell) -> None:
    folder = prepared(found)
    assert found.byline("check").code == 0
    # One bit flips; the size stays.
    (folder / "reader.onnx").write_bytes(b"abb")
    ran = found.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[3] == (
        f"warn   reader: byline: {folder}/reader.onnx: checksum mismatch; "
        f"delete {folder}; the next question recreates it"
    )
    (folder / "reader.onnx").unlink()
    assert "reader.onnx cannot be read: No such file" in found.byline("check").out


def test_a_damaged_reader_is_not_used(found: Shell) -> None:
    folder = prepared(found)
    (folder / "reader.onnx").write_bytes(b"ab")
    assert_one_line_error(
        found.byline("ask", "why?"), f"reader.onnx is missing or damaged; delete {folder}"
    )


def test_without_an_index_the_reader_is_still_checked(shell: Shell) -> None:
    ran = shell.byline("check")
    assert ran.code == 1
    assert ran.out.splitlines()[1] == "ok     reader: byline is ready; all checksums match"
