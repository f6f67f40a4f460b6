"""The rows of the library: indexed articles and new files, filtered and in order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import PurePath
from typing import Any

from index.articles.paths import is_under
from index.changes import Changes
from tui.library.contents import Library, LibraryArticle


class State(StrEnum):
    """How an article stands on the disk; `UNKNOWN` until that was looked at."""

    UNKNOWN = ""
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    DELETED = "deleted"
    LOST = "folder missing"
    NEW = "new"


class Order(Enum):
    """What rows can be ordered by."""

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
    haystack: str
    """Title and path in the case that the filter compares in."""

    @property
    def indexed(self) -> bool:
        """Whether questions look into it."""
        return self.state is not State.NEW


def entries(library: Library, looked: Sequence[Changes]) -> tuple[Entry, ...]:
    """Make the rows from what is indexed and, where it was looked at, what changed since."""
    indexed = tuple(_entry(one, _state(one.file, looked)) for one in library.articles)
    new = sorted(file for changes in looked for file in changes.new)
    return indexed + tuple(_entry(_not_indexed(file, library), State.NEW) for file in new)


def filtered(rows: Iterable[Entry], words: str) -> list[Entry]:
    """Keep the rows whose title or path holds all words, in whatever case."""
    wanted = words.casefold().split()
    return [one for one in rows if all(word in one.haystack for word in wanted)]


def ordered(rows: Iterable[Entry], order: Order, backwards: bool) -> list[Entry]:
    """Put rows in order; what has no title or date comes last either way."""
    kept = list(rows)
    key = _KEYS[order]
    kept.sort(key=key, reverse=backwards)
    if order in _MAY_LACK:
        kept.sort(key=lambda one: not _MAY_LACK[order](one))
    return kept


_STATES = (
    State.CHANGED, State.NEW, State.DELETED, State.LOST, State.UNCHANGED, State.UNKNOWN
)  # fmt: skip
_KEYS: dict[Order, Callable[[Entry], tuple[Any, ...]]] = {
    Order.TITLE: lambda one: (one.article.title.casefold(), one.article.path),
    Order.FILE: lambda one: (one.article.path,),
    Order.DATE: lambda one: one.article.dates,
    Order.LINES: lambda one: (one.article.lines,),
    Order.PASSAGES: lambda one: (one.article.passages,),
    Order.STATE: lambda one: (_STATES.index(one.state),),
}
_MAY_LACK: dict[Order, Callable[[Entry], bool]] = {
    Order.TITLE: lambda one: bool(one.article.title),
    Order.DATE: lambda one: bool(one.article.dates),
}


def _entry(article: LibraryArticle, state: State) -> Entry:
    return Entry(article, state, f"{article.title}\n{article.path}".casefold())


def _state(file: str, looked: Sequence[Changes]) -> State:
    for changes in looked:
        for state, files in (
            (State.CHANGED, changes.changed),
            (State.DELETED, changes.deleted),
            (State.LOST, changes.lost),
        ):
            if file in files:
                return state
        return State.UNCHANGED
    return State.UNKNOWN


def _not_indexed(file: str, library: Library) -> LibraryArticle:
    path = file
    for root in library.roots:
        if is_under(file, root.path):
            path = str(PurePath(root.given) / PurePath(file).relative_to(root.path))
    return LibraryArticle(file, path, "", (), 0, 0, 0)
