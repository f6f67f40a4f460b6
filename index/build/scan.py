"""What a build has to do: which articles are new, changed, deleted or unchanged."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from index.articles.files import Contents, Found, Root, Skipped, find, read
from index.articles.parse import Article, ReadArticle, read_article
from index.articles.passages import ModelLimit, PassageSettings
from index.articles.text import NotText
from index.build.events import MissingRoot
from index.storage.records import StoredArticle, signature_is_proof


@dataclass(frozen=True, slots=True)
class Fresh:
    """An article that was read in this build; its passages are staged."""

    found: Found
    seen_ns: int
    article: Article
    staged: "Staged"
    change: Literal["added", "changed"]


@dataclass(frozen=True, slots=True)
class Staged:
    """The ids that were given to a fresh article and its passages."""

    article_id: int
    passages: range


Stage = Callable[[ReadArticle], Staged]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An article whose content is indexed already."""

    found: Found
    seen_ns: int
    stored: StoredArticle


@dataclass
class ScanResult:
    """What was found, in the order in which it will be stored."""

    articles: list[Fresh | Unchanged] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    missing_roots: list[MissingRoot] = field(default_factory=list)
    removed: int = 0

    @property
    def fresh(self) -> list[Fresh]:
        """The articles that are new, or have new content."""
        return [article for article in self.articles if isinstance(article, Fresh)]

    def count(self, change: Literal["added", "changed"]) -> int:
        """Return the number of articles that are new, or that have new content."""
        return sum(article.change == change for article in self.fresh)

    @property
    def passages(self) -> int:
        """The number of passages of all articles."""
        return sum(
            len(article.staged.passages if isinstance(article, Fresh) else article.stored.passages)
            for article in self.articles
        )

    @property
    def unchanged(self) -> int:
        """The number of articles whose content is indexed already."""
        return len(self.articles) - len(self.fresh)


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
            if isinstance(item, Skipped):
                result.skipped.append(item)
            else:
                self._examine(item, result)
            yield done, len(items)
        kept = {article.found.path for article in result.articles}
        result.removed = sum(path not in kept for path in self.stored)

    def _keep_missing(self, root: Root, result: ScanResult) -> None:
        kept = [stored for stored in self.stored.values() if stored.found.root.path == root.path]
        result.articles += [
            Unchanged(replace(stored.found, root=root), stored.seen_ns, stored) for stored in kept
        ]
        result.missing_roots.append(MissingRoot(root, len(kept)))

    def _examine(self, found: Found, result: ScanResult) -> None:
        seen_ns = time.time_ns()
        stored = self.stored.get(found.path)
        if stored and signature_is_proof(found, stored):
            result.articles.append(Unchanged(found, stored.seen_ns, stored))
            return
        contents = read(found.root, found.relative, self.max_bytes)
        if isinstance(contents, Skipped):
            result.skipped.append(contents)
            return
        now = Found(found.root, found.relative, contents.signature)
        if stored and contents.sha256 == stored.article.sha256:
            result.articles.append(Unchanged(now, seen_ns, stored))
            return
        self._read(now, seen_ns, contents, result, "changed" if stored else "added")

    def _read(
        self,
        found: Found,
        seen_ns: int,
        contents: Contents,
        result: ScanResult,
        change: Literal["added", "changed"],
    ) -> None:
        article = read_article(contents, self.settings, self.limit)
        if isinstance(article, NotText):
            result.skipped.append(Skipped(found.path, article.reason))
        else:
            staged = self.stage(article)
            result.articles.append(Fresh(found, seen_ns, article.article, staged, change))
