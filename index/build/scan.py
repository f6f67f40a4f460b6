"""What a build has to do: which articles are new, changed, deleted or unchanged."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from index.articles.files import Found, Root, Skipped, find, read
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import ModelLimit, PassageSettings
from index.articles.text import NotText
from index.build.events import MissingRoot
from index.storage.records import StoredArticle, signature_is_proof

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

    def scan(self, roots: tuple[Root, ...], result: ScanResult) -> Iterator[tuple[int, int]]:
        """Fill the result; yields the number of files done and their total."""
        for root in roots:
            if not os.path.lexists(root.path):
                self._keep_missing(root, result)
        existing = tuple(root for root in roots if os.path.lexists(root.path))
        items = list(find(existing))
        for done, item in enumerate(items, 1):
            examined = item if isinstance(item, Skipped) else self._examine(item, result)
            if isinstance(examined, Skipped):
                result.skipped.append(examined)
            else:
                result.articles.append(examined)
            yield done, len(items)
        kept = {article.found.path for article in result.articles}
        result.removed = sum(path not in kept for path in self.stored)

    def _keep_missing(self, root: Root, result: ScanResult) -> None:
        of_root = [one for one in self.stored.values() if one.found.root.path == root.path]
        linked = [one for one in self.stored.values() if one.found.root.linked_from == root.path]
        kept = [replace(one, found=replace(one.found, root=root)) for one in of_root] + linked
        result.articles += kept
        result.missing_roots.append(MissingRoot(root, len(kept)))

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
        if stored:
            result.changed += 1
        else:
            result.added += 1
        return self.stage(now, seen_ns, article)
