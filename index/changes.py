"""Which articles are no longer as they were indexed, told without reading more than needed."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from index.articles.files import MAX_BYTES, Found, Skipped, find, read
from index.articles.parse import read_article
from index.articles.passages import DEFAULT_SETTINGS, Boundless
from index.articles.text import NotText
from index.storage.catalog import Catalog, StoredArticle
from index.storage.records import signature_is_proof

State = Literal["unchanged", "changed", "gone", "lost"]
_MOST_READ = 100
"""New files read to tell whether there is an article in them; more are taken to hold one."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What came, changed and went since the articles were indexed; absolute paths."""

    new: frozenset[str]
    changed: frozenset[str]
    gone: frozenset[str]
    lost: frozenset[str]
    """Under a remembered folder that is not there now; a build keeps these as they were."""
    skipped: tuple[Skipped, ...]
    """What a build would pass over, as far as it was looked at."""

    def __bool__(self) -> bool:
        """Tell whether a build would change anything."""
        return bool(self.new or self.changed or self.gone)


Told = Callable[[int, int], None]
"""Takes how many of how many articles were looked at."""


def changes(
    catalog: Catalog,
    max_bytes: int = MAX_BYTES,
    thorough: bool = False,
    told: Told = lambda _done, _total: None,
) -> Changes:
    """Compare the articles with what a generation holds of them.

    A file whose size and times prove it unchanged is read only where `thorough`; so are new files
    past the first hundred. New files over `max_bytes` are skipped.
    """
    there = tuple(root for root in catalog.roots if os.path.lexists(root.path))
    items = list(find(there))
    found = {one.path: one for one in items if isinstance(one, Found)}
    by_state: dict[State, set[str]] = {"unchanged": set(), "changed": set(), "gone": set()}
    by_state["lost"] = set()
    articles = catalog.articles()
    for done, stored in enumerate(articles):
        told(done, len(articles))
        path = stored.found.path
        if path in found:
            by_state[_state(found.pop(path), stored, thorough)].add(path)
        else:
            by_state["gone" if stored.found.root in there else "lost"].add(path)
    new = list(_read_new(found.values(), max_bytes, thorough))
    skipped = [one for one in (*items, *new) if isinstance(one, Skipped)]
    return Changes(
        new=frozenset(one.path for one in new if isinstance(one, Found)),
        changed=frozenset(by_state["changed"]),
        gone=frozenset(by_state["gone"]),
        lost=frozenset(by_state["lost"]),
        skipped=tuple(skipped),
    )


def _state(found: Found, stored: StoredArticle, thorough: bool) -> State:
    if signature_is_proof(found, stored) and not thorough:
        return "unchanged"
    size = stored.found.signature.size
    if found.signature.size != size:
        return "changed"
    contents = read(found.root, found.relative, size)
    if isinstance(contents, Skipped):
        return "gone"
    return "unchanged" if contents.sha256 == stored.article.sha256 else "changed"


def _read_new(new: Iterable[Found], max_bytes: int, thorough: bool) -> Iterator[Found | Skipped]:
    for number, found in enumerate(new):
        if number < _MOST_READ or thorough or found.signature.size > max_bytes:
            yield _if_article(found, max_bytes)
        else:
            yield found


def _if_article(found: Found, max_bytes: int) -> Found | Skipped:
    contents = read(found.root, found.relative, max_bytes)
    if isinstance(contents, Skipped):
        return contents
    article = read_article(contents, DEFAULT_SETTINGS, Boundless())
    return Skipped(found.path, article.reason) if isinstance(article, NotText) else found
