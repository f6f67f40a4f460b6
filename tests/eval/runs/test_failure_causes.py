"""Each cause, of outcomes made by hand."""

from typing import Any

import pytest

from eval.outcomes import Cause, Kind, Rankings
from eval.runs.failure_causes import cause_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, given, outcome, rankings, unanswerable

ELSEWHERE = (given("Kyiv", **WRONG, is_line_right=False),)
BAD_SPAN = (given("Tuesday", **WRONG),)
REJECTED = (Gold("radar.txt", 3, ["Prague"]),)


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        ({}, Cause.NONE),
        ({"is_indexed": False, "rankings": Rankings(), "given": ELSEWHERE}, Cause.NOT_INDEXED),
        ({"rankings": Rankings(), "given": ELSEWHERE}, Cause.NOT_RETRIEVED),
        # What one ranking alone finds was still lost when they were fused.
        ({"rankings": rankings(keywords=40), "given": ELSEWHERE}, Cause.NOT_RETRIEVED),
        ({"rankings": rankings(fused=12), "given": ELSEWHERE}, Cause.NOT_READ),
        ({"rankings": rankings(fused=3, read=3), "given": ELSEWHERE}, Cause.OUTRANKED),
        ({"given": BAD_SPAN}, Cause.WRONG_SPAN),
        ({"given": (), "answered": False, "reason": "no-span"}, Cause.WRONG_SPAN),
        ({"given": (given(is_line_right=False),)}, Cause.WRONG_LINE),
        ({"answered": False, "reason": "unsure"}, Cause.SHOULD_HAVE_ANSWERED),
        ({"answered": False, "reason": "index-stale"}, Cause.STALE),
        # A refusal of what was wrong anyway is sorted by where the right answer was lost.
        ({"answered": False, "given": ELSEWHERE, "rankings": rankings(fused=12)}, Cause.NOT_READ),
        # The second answer is no help: the first one is what a person reads.
        ({"given": (*ELSEWHERE, given())}, Cause.OUTRANKED),
    ],
)
def test_an_answerable_question_is_sorted_to_where_its_answer_was_lost(
    told: dict[str, Any], cause: Cause
) -> None:
    assert cause_of(outcome(**told)) is cause


def test_a_question_without_an_answer_should_be_refused() -> None:
    assert cause_of(unanswerable()) is Cause.NONE
    assert cause_of(unanswerable(answered=True)) is Cause.SHOULD_HAVE_ABSTAINED


def test_a_rejected_answer_should_not_be_given_again() -> None:
    marked: dict[str, Any] = {"kind": Kind.MARKED, "gold": (), "rejected": REJECTED}
    again = (given("The Prague.", **WRONG),)
    assert cause_of(outcome(**marked, given=again)) is Cause.MARKED_WRONG
    assert cause_of(outcome(**marked, given=again, answered=False)) is Cause.NONE
    assert cause_of(outcome(**marked, given=ELSEWHERE)) is Cause.NONE


def test_a_refusal_marked_wrong_should_not_come_again() -> None:
    marked: dict[str, Any] = {"kind": Kind.MARKED, "gold": ()}
    assert cause_of(outcome(**marked, answered=False)) is Cause.SHOULD_HAVE_ANSWERED
    assert cause_of(outcome(**marked, given=ELSEWHERE)) is Cause.NONE
