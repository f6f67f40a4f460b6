"""An export is checked against the files that it cites, without an index or a model."""

import json
import os
from pathlib import Path

import pytest

from index.storage.scope import EVERYTHING
from qa.answers import Status
from tests.tui.fakes import Ran, Shell, assert_one_line_error
from tests.tui.replies import AT, SENTENCE, answered, citation
from tui.output.markdown_export import export_markdown
from tui.output.quote_records import record_line
from tui.sessions.session import Session, Turn

ARTICLE = f"Port closed\n\n{SENTENCE} It is very old.\n\n{SENTENCE}\n"


@pytest.fixture
def exported(shell: Shell) -> Shell:
    """An export of two quotes, at lines 3 and 5 of one article."""
    file = str(shell.write("port.txt", ARTICLE))
    cited = [citation(path="news/port.txt", file=file, line=line) for line in (3, 5)]
    turn = Turn("why?", answered(*cited), AT)
    session = Session("20110503-102030-000000-ab12", "", (turn,), EVERYTHING, AT, AT)
    export_markdown(session, shell.home / "conversation.md")
    return shell


def labels_and_quotes(ran: Ran) -> list[tuple[str, str]]:
    return [(line[:22].strip(), line[22:]) for line in ran.out.splitlines()]


def labels(ran: Ran) -> list[str]:
    return [label for label, _ in labels_and_quotes(ran)]


def test_unchanged_quotes_are_exit_code_0(exported: Shell) -> None:
    ran = exported.byline("verify", "conversation.md")
    assert ran.code == 0
    assert ran.out == (
        "unchanged             news/port.txt:3  a ship\n"
        "unchanged             news/port.txt:5  a ship\n"
    )
    assert ran.err == "2 quotes: 2 unchanged\n"
    # No index was opened or built.
    assert not (exported.home / "data").exists()
    assert exported.models.found == exported.models.readers == []


def test_moved_changed_and_missing_quotes_are_exit_code_1(exported: Shell) -> None:
    path = exported.news / "port.txt"
    path.write_text("New.\n\n" + ARTICLE, encoding="utf-8")
    ran = exported.byline("verify", "conversation.md")
    # A copy of the sentence is at line 5 now, where the second quote was.
    assert (ran.code, labels_and_quotes(ran)) == (1, [
        ("moved to line 5", "news/port.txt:3  a ship"),
        ("unchanged", "news/port.txt:5  a ship"),
    ])  # fmt: skip
    path.write_text(ARTICLE.replace("aground", "ashore"), encoding="utf-8")
    assert labels(exported.byline("verify", "conversation.md")) == ["changed"] * 2
    path.write_bytes(b"\0" + ARTICLE.encode())
    assert labels(exported.byline("verify", "conversation.md")) == ["changed"] * 2
    path.unlink()
    ran = exported.byline("verify", "conversation.md")
    assert (ran.code, labels(ran)) == (1, ["missing"] * 2)
    assert ran.err == "2 quotes: 2 missing\n"
    os.mkfifo(path)
    assert exported.byline("verify", "conversation.md").code == 1


def test_a_quote_that_moved_within_its_line_has_moved(exported: Shell) -> None:
    path = exported.news / "port.txt"
    path.write_text(ARTICLE.replace(SENTENCE, f"So. {SENTENCE}", 1), encoding="utf-8")
    ran = exported.byline("verify", "conversation.md", "--json")
    first, second = ran.json["quotes"]
    assert (first["status"], first["now"]["line"], first["now"]["column"]) == ("moved", 3, 43)
    assert (ran.code, second["status"]) == (1, Status.UNCHANGED)


def test_the_quotes_as_json(exported: Shell) -> None:
    ran = exported.byline("verify", "conversation.md", "--json")
    location = {"line": 3, "column": 39, "end_line": 3, "end_column": 44}
    quote = {
        "path": "news/port.txt",
        "file": str(exported.news / "port.txt"),
        **location,
        "status": "unchanged",
        "now": location,
        "text": "a ship",
        "quote": SENTENCE,
    }
    assert ran.json["stand"] is True
    assert ran.json["quotes"][0] == quote
    (exported.news / "port.txt").unlink()
    missing = exported.byline("verify", "conversation.md", "--json").json
    assert missing["stand"] is False
    assert missing["quotes"][0] == quote | {"status": "gone", "now": None}


