"""Thresholds with a promise: hand-worked ones, and the promise itself on simulated sets."""

import numpy as np
import pytest

from eval.metrics.risk_control import Proposal, describe, lowest_threshold, propose
from tests.eval.outcomes import WRONG, judged, outcome, unanswerable


def proposed(*groups: tuple[int, float, bool], risk: float = 0.2) -> Proposal:
    """Propose from groups of questions: how many, their confidence, and whether they are right."""
    confidences = np.array([sure for count, sure, _ in groups for _ in range(count)])
    right = np.array([float(found) for count, _, found in groups for _ in range(count)])
    return lowest_threshold(confidences, right, risk)


def test_sixteen_right_answers_are_the_fewest_that_prove_a_threshold() -> None:
    # A third of 0.1 for each start: 0.8 ** 16 = 0.028 is below 0.033, 0.8 ** 15 = 0.035 is not.
    assert proposed((16, 0.9, True)) == Proposal(0.2, 0.1, 16, 0.05, 16, 0, 16)
    assert proposed((15, 0.9, True)) == Proposal(0.2, 0.1, 15, None, 15, 0, 16)
    # Half of the questions are answered that surely: twice as many are needed.
    assert proposed((8, 0.9, True), (8, 0.0, False)).needed == 32
    # 0.9 ** 33 = 0.031.
    assert proposed((10, 0.9, True), risk=0.1).needed == 33


def test_wrong_answers_below_a_threshold_do_not_count_against_it() -> None:
    some = proposed((30, 0.9, True), (30, 0.52, False))
    assert (some.threshold, some.given, some.wrong) == (0.55, 30, 0)


def test_a_lower_start_may_prove_what_a_higher_one_has_too_few_answers_for() -> None:
    some = proposed((5, 0.9, True), (40, 0.7, True), (40, 0.3, False))
    assert (some.threshold, some.given) == (0.35, 45)


def test_an_untested_threshold_between_is_not_skipped() -> None:
    # At 0.5 two in five are wrong, at 0.05 one in 20 again: the lower one is not reached.
    some = proposed((20, 0.9, True), (14, 0.5, False), (300, 0.05, True))
    assert some.threshold == 0.55


@pytest.mark.parametrize("groups", [((10, 0.9, True), (5, 0.9, False)), ((30, 0.3, True),), ()])
def test_where_more_questions_would_not_help_none_are_asked_for(
    groups: tuple[tuple[int, float, bool], ...],
) -> None:
    some = proposed(*groups)
    assert (some.threshold, some.needed) == (None, None)
    assert describe(some).startswith("No threshold")
    # Without a confident answer there are none to count.
    assert ("confident enough" in describe(some)) == (some.given == 0)


def test_outcomes_count_by_their_best_answer_whatever_the_threshold_was() -> None:
    right = [outcome(str(number)) for number in range(20)]
    refused = [outcome(str(number), answered=False) for number in range(20, 30)]
    wrong = [unanswerable("x", answered=True, answers=(judged("Kyiv", 0.4, **WRONG),))]
    some = propose([*right, *refused, *wrong], 0.2)
    assert (some.questions, some.threshold, some.given, some.wrong) == (31, 0.05, 31, 1)


def test_a_proposal_says_its_promise_and_a_refusal_how_many_are_needed() -> None:
    assert describe(proposed((30, 0.9, True), (30, 0.52, False))) == (
        "Proposed threshold: 0.55, for at most 20% wrong answers. Certain to 90% for questions "
        "like these 60; here 0 of 30 are wrong."
    )
    assert "about 16 like them" in describe(proposed((15, 0.9, True)))


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_the_promise_is_broken_for_at_most_one_set_in_ten(power: float) -> None:
    # Right with a chance of confidence ** power. Share of wrong answers above a threshold t:
    # 1 - (1 - t ** (power + 1)) / ((power + 1) * (1 - t)).
    chance = np.random.default_rng(7)
    thresholds = []
    for _ in range(200):
        confidences = chance.random(600)
        right = (chance.random(600) < confidences**power).astype(float)
        thresholds.append(lowest_threshold(confidences, right, 0.2).threshold)
    found = np.array([one for one in thresholds if one is not None])
    wrong = 1 - (1 - found ** (power + 1)) / ((power + 1) * (1 - found))
    assert (wrong > 0.2).sum() <= 20
    # It is not kept by proposing nothing.
    assert len(found) > 100
