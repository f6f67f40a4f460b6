"""The rows of the library: indexed articles and new files, filtered and sorted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from pathlib import PurePath
from typing import Any

from index.articles.paths import is_under
from index.changes import Changes
from tui.library.contents import Library, LibraryArticle


class State(StrEnum):
    """How a file on disk compares with the index; `UNKNOWN` until that has been checked."""

    UNKNOWN = ""
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    DELETED = "deleted"
    MISSING = "folder missing"
    NEW = "new"


class Order(Enum):
    """What rows can be sorted by."""

    TITLE = 1
    FILE = 2
    DATE = 3
    LINES = 4
    PASSAGES = 5
    STATE = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the library."""

    article: LibraryArticle
    state: State
    search_text: str
    """Title and path, case-folded."""

    @property
    def is_indexed(self) -> bool:
        """Whether questions are answered from it."""
        return self.state is not State.NEW


def entries(library: Library, changes: Changes | None) -> tuple[Entry, ...]:
    """Return the rows for indexed articles, then new files; `changes` is None if unknown."""
    indexed = [_entry(article, _state(article.file, changes)) for article in library.articles]
    new = sorted(changes.new) if changes is not None else []
    return tuple(indexed + [_entry(_new_article(file, library), State.NEW) for file in new])


def filtered(rows: Iterable[Entry], words: str) -> list[Entry]:
    """Return the rows whose title or path contains all words, in any case."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in row.search_text for word in wanted)]


def ordered(rows: Iterable[Entry], order: Order, backwards: bool) -> list[Entry]:
    """Return the rows in order; those without a title or date come last either way."""
    rows = sorted(rows, key=_KEYS[order], reverse=backwards)
    is_unknown = _IS_UNKNOWN.get(order)
    return sorted(rows, key=is_unknown) if is_unknown else rows


_STATES = (
    State.CHANGED, State.NEW, State.DELETED, State.MISSING, State.UNCHANGED, State.UNKNOWN
)  # fmt: skip
_KEYS: dict[Order, Callable[[Entry], Any]] = {
    Order.TITLE: lambda row: ((row.article.title or "").casefold(), row.article.path),
    Order.FILE: lambda row: row.article.path,
    Order.DATE: lambda row: row.article.date or date.min,
    Order.LINES: lambda row: row.article.lines,
    Order.PASSAGES: lambda row: row.article.passages,
    Order.STATE: lambda row: _STATES.index(row.state),
}
_IS_UNKNOWN: dict[Order, Callable[[Entry], bool]] = {
    Order.TITLE: lambda row: not row.article.title,
    Order.DATE: lambda row: row.article.date is None,
}


def _entry(article: LibraryArticle, state: State) -> Entry:
    return Entry(article, state, f"{article.title or ''}\n{article.path}".casefold())


def _state(file: str, changes: Changes | None) -> State:
    if changes is None:
        return State.UNKNOWN
    if file in changes.changed:
        return State.CHANGED
    if file in changes.deleted:
        return State.DELETED
    if file in changes.missing:
        return State.MISSING
    return State.UNCHANGED


def _new_article(file: str, library: Library) -> LibraryArticle:
    path = file
    for root in library.roots:
        if is_under(file, root.path):
            path = str(PurePath(root.given) / PurePath(file).relative_to(root.path))
    return LibraryArticle(file, path, None, None, 0, 0, 0)
