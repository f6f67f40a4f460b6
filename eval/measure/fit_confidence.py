"""Fit the confidence of answers to what was right of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from eval.measure.dev_pipeline import Asked
from eval.metrics.squad import exact_match, f1
from index.errors import BadRequest
from qa.answering.confidence import Calibration, Features, confidences, leads, scores

_RIGHT = 0.5
"""F1 from which on an answer counts as right: it holds the gold one with little else, or most."""
_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
_INDIFFERENT = 0.03
_STRENGTHS = (1.0, 100.0)
"""Inverse strength of the regularisation, of the weights and of the calibration."""


def right_of(text: str, gold: Sequence[str]) -> float:
    """Tell whether an answer is right: 1 or 0."""
    return float(f1(text, gold) >= _RIGHT)


def fit(asked: Sequence[Asked]) -> Calibration:
    """Fit weights to all answers, then the calibration to the best one of each question.

    Unanswerable questions take part in the weights alone: whether people ask them as often as
    those who wrote them to mislead is not known. Raises BadRequest where no answerable question was
    answered.
    """
    some = [one for one in asked if one.texts]
    if not any(one.row.answers for one in some):
        raise BadRequest("no answerable question was answered, so there is nothing to fit to")
    features = np.concatenate([one.features for one in some])
    right = np.concatenate([_right(one) for one in some])
    weights, bias = _logistic(features, right, _STRENGTHS[0])
    draft = Calibration(tuple(weights), bias, 1.0, 0.0, 0.0, 0.0)
    answerable = [one for one in some if one.row.answers]
    best = np.array([_score_and_lead(one.features, draft) for one in answerable])
    right_best = np.array(
        [_right(one)[int(scores(one.features, draft).argmax())] for one in answerable]
    )
    (factor, lead_factor), offset = _logistic(best, right_best, _STRENGTHS[1])
    fitted = Calibration(
        tuple(round(float(one), 4) for one in weights), round(bias, 4),
        round(float(factor), 4), round(float(lead_factor), 4), round(offset, 4), 0.0,
    )  # fmt: skip
    return msgspec.structs.replace(fitted, threshold=choose_threshold(answerable, fitted))


def choose_threshold(asked: Sequence[Asked], calibration: Calibration) -> float:
    """Choose the confidence under which there is no answer, over answerable questions.

    Where the gold passage can be found an answer gains its F1; where it was left out a refusal
    gains 1. Of the thresholds whose mean gain is within three hundredths of the best the lowest
    is taken: on questions worded far from their article confidence is too low, not too high.
    """
    best = [best_of(one, calibration) for one in asked]
    halves = [[one for one in best if one.left_out is left_out] for left_out in (True, False)]
    gains = [
        sum(float(np.mean([one.gain(threshold) for one in half])) for half in halves if half)
        for threshold in _THRESHOLDS
    ]
    enough = max(gains) - 2 * _INDIFFERENT
    return next(
        threshold for threshold, gain in zip(_THRESHOLDS, gains, strict=True) if gain >= enough
    )


@dataclass(frozen=True, slots=True)
class Best:
    """The best answer to a question, and how good it is."""

    confidence: float
    f1: float
    exact: float
    right: float
    left_out: bool

    def gain(self, threshold: float) -> float:
        """Give what is gained by answering from a threshold on, or refusing under it."""
        if self.confidence >= threshold:
            return self.f1
        return float(self.left_out)


def best_of(asked: Asked, calibration: Calibration) -> Best:
    """Judge the best answer to a question; without any it is wrong, with no confidence."""
    if not asked.texts:
        return Best(0.0, 0.0, 0.0, 0.0, asked.left_out)
    chances = confidences(scores(asked.features, calibration), calibration)
    best = int(chances.argmax())
    gold = [answer.text for answer in asked.row.answers]
    text = asked.texts[best]
    return Best(
        float(chances[best]), f1(text, gold), float(exact_match(text, gold)),
        right_of(text, gold), asked.left_out,
    )  # fmt: skip


def _right(asked: Asked) -> NDArray[np.float64]:
    gold = [answer.text for answer in asked.row.answers]
    return np.array([right_of(text, gold) for text in asked.texts])


def _score_and_lead(features: Features, draft: Calibration) -> tuple[float, float]:
    scored = scores(features, draft)
    best = int(scored.argmax())
    return float(scored[best]), float(leads(scored)[best])


def _logistic(
    features: Features, right: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """Fit weights and an offset.

    Where all are right, or none, no feature can tell: the chance is Laplace's rule of succession.
    """
    from sklearn.linear_model import LogisticRegression

    if right.min() == right.max():
        rights = right.sum()
        return np.zeros(features.shape[1]), float(np.log((rights + 1) / (len(right) - rights + 1)))
    model = LogisticRegression(C=strength, max_iter=5000).fit(features, right)
    return model.coef_[0], float(model.intercept_[0])
