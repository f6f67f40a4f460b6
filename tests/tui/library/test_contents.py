from datetime import date
from pathlib import Path

import pytest

from index.errors import NoIndex
from index.storage.store import Store
from tests.tui.fakes import Shell
from tui.library.contents import Library, LibraryArticle, LibraryRoot, changes, read_library
from tui.library.table import Entry, Order, State, entries, filtered, ordered

LETTER = "# The mill burns\n\nMay 3, 2011\n\nThe mill burnt down at night. Nobody was hurt.\n"


def library(shell: Shell) -> Library:
    return read_library(Store(shell.index))


def rows(shell: Shell) -> tuple[Entry, ...]:
    return entries(library(shell), changes(Store(shell.index)))


def titles(shown: list[Entry]) -> list[str | None]:
    return [one.article.title for one in shown]


def test_folders_and_articles_are_told_as_they_were_indexed(shell: Shell) -> None:
    place = shell.write("in/mill.txt", LETTER)
    shell.byline("index", "news")
    told = library(shell)
    assert told.roots == (LibraryRoot("news", str(shell.news), 1, True),)
    assert told.articles == (
        LibraryArticle(
            str(place), "news/in/mill.txt", "The mill burns", date(2011, 5, 3), 5, 1, len(LETTER)
        ),
    )


def test_a_file_that_was_named_itself_is_its_own_root(shell: Shell) -> None:
    place = shell.write("mill.txt", LETTER)
    shell.byline("index", "news/mill.txt")
    (article,) = library(shell).articles
    assert (article.file, article.path) == (str(place), "news/mill.txt")


def test_from_elsewhere_paths_are_absolute(indexed: Shell) -> None:
    indexed.patch.chdir("/")
    assert [one.path for one in library(indexed).articles] == [
        f"{indexed.news}/port.txt",
        f"{indexed.news}/in/mill.txt",
    ]


def test_a_folder_that_is_missing_is_told_as_such(indexed: Shell) -> None:
    indexed.news.rename(indexed.home / "unmounted")
    assert library(indexed).roots == (LibraryRoot("news", str(indexed.news), 2, False),)
    assert {one.state for one in rows(indexed)} == {State.MISSING}


def test_without_an_index_there_is_no_library(shell: Shell) -> None:
    with pytest.raises(NoIndex):
        library(shell)


def test_the_generation_is_let_go(indexed: Shell) -> None:
    library(indexed)
    changes(Store(indexed.index))
    held = [one.resolve() for one in Path("/proc/self/fd").iterdir()]
    assert not [one for one in held if one.is_relative_to(indexed.index)]


def test_rows_tell_what_changed_since(indexed: Shell) -> None:
    assert [one.state for one in entries(library(indexed), None)] == [State.UNKNOWN] * 2
    indexed.write("port.txt", "Something else entirely.")
    (indexed.news / "in/mill.txt").unlink()
    indexed.write("dam.txt", "The dam broke at night.")
    told = {one.article.path: (one.state, one.is_indexed) for one in rows(indexed)}
    assert told == {
        "news/port.txt": (State.CHANGED, True),
        "news/in/mill.txt": (State.DELETED, True),
        "news/dam.txt": (State.NEW, False),
    }


def entry(title: str | None, path: str, lines: int = 1, when: date | None = None) -> Entry:
    article = LibraryArticle(f"/{path}", path, title, when, lines, 10 - lines, 0)
    (one,) = entries(Library((), (article,)), None)
    return one


MILL = entry("The Mill", "news/b.txt", 2, date(2011, 5, 3))
DAM = entry("a dam broke", "news/c.txt", 3, date(2010, 5, 3))
BARE = entry(None, "blog/a.txt", 1)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("", [MILL, DAM, BARE]),
        ("MILL", [MILL]),
        ("news a", [DAM]),
        ("blog/", [BARE]),
        ("mill dam", []),
    ],
)
def test_a_filter_keeps_what_holds_all_words(words: str, left: list[Entry]) -> None:
    assert filtered([MILL, DAM, BARE], words) == left


@pytest.mark.parametrize(
    ("order", "forwards", "backwards"),
    [
        (Order.TITLE, [DAM, MILL, BARE], [MILL, DAM, BARE]),
        (Order.DATE, [DAM, MILL, BARE], [MILL, DAM, BARE]),
        (Order.FILE, [BARE, MILL, DAM], [DAM, MILL, BARE]),
        (Order.LINES, [BARE, MILL, DAM], [DAM, MILL, BARE]),
        (Order.PASSAGES, [DAM, MILL, BARE], [BARE, MILL, DAM]),
    ],
)
def test_rows_are_ordered_and_what_lacks_the_value_comes_last(
    order: Order, forwards: list[Entry], backwards: list[Entry]
) -> None:
    assert ordered([BARE, MILL, DAM], order, backwards=False) == forwards
    assert ordered([BARE, MILL, DAM], order, backwards=True) == backwards


def test_what_needs_a_build_comes_first_by_state(indexed: Shell) -> None:
    indexed.write("port.txt", "Something else entirely.")
    indexed.write("dam.txt", "The dam broke at night.")
    states = [one.state for one in ordered(rows(indexed), Order.STATE, backwards=False)]
    assert states == [State.CHANGED, State.NEW, State.UNCHANGED]
