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


def test_folders_and_articles_are_read_as_they_were_indexed(shell: Shell) -> None:
    file = shell.write("in/mill.txt", LETTER)
    shell.byline("index", "news")
    contents = library(shell)
    assert contents.roots == (LibraryRoot("news", str(shell.news), 1, True),)
    assert contents.articles == (
        LibraryArticle(
            str(file), "news/in/mill.txt", "The mill burns", date(2011, 5, 3), 5, 1, len(LETTER)
        ),
    )


def test_a_file_that_the_user_named_is_a_root(shell: Shell) -> None:
    file = shell.write("mill.txt", LETTER)
    shell.byline("index", "news/mill.txt")
    (article,) = library(shell).articles
    assert (article.file, article.path) == (str(file), "news/mill.txt")


def test_paths_are_absolute_from_another_folder(indexed: Shell) -> None:
    indexed.patch.chdir("/")
    assert [one.path for one in library(indexed).articles] == [
        f"{indexed.news}/port.txt",
        f"{indexed.news}/in/mill.txt",
    ]


def test_a_missing_folder_is_marked_as_missing(indexed: Shell) -> None:
    indexed.news.rename(indexed.home / "unmounted")
    assert library(indexed).roots == (LibraryRoot("news", str(indexed.news), 2, False),)
    assert {one.state for one in rows(indexed)} == {State.MISSING}


def test_without_an_index_there_is_no_library(shell: Shell) -> None:
    with pytest.raises(NoIndex):
        library(shell)


def test_the_index_is_closed(indexed: Shell) -> None:
    library(indexed)
    changes(Store(indexed.index))
    open_files = [one.resolve() for one in Path("/proc/self/fd").iterdir()]
    assert not [one for one in open_files if one.is_relative_to(indexed.index)]


def test_rows_show_what_changed_since_indexing(indexed: Shell) -> None:
    assert [one.state for one in entries(library(indexed), None)] == [State.UNKNOWN] * 2
    indexed.write("port.txt", "Something else entirely.")
    (indexed.news / "in/mill.txt").unlink()
    indexed.write("dam.txt", "The dam broke at night.")
    shown = {one.article.path: (one.state, one.is_indexed) for one in rows(indexed)}
    assert shown == {
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
def test_a_filter_keeps_rows_with_all_words(words: str, left: list[Entry]) -> None:
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
def test_rows_are_sorted_and_those_without_the_value_come_last(
    order: Order, forwards: list[Entry], backwards: list[Entry]
) -> None:
    assert ordered([BARE, MILL, DAM], order, backwards=False) == forwards
    assert ordered([BARE, MILL, DAM], order, backwards=True) == backwards


def test_sorting_by_state_puts_what_needs_a_build_first(indexed: Shell) -> None:
    indexed.write("port.txt", "Something else entirely.")
    indexed.write("dam.txt", "The dam broke at night.")
    states = [one.state for one in ordered(rows(indexed), Order.STATE, backwards=False)]
    assert states == [State.CHANGED, State.NEW, State.UNCHANGED]
