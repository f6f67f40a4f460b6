"""The rows of a generation to be: its articles and passages, numbered from 0 in order."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.catalog import StoredArticle, StoredPassage
from index.generation import Generation
from index.keywords import Document
from index.plan import Fresh, Plan, Planned


@dataclass(frozen=True, slots=True)
class Wanted:
    """A passage of a fresh article, which needs a vector."""

    row: int
    key: bytes
    text: str
    """As it is embedded."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Passages whose vectors stand in the last generation."""

    rows: range
    last_rows: range


@dataclass(frozen=True)
class Assembly:
    """All articles and passages of a generation to be, and where their vectors are to come from."""

    articles: tuple[tuple[StoredArticle, Sequence[StoredPassage]], ...]
    wanted: tuple[Wanted, ...]
    kept: tuple[Kept, ...]

    @classmethod
    def of(cls, plan: Plan, last: Sequence[Generation]) -> "Assembly":
        """Assign numbers to what was planned.

        What was kept is taken from `last`, which then holds the generation that it is in.
        """
        articles: list[tuple[StoredArticle, Sequence[StoredPassage]]] = []
        wanted: list[Wanted] = []
        kept: list[Kept] = []
        first = 0
        for number, planned in enumerate(plan.articles):
            passages = _passages(number, first, planned, last)
            rows = range(first, first + len(passages))
            if isinstance(planned, Fresh):
                article = planned.read.article
                texts = zip(rows, passages, planned.read.embedded, strict=True)
                wanted += [Wanted(row, passage.key, text) for row, passage, text in texts]
            else:
                article = planned.stored.article
                kept.append(Kept(rows, planned.stored.passages))
            stored = StoredArticle(number, planned.found, planned.seen_ns, article, rows)
            articles.append((stored, passages))
            first = rows.stop
        return cls(tuple(articles), tuple(wanted), tuple(kept))

    @property
    def passage_count(self) -> int:
        """Count the passages."""
        return sum(len(passages) for _, passages in self.articles)

    def documents(self) -> Iterator[Document]:
        """Yield what keyword search is to know."""
        for article, passages in self.articles:
            for stored in passages:
                yield Document(stored.id, article.id, article.article.title, stored.passage.text)


def embedding_key(text: str) -> bytes:
    """Tell texts that are embedded apart."""
    return hashlib.sha256(text.encode()).digest()


def _passages(
    number: int, first: int, planned: Planned, last: Sequence[Generation]
) -> list[StoredPassage]:
    if isinstance(planned, Fresh):
        pairs = zip(planned.read.passages, planned.read.embedded, strict=True)
        passages = [(passage, embedding_key(text)) for passage, text in pairs]
    else:
        passages = [(one.passage, one.key) for one in last[0].catalog.passages_of(planned.stored)]
    return [
        StoredPassage(first + i, number, passage, key) for i, (passage, key) in enumerate(passages)
    ]
