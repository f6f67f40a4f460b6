"""The whole pipeline over all contexts of SQuAD dev, with the gold left out for half of it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.storage.catalog import StoredArticle
from qa.answering.confidence import Features, answer_features
from qa.answering.grouping import group_candidates
from qa.bot import PASSAGES_READ, Bot
from qa.reader.shipped import DEFAULT_READER
from qa.retrieval.retriever import Hit, Retriever
from qa.training.corpus import Location, build_index, write_articles
from qa.training.data import Row

_MORE = 6
"""Passages that may stand on one line of an article, at most."""


@dataclass
class LeavingOut(Retriever):
    """A retriever that does not find the passages at some places."""

    places: frozenset[Location] = frozenset()

    def retrieve(self, question: str, top_k: int, scope: Sequence[StoredArticle] = ()) -> list[Hit]:
        """Find the passages for a question, best first, none of them at those places."""
        found = super().retrieve(question, top_k + _MORE, scope)
        return [one for one in found if not self._is_left_out(one)][:top_k]

    def _is_left_out(self, one: Hit) -> bool:
        catalog = self.generation.catalog
        article = catalog.article(one.stored.article_id).found.relative
        return any(
            place.article == article
            and one.stored.passage.line <= place.line <= one.stored.passage.end_line
            for place in self.places
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of dev as the pipeline answered it."""

    row: Row
    left_out: bool
    """Whether the search was kept from its gold passage."""
    texts: tuple[str, ...]
    """Of its answers, the best span of each group."""
    features: Features
    """Shape (answers, features)."""


@dataclass(frozen=True)
class DevPipeline:
    """A bot over an index of all dev contexts."""

    bot: Bot
    places: dict[str, Location]

    @classmethod
    def open(cls, dev: Sequence[Row], folder: Path, reader: str = DEFAULT_READER) -> "DevPipeline":
        """Build the index, or bring it up to date, and open it."""
        places = write_articles(dev, folder / "articles")
        store = build_index(folder / "articles", folder / "index", print)
        return cls(Bot.open(store, folder / "models", reader, 0.0, print), places)

    def ask(self, rows: Sequence[Row]) -> Iterator[Asked]:
        """Ask questions, each second one with its gold passage left out of the search."""
        for row in rows:
            yield self._ask(row)

    def _ask(self, row: Row) -> Asked:
        left_out = is_left_out(row)
        places = frozenset([self.places[row.context]] if left_out else [])
        generation = self.bot.index.generation
        retriever = LeavingOut(generation, self.bot.retriever.encoder, places=places)
        retrieved = retriever.retrieve(row.question, PASSAGES_READ)
        passages = [one.stored.passage for one in retrieved]
        groups = group_candidates(self.bot.reader.read(row.question, passages), retrieved)
        described = answer_features(row.question, generation.keywords.idf, groups, retrieved)
        texts = tuple(group.best.span.of(passages[group.best.passage].text) for group in groups)
        return Asked(row, left_out, texts, described)


def is_left_out(row: Row) -> bool:
    """Choose half of the questions, by their ids."""
    return hashlib.sha256(row.id.encode()).digest()[0] % 2 == 0
