"""Propose a threshold that keeps a promise about wrong answers, from the questions of a run.

This is Learn then Test (Angelopoulos, Bates, Candès, Jordan, Lei 2021) with exact binomial tails:
from each of a few fixed thresholds downwards, the claim that more answers are wrong than allowed is
tested until a test fails. The tests of each start share the allowed error equally.
"""

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from eval.metrics.answers import confidences_of, rights_of
from eval.metrics.resampling import Floats
from eval.outcomes import Kind, Outcome

RISK = 0.2
"""Share of the given answers that may be wrong, unless another is chosen."""
ERROR = 0.1
"""Chance, over sets of questions, that a proposed threshold breaks its promise."""
_GRID = tuple(round(0.05 * step, 2) for step in range(18, 0, -1))
"""Thresholds that may be proposed: 0.9, 0.85, … 0.05. They must not depend on the questions."""
_STARTS = (0.9, 0.7, 0.5)
_MOST_ANSWERS = 2_000
"""Answers up to which it is computed how many would be enough."""


class Proposal(msgspec.Struct, frozen=True):
    """A threshold with a promise, or how far the questions are from proving one."""

    risk: float
    """Share of the given answers that may be wrong."""
    error: float
    """Chance that the promise is broken."""
    questions: int
    threshold: float | None
    """None if no threshold is proved to keep the promise."""
    given: int
    """Answers at or above the threshold; without one, at or above the most promising start."""
    wrong: int
    """Wrong ones among them."""
    needed: int | None
    """Questions like these that would be enough for a threshold, estimated; None if more of them
    would not help."""


def propose(outcomes: Sequence[Outcome], risk: float = RISK) -> Proposal:
    """Propose the lowest threshold that is proved, from questions whose gold is known."""
    known = [outcome for outcome in outcomes if outcome.kind is not Kind.REJECTED]
    return lowest_threshold(confidences_of(known), rights_of(known), risk)


def lowest_threshold(
    confidences: Floats, right: Floats, risk: float, error: float = ERROR
) -> Proposal:
    """Propose a threshold from the best answer's confidence, and whether it is right.

    Both have shape (questions,). `risk` and `error` are in (0, 1).
    """
    from scipy.special import bdtr

    above = confidences[None, :] >= np.array(_GRID)[:, None]
    given = above.sum(axis=1)
    wrong = (above & (right == 0)[None, :]).sum(axis=1)
    is_proved = bdtr(wrong, given, risk) <= error / len(_STARTS)
    starts = [_GRID.index(start) for start in _STARTS]
    ends = [_last_in_a_row(is_proved, start) for start in starts]
    proved = max((end for end in ends if end is not None), default=None)
    if proved is not None:
        best, needed = proved, float(len(confidences))
    else:
        # The start that needs the fewest questions, of several the one with the most answers.
        needed, _, best = min(
            (_enough(given[at], wrong[at], risk, error, len(confidences)), -given[at], at)
            for at in starts
        )
    return Proposal(
        risk=risk,
        error=error,
        questions=len(confidences),
        threshold=None if proved is None else _GRID[proved],
        given=int(given[best]),
        wrong=int(wrong[best]),
        needed=None if math.isinf(needed) else int(needed),
    )


def _last_in_a_row(is_proved: Sequence[bool], start: int) -> int | None:
    """Return the last of the thresholds from `start` on before the first that is not proved."""
    last = None
    for at in range(start, len(is_proved)):
        if not is_proved[at]:
            break
        last = at
    return last


def _enough(given: int, wrong: int, risk: float, error: float, questions: int) -> float:
    """Return how many questions with this share of wrong answers prove a threshold.

    Infinite if no number does, or if none of them was answered.
    """
    from scipy.special import bdtr

    if not given or wrong / given >= risk:
        return math.inf
    answers = np.arange(1, _MOST_ANSWERS + 1)
    expected = np.ceil(answers * (wrong / given)).astype(np.int64)
    enough = np.flatnonzero(bdtr(expected, answers, risk) <= error / len(_STARTS))
    return math.ceil(answers[enough[0]] * questions / given) if len(enough) else math.inf


def describe(proposal: Proposal) -> str:
    """Return a proposal in words, with its promise; or why there is none."""
    promise = f"at most {proposal.risk:.0%} wrong answers"
    counts = f"{proposal.wrong:,} of {proposal.given:,}"
    if proposal.threshold is not None:
        return (
            f"Proposed threshold: {proposal.threshold:g}, for {promise}. Certain to "
            f"{1 - proposal.error:.0%} for questions like these {proposal.questions:,}; "
            f"here {counts} are wrong."
        )
    if not proposal.given:
        return f"No threshold for {promise} proposed: none of the answers is confident enough."
    if proposal.needed is None:
        return (
            f"No threshold for {promise} proposed: even of the surest answers here, {counts} are "
            "wrong."
        )
    return (
        f"No threshold for {promise} proposed: {proposal.questions:,} questions are too few, "
        f"about {proposal.needed:,} like them are needed."
    )
