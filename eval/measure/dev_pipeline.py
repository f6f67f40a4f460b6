"""The complete pipeline over all contexts of SQuAD dev, with the gold left out for half of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.answering.confidence import Features, answer_features
from qa.answering.grouping import group_candidates
from qa.bot import PASSAGES_READ, Bot
from qa.reader.shipped import DEFAULT_READER
from qa.retrieval.retriever import Hit
from qa.training.corpus import Location, build_index, write_articles
from qa.training.data import Row

_MORE = 6
"""Limit of passages on one line of an article."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the pipeline answered to a question of dev."""

    row: Row
    left_out: bool
    """Whether its gold passage was left out of the search."""
    texts: tuple[str, ...]
    """Of the answers: the best span of each group."""
    features: Features
    """Shape (answers, features)."""


@dataclass(frozen=True)
class DevPipeline:
    """A bot over an index of all dev contexts."""

    bot: Bot
    locations: dict[str, Location]
    """Of each context."""

    @classmethod
    def open(cls, dev: Sequence[Row], folder: Path, reader: str = DEFAULT_READER) -> "DevPipeline":
        """Build the index, or update it, and open it."""
        locations = write_articles(dev, folder / "articles")
        store = build_index(folder / "articles", folder / "index", print)
        return cls(Bot.open(store, folder / "models", reader, 0.0, print), locations)

    def predict(self, row: Row) -> Prediction:
        """Answer a question; for half of the questions the gold passage is left out."""
        left_out = is_left_out(row)
        hits = self.bot.retriever.retrieve(row.question, PASSAGES_READ + _MORE)
        if left_out:
            hits = [hit for hit in hits if not self._is_at(hit, self.locations[row.context])]
        hits = hits[:PASSAGES_READ]
        passages = [hit.stored.passage for hit in hits]
        groups = group_candidates(self.bot.reader.read(row.question, passages), hits)
        idf = self.bot.index.generation.keywords.idf
        features = answer_features(row.question, idf, groups, hits)
        texts = tuple(group.best.span.of(passages[group.best.passage].text) for group in groups)
        return Prediction(row, left_out, texts, features)

    def _is_at(self, hit: Hit, location: Location) -> bool:
        article = self.bot.index.generation.catalog.article(hit.stored.article_id)
        passage = hit.stored.passage
        is_on_line = passage.line <= location.line <= passage.end_line
        return article.found.relative == location.article and is_on_line


def is_left_out(row: Row) -> bool:
    """Choose half of the questions, by their ids."""
    return hashlib.sha256(row.id.encode()).digest()[0] % 2 == 0
