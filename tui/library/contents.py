"""The indexed folders and articles, and how they differ from the disk."""

import datetime as dt
import os
from contextlib import closing
from dataclasses import dataclass

from index.articles.files import MAX_BYTES
from index.changes import Changes
from index.changes import changes as compare
from index.storage.catalog import Catalog
from index.storage.selection import ALL, Selection
from index.storage.store import Store
from qa.citations import display_path


@dataclass(frozen=True, slots=True)
class LibraryRoot:
    """A folder or file that the user named."""

    given: str
    """As typed if that leads there from the current folder, else absolute."""
    path: str
    """Absolute."""
    articles: int
    exists: bool


@dataclass(frozen=True, slots=True)
class LibraryArticle:
    """An article as it was indexed."""

    file: str
    """Absolute path."""
    path: str
    """As answers cite it."""
    title: str | None
    """None if it is unknown."""
    date: dt.date | None
    """None if it is unknown."""
    lines: int
    passages: int
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Library:
    """What an index holds."""

    roots: tuple[LibraryRoot, ...]
    articles: tuple[LibraryArticle, ...]


def read_library(store: Store) -> Library:
    """Read what the current generation holds. Raises NoIndex or IndexDamaged."""
    with closing(store.open()) as index:
        return library_of(index.generation.catalog)


def library_of(catalog: Catalog, selection: Selection = ALL) -> Library:
    """Return the selected part of what a catalog holds. Raises IndexDamaged."""
    chosen = frozenset(selection.articles)
    stored = [one for one in catalog.articles() if not chosen or one.id in chosen]
    given = {root: display_path(root, "") for root in catalog.roots}
    named = {root.path: root for root in catalog.roots if not root.linked_from}
    counts = dict.fromkeys(named.values(), 0)
    articles = []
    for one in stored:
        found, article = one.found, one.article
        counts[named[found.root.linked_from or found.root.path]] += 1
        path = given[found.root]
        articles.append(
            LibraryArticle(
                file=found.path,
                path=os.path.join(path, found.relative) if found.relative else path,  # noqa: PTH118
                title=article.title,
                date=article.date,
                lines=article.line_count,
                passages=len(one.passages),
                size=found.signature.size,
            )
        )
    roots = [
        LibraryRoot(given[root], root.path, count, os.path.lexists(root.path))
        for root, count in counts.items()
    ]
    return Library(tuple(roots), tuple(articles))


def changes(store: Store, max_bytes: int = MAX_BYTES) -> Changes:
    """Compare the index with the disk; takes about a second for 10,000 articles.

    Raises NoIndex or IndexDamaged.
    """
    with closing(store.open()) as index:
        return compare(index.generation.catalog, max_bytes)