def test_a_file_is_read_once_for_all_its_quotes(exported: Shell) -> None:
    from index.articles.files import read

    opened: list[str] = []

    def counted(root: object, relative: str, most: int) -> object:
        opened.append(relative)
        return read(root, relative, most)  # type: ignore[arg-type]

    exported.patch.setattr("tui.output.verify.read", counted)
    assert exported.byline("verify", "conversation.md").code == 0
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "has no quotes"),
        (b'# Notes\n\nOne "word".\n', "has no quotes"),
        (b"\xff\x00\n", "is no text"),
        (b"\n<!-- byline-quote {} -->\n", "line 2 is a damaged"),
    ],
)
def test_a_file_that_is_not_an_export_is_an_error(exported: Shell, data: bytes, words: str) -> None:
    (exported.home / "notes.md").write_bytes(data)
    assert_one_line_error(exported.byline("verify", "notes.md"), "notes.md", words)


def test_a_missing_export_is_an_error(exported: Shell) -> None:
    assert_one_line_error(exported.byline("verify", "no.md"), "no.md cannot be read: No such file")
    assert_one_line_error(exported.byline("verify", "news"), "news cannot be read: Is a directory")


def test_hostile_quotes_and_names_are_neutralised(exported: Shell) -> None:
    hostile = "the \x1b[31mport\x07 \u202e is"
    cited = citation(hostile, "\x1b[31mport\x07", f"a{hostile}\n.txt", f"/a{hostile}.txt")
    (exported.home / "evil.md").write_text(record_line(cited), encoding="ascii")
    ran = exported.byline("verify", "evil.md")
    assert ran.code == 1
    assert ran.out == ("missing               athe ␛[31mport␇ ⟨202E⟩ is␊.txt:3  ␛[31mport␇\n")
    as_json = exported.byline("verify", "evil.md", "--json").out
    assert as_json.isascii()
    assert json.loads(as_json)["quotes"][0]["quote"] == hostile


def test_a_file_name_that_is_not_utf_8_is_found_again(shell: Shell) -> None:
    path = shell.news / os.fsdecode(b"broken\xff.txt")
    path.parent.mkdir()
    path.write_text(ARTICLE, encoding="utf-8")
    line = record_line(citation(path=path.name, file=str(path)))
    (Path(shell.home) / "conversation.md").write_text(line, encoding="ascii")
    assert shell.byline("verify", "conversation.md").code == 0


ESSAY = """\
# My essay

The paper says “Nobody has the money” (news/port.txt:1), and “the Port is closed”
(news/port.txt:2). Nobody wrote "the port is open to all".

> The mill was sold in June.
"""


def test_each_quote_of_a_text_is_looked_up(indexed: Shell) -> None:
    (indexed.home / "essay.md").write_text(ESSAY, encoding="utf-8")
    ran = indexed.byline("verify", "essay.md")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "line 3     letter for letter              news/port.txt:1",
        "    Nobody has the money",
        "line 3     but for case, spaces or marks  news/port.txt:1",
        "    the Port is closed",
        "    warning: not at news/port.txt:2, which is named beside it",
        "line 4     in no article",
        "    the port is open to all",
        "line 6     words left out or changed      news/in/mill.txt:1",
        "    The mill was sold in June.",
        "    quoted: June; article: May",
    ]
    assert ran.err == (
        "4 quotes: 1 letter for letter, 1 but for case, spaces or marks, "
        "1 words left out or changed, 1 in no article\n"
    )


def test_quotes_that_stand_are_exit_code_0_and_turns_are_reported(shell: Shell) -> None:
    shell.write("port.txt", "The port is closed, unless it rains. It is old.\n")
    shell.byline("index", "news")
    (shell.home / "essay.txt").write_text("> the port is closed\n", encoding="utf-8")
    ran = shell.byline("verify", "essay.txt")
    assert ran.code == 0
    assert ran.out.splitlines()[2] == "    warning: the article goes on: unless it rains"


def test_a_text_without_quotes_is_an_error(indexed: Shell) -> None:
    (indexed.home / "essay.md").write_text("Nothing.", encoding="utf-8")
    assert_one_line_error(indexed.byline("verify", "essay.md"), "essay.md has no quotes")
    (indexed.home / "essay.md").write_bytes(b"\0")
    assert_one_line_error(indexed.byline("verify", "essay.md"), "is no text")
