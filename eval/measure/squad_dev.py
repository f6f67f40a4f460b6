"""The complete pipeline over all contexts of SQuAD dev, with the gold left out for half of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.measure.fit_confidence import MISLEADING
from eval.measure.predictions import Asked, Prediction, predict
from qa.bot import PASSAGES_READ, Bot
from qa.reader.shipped import DEFAULT_READER
from qa.retrieval.retriever import Hit
from qa.training.corpus import Location, build_index, write_articles
from qa.training.data import Row

_MORE = 6
"""Limit of passages on one line of an article."""


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
        location, left_out = self.locations[row.context], is_left_out(row)
        found = self.bot.find(row.question, top_k=PASSAGES_READ + _MORE)
        kept = [hit for hit in found.hits if not (left_out and self._is_at(hit, location))]
        found = replace(found, hits=tuple(kept[:PASSAGES_READ]))
        gold = tuple(answer.text for answer in row.answers)
        line = frozenset({(location.article, location.line)})
        asked = Asked(MISLEADING, row.question, gold, line)
        return predict(self.bot, asked, found, left_out)

    def _is_at(self, hit: Hit, location: Location) -> bool:
        article = self.bot.index.generation.catalog.article(hit.stored.article_id)
        passage = hit.stored.passage
        is_on_line = passage.line <= location.line <= passage.end_line
        return article.found.relative == location.article and is_on_line


def is_left_out(row: Row) -> bool:
    """Choose half of the questions, by their ids."""
    return hashlib.sha256(row.id.encode()).digest()[0] % 2 == 0
