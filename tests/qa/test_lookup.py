import os
from contextlib import closing
from pathlib import Path

import pytest

from index.articles.places import Place
from index.errors import BadRequest
from qa.answers import Status
from qa.lookup import Line, Lookup, look_up
from tests.qa.fakes import Library

ARTICLE = """\
The port of Zeebrugge

It is to be closed. Nobody has the money.

The mill was sold in May.
It is very old.
"""


@pytest.fixture
def port(library: Library) -> Path:
    path = library.write("port.txt", ARTICLE)
    library.index()
    return path


def look(library: Library, path: str | Path, number: int, context: int = 1) -> Lookup:
    with closing(library.store.open()) as opened:
        return look_up(opened.generation.catalog, str(path), str(number), context)


def line(number: int, text: str) -> Line:
    return Line(number, text, Place(number, 1))


def test_a_line_is_shown_with_its_context(library: Library, port: Path) -> None:
    assert look(library, port, 5) == Lookup(
        str(port),
        str(port),
        Status.UNCHANGED,
        5,
        (line(4, ""), line(5, "The mill was sold in May."), line(6, "It is very old.")),
        "The port of Zeebrugge",
        Place(5, 1),
        Place(5, 1),
    )
    assert [one.number for one in look(library, port, 1, 2).lines] == [1, 2, 3]
    assert [one.number for one in look(library, port, 6, 0).lines] == [6]


def test_only_a_line_feed_ends_a_line(library: Library) -> None:
    path = library.write("odd.txt", "One\u2028two\rthree here.\r\nFour is here.")
    library.index()
    assert look(library, path, 1).lines == (
        line(1, "One\u2028two\rthree here.\r"),
        line(2, "Four is here."),
    )


def test_a_line_that_moved_is_followed(library: Library, port: Path) -> None:
    port.write_text("New.\n\n" + ARTICLE, encoding="utf-8")
    found = look(library, port, 6)
    assert (found.status, found.number) == (Status.MOVED, 8)
    assert found.lines == (line(7, "The mill was sold in May."), line(8, "It is very old."))


def test_the_second_line_of_a_wrapped_sentence_is_followed(library: Library) -> None:
    lines = ["A very long sentence that was wrapped at the margin of this narrow column here",
             "goes on for quite a while and was wrapped again at the same margin, which shows",
             "that the file keeps to a margin, as old news wires all did at the time it went",
             "out."]  # fmt: skip
    path = library.write("wire.txt", "\n".join(lines) + "\n")
    library.index()
    path.write_text("New.\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    found = look(library, path, 2, 0)
    assert (found.status, found.number) == (Status.MOVED, 4)
    assert found.lines == (line(4, lines[1]),)


def test_a_changed_line_is_shown_as_it_is_now(library: Library, port: Path) -> None:
    port.write_text(ARTICLE.replace("sold", "burnt"), encoding="utf-8")
    found = look(library, port, 5, 0)
    assert (found.status, found.number) == (Status.CHANGED, 5)
    assert found.lines == (line(5, "The mill was burnt in May."),)
    assert look(library, port, 3).status is Status.UNCHANGED


def test_a_line_without_a_sentence_cannot_be_followed_in_a_changed_file(
    library: Library, port: Path
) -> None:
    port.write_text("New.\n\n" + ARTICLE, encoding="utf-8")
    assert look(library, port, 2).status is Status.CHANGED


def test_a_file_that_shrank_is_shown_to_its_end(library: Library, port: Path) -> None:
    port.write_text("Now.\n", encoding="utf-8")
    found = look(library, port, 6)
    assert (found.status, found.lines) == (Status.CHANGED, ())
    assert look(library, port, 2).lines == (line(1, "Now."),)


def test_a_missing_file_has_no_lines(library: Library, port: Path) -> None:
    port.unlink()
    found = look(library, port, 5)
    assert (found.status, found.number, found.lines) == (Status.GONE, 5, ())
    os.mkfifo(port)
    assert look(library, port, 5).status is Status.GONE


@pytest.mark.parametrize("number", [0, -1, 7, 10**30])
def test_a_line_that_was_never_indexed_is_refused(
    library: Library, port: Path, number: int
) -> None:
    with pytest.raises(BadRequest, match="lines 1 to 6"):
        look(library, port, number)


@pytest.mark.parametrize("path", ["nowhere.txt", "", ".", "port"])
def test_a_file_that_is_not_indexed_is_refused(
    library: Library, port: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(library.news)
    with pytest.raises(BadRequest, match="not indexed"):
        look(library, path, 1)


def test_a_relative_path_and_a_path_through_a_link_find_the_article(
    library: Library, port: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library.news)
    assert look(library, "port.txt", 1).path == str(port)
    (library.folder / "link").symlink_to("news")
    assert look(library, "../link/port.txt", 1).path == str(port)
