"""What the complete pipeline answers to questions whose answers are known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics.resampling import Floats
from eval.metrics.squad import exact_match, f1
from eval.outcomes import RIGHT_F1
from qa.answering.confidence import Features, answer_features
from qa.answering.grouping import Group, evidence_of
from qa.bot import Bot
from qa.citations import quote_of
from qa.retrieval.retriever import Hit
from qa.trace import Search


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answers that the pipeline found to a question, and how good each is."""

    kind: str
    """Of the question."""
    is_answerable: bool
    left_out: bool
    """Whether its gold passage was left out of the search, or its articles have no answer."""
    features: Features
    """Shape (answers, features)."""
    exact: Floats
    """Shape (answers,): 1 for an exact match, else 0."""
    f1: Floats
    """Shape (answers,): word overlap with the gold answers."""
    right: Floats
    """Shape (answers,): 1 for a right answer, else 0."""
    on_line: Floats
    """Shape (answers,): 1 if its first citation is on a gold line, else 0."""
    is_second: bool = False
    """Whether the answers are those of a second reading."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its gold answers."""

    kind: str
    question: str
    gold: tuple[str, ...]
    """Accepted answers; empty if it is unanswerable."""
    lines: frozenset[tuple[str, int]]
    """Gold lines, each with the path of its article relative to the indexed folder."""
    wants_sentences: bool = False
    """Whether an answer is right by its line and not by its words."""


def predict(bot: Bot, asked: Asked, found: Search, left_out: bool) -> Prediction:
    """Read the passages found for a question, and judge each answer."""
    hits = found.hits
    passages = [hit.stored.passage for hit in hits]
    reading = bot.read(found)
    groups = [answer.group for answer in reading.answers]
    features = answer_features(asked.question, bot.index.generation.keywords.idf, groups, hits)
    texts = [group.best.span.of(passages[group.best.passage].text) for group in groups]
    on_line = np.array([float(_is_on_line(bot, group, hits, asked.lines)) for group in groups])
    overlaps = np.array([f1(text, asked.gold) for text in texts])
    return Prediction(
        asked.kind,
        bool(asked.gold),
        left_out or not asked.gold,
        features,
        np.array([float(exact_match(text, asked.gold)) for text in texts]),
        overlaps,
        on_line if asked.wants_sentences else (overlaps >= RIGHT_F1).astype(np.float64),
        on_line,
        reading.is_second,
    )


def _is_on_line(
    bot: Bot, group: Group, hits: Sequence[Hit], lines: frozenset[tuple[str, int]]
) -> bool:
    evidence = evidence_of(group, hits)[0]
    article = bot.index.generation.catalog.article(evidence.stored.article_id).found.relative
    quote = quote_of(evidence.stored.passage, evidence.span)
    return any((article, line) in lines for line in range(quote.line, quote.end_line + 1))
