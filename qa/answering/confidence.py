"""Estimate how likely an answer is to be right: a few features, with weights fitted on dev."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.errors import ModelUnavailable, reason_of
from index.search.analyzer import terms
from qa.answering.grouping import Group
from qa.reader.shipped import ACCURATE, FAST
from qa.retrieval.retriever import Hit

Features = NDArray[np.float64]

FEATURES = (
    "margin of the best span over no answer",
    "its sharpness",
    "similarity of its passage",
    "1 / rank of its passage",
    "agreement: other passages that give it with a margin over 0, at most 3",
    "weighted share of the question's terms in its sentence",
    "weighted share of them in its passage and title",
    "1 if it consists of entire sentences",
    "margin that the first of two readers found for these words",
)
_MAX_AGREEING = 3
MAX_MARGIN = 12.0
"""Margins are clipped to this on either side; larger ones carry no more information."""
_MAX_LEAD = 4.0
_TOPIC_BONUS = 0.8
"""Added to the score of an answer in the article that the previous question was about.

The middle of the range that gets the most bundled follow-ups right.
"""
CALIBRATION_FILE = "confidence.json"


class Calibration(msgspec.Struct, frozen=True):
    """Fitted weights: of the features, then of an answer's score and its lead."""

    weights: tuple[float, ...]
    """Of `FEATURES`; the logistic of the score is the chance of one answer alone."""
    bias: float
    factor: float
    """Weight of the score when the answer has rivals."""
    lead_factor: float
    """Weight of its lead over the best other answer's score."""
    offset: float
    threshold: float
    """Minimum confidence of an answer, chosen on dev."""
    plain: float
    """Minimum confidence of an answer that is given without a doubt, chosen on dev."""


def read_calibration(path: Path) -> Calibration:
    """Read fitted weights. Raises ModelUnavailable if the file is missing or invalid."""
    try:
        calibration = msgspec.json.decode(path.read_bytes(), type=Calibration)
    except (OSError, msgspec.MsgspecError) as error:
        fault = f"{path} cannot be read: {reason_of(error)}"
        raise ModelUnavailable(f"{fault}; reinstall Byline") from error
    if len(calibration.weights) != len(FEATURES):
        raise ModelUnavailable(f"{path} is for another version of Byline; reinstall Byline")
    return calibration


def default_calibration() -> Calibration:
    """Read the weights shipped with the fast reader."""
    return read_calibration(FAST / CALIBRATION_FILE)


def second_calibration() -> Calibration:
    """Read the weights for answers of both shipped readers."""
    return read_calibration(ACCURATE / CALIBRATION_FILE)


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
    hits: Sequence[Hit],
    calibration: Calibration,
    topic: int | None = None,
) -> list[ScoredAnswer]:
    """Return answers with their confidence, most confident first.

    `idf` returns a term's inverse document frequency. `topic` is the id of the article that the
    previous question was about, None if the question is not a follow-up.
    """
    if not groups:
        return []
    scored = scores(answer_features(question, idf, groups, hits), calibration)
    if topic is not None:
        on_topic = [hits[group.best.passage].stored.article_id == topic for group in groups]
        scored = scored + _TOPIC_BONUS * np.array(on_topic)
    answers = [
        ScoredAnswer(group, float(confidence))
        for group, confidence in zip(groups, confidences(scored, calibration), strict=True)
    ]
    return sorted(answers, key=lambda answer: -answer.confidence)


def answer_features(
    question: str, idf: Callable[[str], float], groups: Sequence[Group], hits: Sequence[Hit]
) -> Features:
    """Return the features of each group; shape (groups, features)."""
    weights = {term: idf(term) for term in terms(question)}
    return np.array([_features(weights, group, hits) for group in groups])


def _features(weights: dict[str, float], group: Group, hits: Sequence[Hit]) -> tuple[float, ...]:
    best = group.best
    hit = hits[best.passage]
    passage = hit.stored.passage
    agreeing = {other.passage for other in group.candidates if other.margin > 0} - {best.passage}
    return (
        float(np.clip(best.margin, -MAX_MARGIN, MAX_MARGIN)),
        max(best.sharpness, -MAX_MARGIN),
        hit.similarity,
        1.0 / (1 + best.passage),
        float(min(len(agreeing), _MAX_AGREEING)),
        _share(weights, passage.said_in(best.sentence)),
        _share(weights, f"{hit.title} {passage.context} {passage.words}"),
        float(best.is_whole),
        float(np.clip(best.first_margin, -MAX_MARGIN, MAX_MARGIN)),
    )


def _share(weights: dict[str, float], text: str) -> float:
    """Return the weighted share of the question's terms that a text has, in [0, 1]."""
    total = sum(weights.values())
    if not total:
        return 0.0
    found = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in found) / total


def scores(features: Features, calibration: Calibration) -> Features:
    """Return each answer's score; shape (answers,) from shape (answers, features)."""
    return np.asarray(features @ np.array(calibration.weights) + calibration.bias)


def confidences(scored: Features, calibration: Calibration) -> Features:
    """Return each answer's probability of being right, from the scores; shape (answers,).

    It rises with the answer's own score and with its lead over the best other answer.
    """
    logits = calibration.factor * scored + calibration.lead_factor * leads(scored)
    return np.asarray(1.0 / (1.0 + np.exp(-(logits + calibration.offset))))


def leads(scored: Features) -> Features:
    """Return each score's lead over the best of the others, clipped to ±4; 4 without others."""
    ordered = np.sort(scored)[::-1]
    second = ordered[1] if len(ordered) > 1 else ordered[0] - _MAX_LEAD
    first = int(scored.argmax())
    others = np.where(np.arange(len(scored)) == first, second, ordered[0])
    return np.asarray(np.clip(scored - others, -_MAX_LEAD, _MAX_LEAD))
