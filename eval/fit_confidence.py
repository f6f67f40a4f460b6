"""Fit the confidence of answers to what was right of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.dev_pipeline import Asked
from eval.squad import f1
from qa.confidence import Calibration, Features, leads, scores

_RIGHT = 0.5
"""F1 from which on an answer counts as right: it holds the gold one with little else, or most."""
_STRENGTHS = (1.0, 100.0)
"""Inverse strength of the regularisation, of the weights and of the calibration."""


def right_of(text: str, gold: Sequence[str]) -> float:
    """Tell whether an answer is right: 1 or 0."""
    return float(f1(text, gold) >= _RIGHT)


def fit(asked: Sequence[Asked], threshold: float = 0.3) -> Calibration:
    """Fit weights to all answers, then the calibration to the best one of each question.

    Unanswerable questions take part in the weights alone: whether people ask them as often as
    those who wrote them to mislead is not known.
    """
    some = [one for one in asked if one.texts]
    features = np.concatenate([one.features for one in some])
    right = np.concatenate([_right(one) for one in some])
    weights, bias = _logistic(features, right, _STRENGTHS[0])
    draft = Calibration(tuple(weights), bias, 1.0, 0.0, 0.0, threshold)
    answerable = [one for one in some if one.row.answers]
    best = np.array([_score_and_lead(one.features, draft) for one in answerable])
    right_best = np.array(
        [_right(one)[int(scores(one.features, draft).argmax())] for one in answerable]
    )
    (factor, lead_factor), offset = _logistic(best, right_best, _STRENGTHS[1])
    return Calibration(
        tuple(round(float(one), 4) for one in weights), round(bias, 4),
        round(float(factor), 4), round(float(lead_factor), 4), round(offset, 4), threshold,
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
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=5000).fit(features, right)
    return model.coef_[0], float(model.intercept_[0])
