"""Which articles differ from what was indexed, found by reading as few files as possible."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from index.articles.files import MAX_BYTES, Found, Skipped, find, read
from index.articles.formats.registry import format_of
from index.articles.parse import read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.articles.text import NotText
from index.storage.catalog import Catalog, StoredArticle
from index.storage.records import signature_is_proof

State = Literal["unchanged", "changed", "deleted", "missing"]
_MAX_NEW_READ = 100
"""New files that are read to see whether they are articles; any more are assumed to be."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How the articles differ from what was indexed; absolute paths."""

    new: frozenset[str]
    changed: frozenset[str]
    deleted: frozenset[str]
    missing: frozenset[str]
    """In an indexed folder that is missing now; a build keeps these as they were."""
    skipped: tuple[Skipped, ...]
    """What a build would skip, as far as it was read."""

    @property
    def needs_build(self) -> bool:
        """Whether a build would change anything."""
        return bool(self.new or self.changed or self.deleted)


OnProgress = Callable[[int, int], None]
"""Takes how many articles were compared, and of how many."""


def changes(
    catalog: Catalog,
    max_bytes: int = MAX_BYTES,
    thorough: bool = False,
    on_progress: OnProgress = lambda _done, _total: None,
) -> Changes:
    """Compare the articles on disk with those of a generation.

    A file whose size and times prove it unchanged is read only if `thorough`, and so are new files
    after the first hundred. New files over `max_bytes` are skipped.
    """
    named = [root for root in catalog.roots if not root.linked_from]
    items = list(find(tuple(root for root in named if os.path.lexists(root.path))))
    missing = {root.path for root in named if not os.path.lexists(root.path)}
    found = {item.path: item for item in items if isinstance(item, Found)}
    by_state: defaultdict[State, set[str]] = defaultdict(set)
    articles = catalog.articles()
    for done, stored in enumerate(articles):
        on_progress(done, len(articles))
        path = stored.found.path
        if path in found:
            by_state[_state(found.pop(path), stored, thorough)].add(path)
        else:
            root = stored.found.root
            is_missing = (root.linked_from or root.path) in missing
            by_state["missing" if is_missing else "deleted"].add(path)
    new = list(_read_new(found.values(), max_bytes, thorough))
    return Changes(
        new=frozenset(item.path for item in new if isinstance(item, Found)),
        changed=frozenset(by_state["changed"]),
        deleted=frozenset(by_state["deleted"]),
        missing=frozenset(by_state["missing"]),
        skipped=tuple(item for item in (*items, *new) if isinstance(item, Skipped)),
    )


def _state(found: Found, stored: StoredArticle, thorough: bool) -> State:
    if signature_is_proof(found, stored) and not thorough:
        return "unchanged"
    size = stored.found.signature.size
    if found.signature.size != size:
        return "changed"
    contents = read(found.root, found.relative, size)
    if isinstance(contents, Skipped):
        return "deleted"
    return "unchanged" if contents.sha256 == stored.article.sha256 else "changed"


def _read_new(new: Iterable[Found], max_bytes: int, thorough: bool) -> Iterator[Found | Skipped]:
    for number, found in enumerate(new):
        if number < _MAX_NEW_READ or thorough or found.signature.size > max_bytes:
            yield _if_article(found, max_bytes)
        else:
            yield found


def _if_article(found: Found, max_bytes: int) -> Found | Skipped:
    """Return the file if it holds an article, else why it would be skipped.

    One of a foreign format is taken for an article: parsing it takes too long.
    """
    contents = read(found.root, found.relative, max_bytes)
    if isinstance(contents, Skipped):
        return contents
    if format_of(found.path, contents.data).is_foreign:
        return found
    article = read_article(contents, DEFAULT_SETTINGS, NoLimit(), found.shown_path)
    return Skipped(found.path, article.reason) if isinstance(article, NotText) else found
