"""Fit the confidence of answers to whether they are right."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from eval.measure.predictions import Prediction
from index.errors import BadRequest
from qa.answering.confidence import Calibration, Features, confidences, leads, scores
from qa.bot import Bot

_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
_RIGHT_IF_PLAIN = 0.75
"""Least share of right answers among those given without a doubt: three in four."""
_INDIFFERENT = 0.02
"""Mean gain that a lower threshold may cost."""
_FOR_AN_ANSWER = (2, 3, 4, 5, 6)
"""Features that can only speak for an answer: similarity, rank, agreement, shared terms."""
MISLEADING = "encyclopedia"
"""Kind whose unanswerable questions were written to mislead: no threshold is chosen for them."""
_STRENGTHS = (1.0, 100.0)
"""Inverse strength of the regularisation, of the weights and of the calibration."""


def fit(predictions: Sequence[Prediction]) -> Calibration:
    """Fit weights to all answers, then the calibration to the best answer of each question.

    Questions that were written to mislead count for the weights alone. Raises BadRequest if no
    answerable question was answered.
    """
    answered = [prediction for prediction in predictions if len(prediction.right)]
    if not any(prediction.is_answerable for prediction in answered):
        raise BadRequest("nothing to fit to: no answerable question was answered")
    features = np.concatenate([prediction.features for prediction in answered])
    right = np.concatenate([prediction.right for prediction in answered])
    weights, bias = _without_perverse(features, right)
    draft = Calibration(tuple(weights), bias, 1.0, 0.0, 0.0, 0.0, 0.0)
    natural = [one for one in answered if one.is_answerable or one.kind != MISLEADING]
    best = np.array([_score_and_lead(prediction.features, draft) for prediction in natural])
    right_best = np.array([one.right[int(scores(one.features, draft).argmax())] for one in natural])
    (factor, lead_factor), offset = _logistic(best, right_best, _STRENGTHS[1])
    fitted = Calibration(
        tuple(round(float(weight), 4) for weight in weights), round(bias, 4),
        round(float(factor), 4), round(float(lead_factor), 4), round(offset, 4), 0.0, 0.0,
    )  # fmt: skip
    threshold = choose_threshold(natural, fitted)
    plain = max(threshold, choose_plain(natural, fitted))
    return msgspec.structs.replace(fitted, threshold=threshold, plain=plain)


def choose_threshold(predictions: Sequence[Prediction], calibration: Calibration) -> float:
    """Choose the confidence below which there is no answer.

    Where the gold passage can be found a right answer gains 1, another its F1; where it was left
    out, or does not exist, a refusal gains 1. Both halves count the same. The lowest threshold
    whose mean gain is within two hundredths of the best is taken: an answer shows its doubt.
    """
    best = [best_of(prediction, calibration) for prediction in predictions]
    halves = [[one for one in best if one.left_out is left_out] for left_out in (True, False)]
    gains = [
        sum(float(np.mean([one.gain(threshold) for one in half])) for half in halves if half)
        for threshold in _THRESHOLDS
    ]
    enough = max(gains) - 2 * _INDIFFERENT
    return next(
        threshold for threshold, gain in zip(_THRESHOLDS, gains, strict=True) if gain >= enough
    )


def choose_plain(predictions: Sequence[Prediction], calibration: Calibration) -> float:
    """Choose the confidence from which an answer is given without a doubt.

    This is the lowest from which on at least three in four best answers are right, where the gold
    passage can be found and where it was left out alike; the highest of all if there is none.
    """
    best = [best_of(prediction, calibration) for prediction in predictions]
    for threshold in _THRESHOLDS:
        right = [one.right for one in best if one.confidence >= threshold]
        if right and np.mean(right) >= _RIGHT_IF_PLAIN:
            return threshold
    return _THRESHOLDS[-1]


@dataclass(frozen=True, slots=True)
class Calibrations:
    """Those of the readers that run."""

    first: Calibration
    second: Calibration | None
    """Of answers that were read again; None with one reader."""

    @classmethod
    def of_bot(cls, bot: Bot) -> "Calibrations":
        """Return those that a bot uses."""
        return cls(bot.calibration, bot.second.calibration if bot.second else None)

    def of(self, prediction: Prediction) -> Calibration:
        """Return the one of a question's answers."""
        return self.second if self.second and prediction.is_second else self.first

    def best_of(self, prediction: Prediction) -> "Best":
        """Score the best answer to a question."""
        return best_of(prediction, self.of(prediction))

    @property
    def threshold(self) -> float:
        """The minimum confidence of an answer."""
        return (self.second or self.first).threshold


@dataclass(frozen=True, slots=True)
class Best:
    """The best answer to a question, and how good it is."""

    confidence: float
    f1: float
    exact: float
    right: float
    on_line: float
    left_out: bool

    def gain(self, threshold: float) -> float:
        """Return the gain of answering at a threshold or above, and refusing below."""
        gained = max(self.f1, self.right)
        return gained if self.confidence >= threshold else float(self.left_out)


def best_of(prediction: Prediction, calibration: Calibration) -> Best:
    """Score the best answer to a question; without any it is wrong, with confidence 0."""
    if not len(prediction.right):
        return Best(0.0, 0.0, 0.0, 0.0, 0.0, prediction.left_out)
    probabilities = confidences(scores(prediction.features, calibration), calibration)
    best = int(probabilities.argmax())
    return Best(
        confidence=float(probabilities[best]),
        f1=float(prediction.f1[best]),
        exact=float(prediction.exact[best]),
        right=float(prediction.right[best]),
        on_line=float(prediction.on_line[best]),
        left_out=prediction.left_out,
    )


def _score_and_lead(features: Features, draft: Calibration) -> tuple[float, float]:
    scored = scores(features, draft)
    best = int(scored.argmax())
    return float(scored[best]), float(leads(scored)[best])


def _without_perverse(
    features: Features, right: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Fit weights; a feature that speaks for an answer and would count against it counts nothing.

    Else a question about something else would be surer for having nothing to do with the articles.
    """
    features = features.copy()
    while True:
        weights, bias = _logistic(features, right, _STRENGTHS[0])
        perverse = [number for number in _FOR_AN_ANSWER if weights[number] < 0]
        if not perverse:
            return weights, bias
        features[:, perverse] = 0.0


def _logistic(
    features: Features, right: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """Fit weights and an offset.

    If all answers are right, or none, the probability follows Laplace's rule of succession.
    """
    from sklearn.linear_model import LogisticRegression

    if right.min() == right.max():
        rights = right.sum()
        return np.zeros(features.shape[1]), float(np.log((rights + 1) / (len(right) - rights + 1)))
    model = LogisticRegression(C=strength, max_iter=5000).fit(features, right)
    return model.coef_[0], float(model.intercept_[0])
