"""What a build has to do: which articles are new, changed, gone, or as they were."""

import os
import time
from collections.abc import Callable, Iterator
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
    """Where an article's passages were put until they are published."""

    article_id: int
    passages: range
    """Ids."""


Stage = Callable[[ReadArticle], Staged]


@dataclass(frozen=True, slots=True)
class Same:
    """An article whose content is the one already indexed."""

    found: Found
    seen_ns: int
    stored: StoredArticle


Planned = Fresh | Same


@dataclass
class Plan:
    """What was found, in the order in which it will be stored."""

    articles: list[Planned] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    missing_roots: list[MissingRoot] = field(default_factory=list)
    removed: int = 0

    def count(self, change: Literal["added", "changed"]) -> int:
        """Count the articles that are new, or new in content."""
        return sum(isinstance(one, Fresh) and one.change == change for one in self.articles)

    @property
    def passages(self) -> int:
        """Count the passages of all articles."""
        counts = (
            len(one.staged.passages if isinstance(one, Fresh) else one.stored.passages)
            for one in self.articles
        )
        return sum(counts)

    @property
    def unchanged(self) -> int:
        """Count the articles whose content is as indexed."""
        return sum(isinstance(one, Same) for one in self.articles)


@dataclass(frozen=True)
class Planner:
    """Looks at every article and reads those that may have changed."""

    stored: dict[str, StoredArticle]
    """The articles of the last generation that may be kept, by absolute path."""
    settings: PassageSettings
    limit: ModelLimit
    max_bytes: int
    stage: Stage

    def look(self, roots: tuple[Root, ...], plan: Plan) -> Iterator[tuple[int, int]]:
        """Fill the plan; yields how many of how many files were looked at."""
        for root in roots:
            if not os.path.lexists(root.path):
                self._keep_lost(root, plan)
        there = tuple(root for root in roots if os.path.lexists(root.path))
        items = list(find(there))
        for done, item in enumerate(items, 1):
            if isinstance(item, Skipped):
                plan.skipped.append(item)
            else:
                self._look_at(item, plan)
            yield done, len(items)
        kept = {one.found.path for one in plan.articles}
        plan.removed = sum(path not in kept for path in self.stored)

    def _keep_lost(self, root: Root, plan: Plan) -> None:
        kept = [one for one in self.stored.values() if one.found.root.path == root.path]
        plan.articles += [Same(replace(one.found, root=root), one.seen_ns, one) for one in kept]
        plan.missing_roots.append(MissingRoot(root, len(kept)))

    def _look_at(self, found: Found, plan: Plan) -> None:
        seen_ns = time.time_ns()
        stored = self.stored.get(found.path)
        if stored and signature_is_proof(found, stored):
            plan.articles.append(Same(found, stored.seen_ns, stored))
            return
        contents = read(found.root, found.relative, self.max_bytes)
        if isinstance(contents, Skipped):
            plan.skipped.append(contents)
            return
        now = Found(found.root, found.relative, contents.signature)
        if stored and contents.sha256 == stored.article.sha256:
            plan.articles.append(Same(now, seen_ns, stored))
            return
        self._read(now, seen_ns, contents, plan, "changed" if stored else "added")

    def _read(
        self,
        found: Found,
        seen_ns: int,
        contents: Contents,
        plan: Plan,
        change: Literal["added", "changed"],
    ) -> None:
        article = read_article(contents, self.settings, self.limit)
        if isinstance(article, NotText):
            plan.skipped.append(Skipped(found.path, article.reason))
        else:
            staged = self.stage(article)
            plan.articles.append(Fresh(found, seen_ns, article.article, staged, change))
