"""The articles and passages of one generation: its article table and its segments' passages."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.files import Root
from index.storage.article_table import ArticleTable
from index.storage.database import ROWS_MISSING, inconsistent
from index.storage.passage_table import PassageTable
from index.storage.records import StoredArticle as StoredArticle
from index.storage.records import StoredPassage as StoredPassage


@dataclass(frozen=True)
class Catalog:
    """An open, read-only catalog.

    Every row has a checksum, because SQLite does not notice most damage to its file. The methods
    raise IndexDamaged if a row is missing or fails its checksum.
    """

    table: ArticleTable
    segments: tuple[tuple[int, PassageTable], ...]
    """The first id and the passages of each segment, in order."""

    @property
    def roots(self) -> Sequence[Root]:
        """The roots that the articles were found under."""
        return self.table.roots

    def articles(self) -> list[StoredArticle]:
        """Return all articles, in the order in which they were found."""
        return self.table.articles()

    def article(self, article_id: int) -> StoredArticle:
        """Return one article."""
        return self.table.article(article_id)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Return passages in the order of the ids."""
        by_segment: dict[int, list[int]] = {}
        for passage_id in ids:
            by_segment.setdefault(self._segment_of(passage_id), []).append(passage_id)
        found = {
            stored.id: stored
            for segment, members in by_segment.items()
            for stored in self.segments[segment][1].passages(members)
        }
        if any(passage_id not in found for passage_id in ids):
            raise inconsistent(ROWS_MISSING)
        return [found[passage_id] for passage_id in ids]

    def passages_of(self, article: StoredArticle) -> list[StoredPassage]:
        """Return an article's passages in order."""
        if not article.passages:
            return []
        _, passages = self.segments[self._segment_of(article.passages.start)]
        return passages.passages_in(article.passages)

    def find_by_key(self, key: bytes) -> int | None:
        """Return the id of a passage embedded as the text with this key, or None.

        The passage may be one whose article was deleted.
        """
        for _, passages in self.segments:
            if (passage_id := passages.find_by_key(key)) is not None:
                return passage_id
        return None

    def counts(self) -> tuple[int, int]:
        """Return the number of articles and of passages."""
        return self.table.counts()

    def _segment_of(self, passage_id: int) -> int:
        """Return the index of a passage's segment; an article's passages are all in one."""
        index = bisect_right(self.segments, passage_id, key=lambda segment: segment[0]) - 1
        if index < 0:
            raise inconsistent(ROWS_MISSING)
        return index
