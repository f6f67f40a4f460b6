"""The articles and passages of one generation: its articles' table and its segments' passages."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.articles.files import Root
from index.storage.article_table import ArticleTable
from index.storage.database import damaged
from index.storage.passage_table import PassageTable
from index.storage.records import StoredArticle as StoredArticle
from index.storage.records import StoredPassage as StoredPassage


@dataclass(frozen=True)
class Catalog:
    """An opened, read-only catalog.

    Every row has a check sum, for SQLite does not see most damage to its file. The methods raise
    IndexDamaged for a row that is missing or is not as it was written.
    """

    table: ArticleTable
    segments: tuple[tuple[int, PassageTable], ...]
    """Each segment's first id and passages, in order."""

    @property
    def roots(self) -> Sequence[Root]:
        """The roots that the articles were found under."""
        return self.table.roots

    def close(self) -> None:
        """Close the files."""
        self.table.connection.close()
        for _, passages in self.segments:
            passages.close()

    def articles(self) -> list[StoredArticle]:
        """Give all articles, in the order in which they were found."""
        return self.table.articles()

    def article(self, article_id: int) -> StoredArticle:
        """Give one article."""
        return self.table.article(article_id)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Give passages in the order of the ids."""
        by_segment: dict[int, list[int]] = {}
        for passage_id in ids:
            by_segment.setdefault(self._segment_of(passage_id), []).append(passage_id)
        found = {
            stored.id: stored
            for segment, members in by_segment.items()
            for stored in self.segments[segment][1].passages(members)
        }
        if any(passage_id not in found for passage_id in ids):
            raise damaged("lacks what the rest of the index speaks of")
        return [found[passage_id] for passage_id in ids]

    def passages_of(self, article: StoredArticle) -> list[StoredPassage]:
        """Give an article's passages in order."""
        if not article.passages:
            return []
        return self.segments[self._segment_of(article.passages.start)][1].within(article.passages)

    def ids_of(self, key: bytes) -> Iterator[int]:
        """Yield ids of passages that were embedded as the text of this key, gone ones too."""
        for _, passages in self.segments:
            yield from passages.ids_of(key)

    def counts(self) -> tuple[int, int]:
        """Count articles and passages."""
        return self.table.counts()

    def _segment_of(self, passage_id: int) -> int:
        """Tell which segment a passage is in: an article's passages are all in one."""
        at = bisect_right(self.segments, passage_id, key=lambda segment: segment[0]) - 1
        if at < 0:
            raise damaged("lacks what the rest of the index speaks of")
        return at
