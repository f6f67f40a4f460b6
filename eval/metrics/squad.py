"""Exact match and F1 as SQuAD defines them, and what follows from scores and confidences."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.answering.squad_text import normalise_answer

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def exact_match(given: str, gold: Sequence[str]) -> bool:
    """Tell whether an answer is one of the accepted ones, normalised."""
    return any(normalise_answer(given) == normalise_answer(one) for one in gold)


def f1(given: str, gold: Sequence[str]) -> float:
    """Give the best overlap of words with an accepted answer, in [0, 1].

    Source: `compute_f1` of SQuAD's evaluate-v2.0.py.
    """
    return max((_f1(given, one) for one in gold), default=0.0)


def _f1(given: str, gold: str) -> float:
    mine, theirs = normalise_answer(given).split(), normalise_answer(gold).split()
    if not mine or not theirs:
        return float(mine == theirs)
    common = sum((Counter(mine) & Counter(theirs)).values())
    return 2 * common / (len(mine) + len(theirs))


def best_f1(scores: Floats, overlaps: Floats, answerable: Flags) -> tuple[float, float]:
    """Give the best mean F1 over all questions, and the score from which on it answers.

    A question that is answered counts its F1, 0 if it is unanswerable; one that is not answered
    counts 1 if it is unanswerable. Source: `find_best_thresh` of SQuAD's evaluate-v2.0.py, which
    may answer some of the questions of one score alone; no threshold can, so here all or none are.
    """
    order = np.argsort(-scores, kind="stable")
    gains = np.where(answerable, overlaps, -1.0)[order]
    totals = np.concatenate([[0.0], np.cumsum(gains)]) + np.sum(~answerable)
    ordered = scores[order]
    apart = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    best = int(np.where(apart, totals, -np.inf).argmax())
    return float(totals[best] / len(scores)), float(ordered[best - 1] if best else np.inf)


def auroc(scores: Floats, positive: Flags) -> float:
    """Give the chance that a positive one has a higher score than a negative one."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, scores))


def calibration_error(confidences: Floats, right: Floats, bins: int = 10) -> float:
    """Give the expected calibration error over bins of equal width, in [0, 1].

    Source: Naeini, Cooper, Hauskrecht 2015.
    """
    bin_of = np.minimum((confidences * bins).astype(int), bins - 1)
    return sum(
        float(abs(confidences[members].mean() - right[members].mean()) * members.mean())
        for members in (bin_of == index for index in range(bins))
        if members.any()
    )


def risk_at(confidences: Floats, right: Floats, coverage: float) -> float:
    """Give the share of wrong answers among the surest ones, that share of all questions."""
    taken = max(1, round(coverage * len(confidences)))
    return float(1.0 - right[np.argsort(-confidences, kind="stable")[:taken]].mean())
