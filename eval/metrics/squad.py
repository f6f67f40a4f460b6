"""Exact match and F1 as SQuAD defines them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from eval.metrics.resampling import Floats
from eval.metrics.statistics import Flags
from qa.answering.squad_text import normalise_answer


def exact_match(answer: str, gold: Sequence[str]) -> bool:
    """Return whether an answer equals an accepted one, both normalised."""
    return any(normalise_answer(answer) == normalise_answer(accepted) for accepted in gold)


def f1(answer: str, gold: Sequence[str]) -> float:
    """Return the best word overlap with an accepted answer, in [0, 1].

    Source: `compute_f1` in SQuAD's evaluate-v2.0.py.
    """
    return max((_f1(answer, accepted) for accepted in gold), default=0.0)


def _f1(answer: str, accepted: str) -> float:
    words, gold_words = normalise_answer(answer).split(), normalise_answer(accepted).split()
    if not words or not gold_words:
        return float(words == gold_words)
    common = sum((Counter(words) & Counter(gold_words)).values())
    return 2 * common / (len(words) + len(gold_words))


def best_f1(scores: Floats, overlaps: Floats, answerable: Flags) -> tuple[float, float]:
    """Return the best mean F1 over all thresholds, and the score of that threshold.

    An answered question counts its F1, or 0 if it is unanswerable; an unanswered one counts 1 if
    it is unanswerable. Source: `find_best_thresh` in SQuAD's evaluate-v2.0.py, which may answer
    only some questions of equal score; no threshold can, so here all or none are.
    """
    order = np.argsort(-scores, kind="stable")
    gains = np.where(answerable, overlaps, -1.0)[order]
    totals = np.concatenate([[0.0], np.cumsum(gains)]) + np.sum(~answerable)
    ordered = scores[order]
    is_cut = np.concatenate([[True], ordered[1:] != ordered[:-1], [True]])
    best = int(np.where(is_cut, totals, -np.inf).argmax())
    return float(totals[best] / len(scores)), float(ordered[best - 1] if best else np.inf)
