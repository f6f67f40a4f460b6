"""How likely an answer is to be right: a few features of it, and weights fitted on dev."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnavailable, reason_of
from index.search.analyzer import terms
from qa.answering.grouping import Group
from qa.reader.shipped import FOLDER
from qa.retrieval.retriever import Hit

Features = NDArray[np.float64]

FEATURES = (
    "margin of the best span over no answer",
    "its sharpness",
    "similarity of its passage",
    "1 / rank of its passage",
    "agreement: passages beyond the first that give it with a margin over 0, at most 3",
    "weighted share of the question's terms in its sentence",
    "weighted share of them in its passage and title",
)
_MOST_AGREEING = 3
_MARGIN = 12.0
"""Margins are cut off at it on either side: beyond it they tell nothing more."""
_LEAD = 4.0
_TOPIC = 0.8
"""Added to the score of an answer that stays in the article a follow-up goes on from: the middle of
what made most of the bundled follow-ups right."""
CALIBRATION_FILE = "confidence.json"


class Calibration(msgspec.Struct, frozen=True):
    """Fitted weights: of the features, then of the best answer's score and its lead."""

    weights: tuple[float, ...]
    """Of `FEATURES`, to a score; its logistic is the chance of one answer alone."""
    bias: float
    factor: float
    """Of the score, to the chance of an answer among its rivals."""
    lead_factor: float
    """Of its lead over the best other answer's score."""
    offset: float
    threshold: float
    """Confidence under which there is no answer, as chosen on dev."""


def read_calibration(path: Path) -> Calibration:
    """Read fitted weights. Raises ModelUnavailable where they are not there or not sound."""
    try:
        calibration = msgspec.json.decode(path.read_bytes(), type=Calibration)
    except (OSError, msgspec.MsgspecError) as error:
        told = f"{path} cannot be read: {reason_of(error)}; install Byline again"
        raise ModelUnavailable(told) from error
    if len(calibration.weights) != len(FEATURES):
        raise ModelUnavailable(f"{path} is not for this version of Byline; install it again")
    return calibration


def default_calibration() -> Calibration:
    """Read the weights that ship beside the reader's."""
    return read_calibration(FOLDER / CALIBRATION_FILE)


def default_threshold() -> float:
    """Give the confidence under which there is no answer, as chosen on dev."""
    return default_calibration().threshold


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """An answer with its probability of being right."""

    group: Group
    confidence: float
    """In [0, 1]."""


def score_answers(
    question: str,
    idf: Callable[[str], float],
    groups: Sequence[Group],
    retrieved: Sequence[Hit],
    calibration: Calibration,
    topic: Collection[int] = (),
) -> list[ScoredAnswer]:
    """Order answers by their probability, the likeliest first.

    `idf` gives a term's inverse document frequency; `topic` holds the ids of articles that the
    question before a follow-up was about.
    """
    if not groups:
        return []
    described = answer_features(question, idf, groups, retrieved)
    stays = [retrieved[one.best.passage].stored.article_id in topic for one in groups]
    scored = scores(described, calibration) + _TOPIC * np.array(stays)
    chances = confidences(scored, calibration)
    weighed = [ScoredAnswer(*one) for one in zip(groups, map(float, chances), strict=True)]
    return sorted(weighed, key=lambda one: -one.confidence)


def answer_features(
    question: str,
    idf: Callable[[str], float],
    groups: Sequence[Group],
    retrieved: Sequence[Hit],
) -> Features:
    """Give the features of each group; shape (groups, features)."""
    wanted = {term: idf(term) for term in terms(question)}
    return np.array([_features(wanted, group, retrieved) for group in groups])


def _features(
    wanted: dict[str, float], group: Group, retrieved: Sequence[Hit]
) -> tuple[float, ...]:
    best = group.best
    source = retrieved[best.passage]
    text = source.stored.passage.text
    agreeing = {one.passage for one in group.candidates if one.margin > 0} - {best.passage}
    return (
        float(np.clip(best.margin, -_MARGIN, _MARGIN)),
        max(best.sharpness, -_MARGIN),
        source.similarity,
        1.0 / (1 + best.passage),
        float(min(len(agreeing), _MOST_AGREEING)),
        _share(wanted, best.sentence.of(text)),
        _share(wanted, f"{source.title} {text}"),
    )


def _share(wanted: dict[str, float], text: str) -> float:
    """Give the weighted share of a question's terms that a text has, in [0, 1]."""
    total = sum(wanted.values())
    if not total:
        return 0.0
    present = set(terms(text))
    return sum(weight for term, weight in wanted.items() if term in present) / total


def scores(described: Features, calibration: Calibration) -> Features:
    """Give each answer's score; shape (answers,) from shape (answers, features)."""
    return np.asarray(described @ np.array(calibration.weights) + calibration.bias)


def confidences(scored: Features, calibration: Calibration) -> Features:
    """Give each answer's probability of being right; shape (answers,), from their scores.

    An answer is as likely as its own score says, and as its lead over the best of the others.
    """
    logits = calibration.factor * scored + calibration.lead_factor * leads(scored)
    return np.asarray(1.0 / (1.0 + np.exp(-(logits + calibration.offset))))


def leads(scored: Features) -> Features:
    """Give each score's lead over the best of the others, cut off at 4; 4 without others."""
    ordered = np.sort(scored)[::-1]
    second = ordered[1] if len(ordered) > 1 else ordered[0] - _LEAD
    first = int(scored.argmax())
    others = np.where(np.arange(len(scored)) == first, second, ordered[0])
    return np.asarray(np.clip(scored - others, -_LEAD, _LEAD))
