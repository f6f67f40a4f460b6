"""The indexed folders and articles, and how they stand on the disk now."""

import os
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from index.articles.files import MAX_BYTES
from index.changes import Changes
from index.changes import changes as changes_of
from index.storage.store import Store
from qa.citations import display_path


@dataclass(frozen=True, slots=True)
class LibraryRoot:
    """A folder or file that the person named."""

    given: str
    """As typed, where that leads there from here, else absolute."""
    path: str
    """Absolute."""
    articles: int
    there: bool


@dataclass(frozen=True, slots=True)
class LibraryArticle:
    """An article as it was indexed."""

    file: str
    """Absolute path."""
    path: str
    """As answers cite it."""
    title: str
    """Empty where it cannot be told."""
    dates: tuple[date, ...]
    """The article's date, or nothing."""
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
    """Tell what the current generation holds. Raises NoIndex or IndexDamaged."""
    with closing(store.open()) as index:
        catalog = index.generation.catalog
        shown = {root: display_path(root, "") for root in catalog.roots}
        counts = dict.fromkeys(catalog.roots, 0)
        articles = []
        for stored in catalog.articles():
            found, article = stored.found, stored.article
            counts[found.root] += 1
            given = shown[found.root]
            articles.append(
                LibraryArticle(
                    file=found.path,
                    path=os.path.join(given, found.relative) if found.relative else given,  # noqa: PTH118
                    title=article.title,
                    dates=article.dates,
                    lines=article.line_count,
                    passages=len(stored.passages),
                    size=found.signature.size,
                )
            )
    roots = tuple(
        LibraryRoot(shown[root], root.path, counts[root], os.path.lexists(root.path))
        for root in catalog.roots
    )
    return Library(roots, tuple(articles))


def changes(store: Store, max_bytes: int = MAX_BYTES) -> Changes:
    """Tell which articles are no longer as they were indexed, and which files are new.

    Takes about a second for 10,000 articles. Raises NoIndex or IndexDamaged.
    """
    with closing(store.open()) as index:
        return changes_of(index.generation.catalog, max_bytes)
