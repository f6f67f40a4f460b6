"""What a build has to do: which articles are new, changed, deleted or unchanged."""

import os
import time
from bisect import insort
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from index.articles.files import Found, Root, Skipped, find, find_at, read
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import ModelLimit, PassageSettings
from index.articles.paths import is_under
from index.articles.text import NotText
from index.build.events import MissingRoot
from index.build.partition import WHOLE, Part
from index.storage.records import StoredArticle, signature_is_proof

Place = tuple[int, list[tuple[bool, str]]]
"""Of an article in the order of `find`: the number of its root, its folders and its name."""
Stage = Callable[[Found, int, ReadArticle], StoredArticle]
"""Stores an article that was read, given also when its signature was taken."""


@dataclass
class ScanResult:
    """What was found, in the order in which it will be stored."""

    articles: list[StoredArticle] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    missing_roots: list[MissingRoot] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    """Paths of the articles that were read now and are in mixed encoding."""
    notes: list[Skipped] = field(default_factory=list)
    """Parts of the articles that were read now that have no text."""
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def passages(self) -> int:
        """The number of passages of all articles."""
        return sum(len(article.passages) for article in self.articles)

    @property
    def unchanged(self) -> int:
        """The number of articles whose content is indexed already."""
        return len(self.articles) - self.added - self.changed


@dataclass(frozen=True)
class Scanner:
    """Examines every article and reads those that may have changed."""

    stored: Mapping[str, StoredArticle]
    """The articles of the previous generation that may be kept, by absolute path."""
    settings: PassageSettings
    limit: ModelLimit
    max_bytes: int
    stage: Stage
    part: Part = WHOLE
    """The part of the articles that is scanned."""

    def scan(
        self, roots: tuple[Root, ...], result: ScanResult, only: Set[str] | None = None
    ) -> Iterator[tuple[int, int]]:
        """Fill the result; yields the number of files done and their total.

        `only` limits it to what is at or under these paths, None means everything; articles
        elsewhere are kept without a look at them. No root follows links then.
        """
        for root in roots:
            if not os.path.lexists(root.path):
                self._keep_missing(root, result)
        existing = tuple(root for root in roots if os.path.lexists(root.path))
        found = find(existing) if only is None else _find_only(existing, only)
        items = [item for item in found if self.part.has(item.path)]
        if only is not None:
            self._keep_others(existing, only, result)
        place = place_in(roots)
        for done, item in enumerate(items, 1):
            examined = item if isinstance(item, Skipped) else self._examine(item, result)
            if isinstance(examined, Skipped):
                result.skipped.append(examined)
            elif only is None:
                result.articles.append(examined)
            else:
                insort(result.articles, examined, key=place)
            yield done, len(items)
        kept = {article.found.path for article in result.articles}
        result.removed = sum(path not in kept for path in self.stored)

    def _keep_missing(self, root: Root, result: ScanResult) -> None:
        of_root = [one for one in self.stored.values() if one.found.root.path == root.path]
        linked = [one for one in self.stored.values() if one.found.root.linked_from == root.path]
        kept = [replace(one, found=replace(one.found, root=root)) for one in of_root] + linked
        result.articles += kept
        result.missing_roots.append(MissingRoot(root, len(kept)))

    def _keep_others(self, existing: tuple[Root, ...], only: Set[str], result: ScanResult) -> None:
        result.articles += [
            stored
            for path, stored in self.stored.items()
            if stored.found.root in existing and not at_or_under(path, only)
        ]

    def _examine(self, found: Found, result: ScanResult) -> StoredArticle | Skipped:
        seen_ns = time.time_ns()
        stored = self.stored.get(found.path)
        if stored and signature_is_proof(found, stored):
            return replace(stored, found=found)
        contents = read(found.root, found.relative, self.max_bytes)
        if isinstance(contents, Skipped):
            return contents
        now = Found(found.root, found.relative, contents.signature)
        if stored and contents.sha256 == stored.article.sha256:
            return replace(stored, found=now, seen_ns=seen_ns)
        article = read_article(contents, self.settings, self.limit, now.shown_path)
        if isinstance(article, NotText):
            return Skipped(found.path, article.reason)
        if article.article.encoding == "mixed":
            result.mixed.append(found.path)
        result.notes += [Skipped(found.path, note) for note in article.notes]
        if stored:
            result.changed += 1
        else:
            result.added += 1
        return self.stage(now, seen_ns, article)


def at_or_under(path: str, folders: Set[str]) -> bool:
    """Return whether a path is one of some paths, or under one."""
    while path not in folders:
        path, slash, _ = path.rpartition("/")
        if not slash:
            return False
    return True


def _find_only(roots: tuple[Root, ...], only: Set[str]) -> Iterator[Found | Skipped]:
    """Yield once what `find` yields of the roots at or under some paths."""
    seen: set[str] = set()
    for root in roots:
        for path in sorted(only):
            if is_under(path, root.path):
                items = find_at(root, path[len(root.path) :].strip("/"))
            elif is_under(root.path, path):
                items = find_at(root, "")
            else:
                continue
            for item in items:
                if not isinstance(item, Root) and item.path not in seen:
                    seen.add(item.path)
                    yield item


def place_in(roots: tuple[Root, ...]) -> Callable[[StoredArticle], Place]:
    """Return the key that sorts articles as `find` finds them: files first, then folders."""
    numbers = {root.path: number for number, root in enumerate(roots)}

    def place(stored: StoredArticle) -> Place:
        *folders, name = stored.found.relative.split("/")
        return numbers[stored.found.root.path], [
            *((True, folder) for folder in folders),
            (False, name),
        ]

    return place
