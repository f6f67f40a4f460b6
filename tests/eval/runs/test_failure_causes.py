"""The cause of each kind of failure."""

from typing import Any

import pytest

from eval.outcomes import Cause, Kind, Rankings
from eval.runs.failure_causes import cause_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, judged, outcome, rankings, unanswerable

ELSEWHERE = (judged("Kyiv", **WRONG, is_line_right=False),)
BAD_SPAN = (judged("Tuesday", **WRONG),)
REJECTED = (Gold("radar.txt", 3, ["Prague"]),)


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, Cause.NONE),
        ({"is_indexed": False, "rankings": Rankings(), "answers": ELSEWHERE}, Cause.NOT_INDEXED),
        ({"rankings": Rankings(), "answers": ELSEWHERE}, Cause.NOT_RETRIEVED),
        # Found by one ranking, but lost in fusion.
        ({"rankings": rankings(keywords=40), "answers": ELSEWHERE}, Cause.NOT_RETRIEVED),
        ({"rankings": rankings(fused=12), "answers": ELSEWHERE}, Cause.NOT_READ),
        ({"rankings": rankings(fused=3, read=3), "answers": ELSEWHERE}, Cause.OUTRANKED),
        ({"answers": BAD_SPAN}, Cause.WRONG_SPAN),
        ({"answers": (), "answered": False, "reason": "no-span"}, Cause.WRONG_SPAN),
        ({"answers": (judged(is_line_right=False),)}, Cause.WRONG_LINE),
        ({"answered": False, "reason": "unsure"}, Cause.SHOULD_HAVE_ANSWERED),
        ({"answered": False, "reason": "index-stale"}, Cause.STALE),
        # Refusing a wrong answer: the cause is where the right answer was lost.
        ({"answered": False, "answers": ELSEWHERE, "rankings": rankings(fused=12)}, Cause.NOT_READ),
        # Only the first answer counts.
        ({"answers": (*ELSEWHERE, judged())}, Cause.OUTRANKED),
    ],
)
def test_the_cause_is_the_stage_that_lost_the_answer(changes: dict[str, Any], cause: Cause) -> None:
    assert cause_of(outcome(**changes)) is cause


def test_an_unanswerable_question_should_be_refused() -> None:
    assert cause_of(unanswerable()) is Cause.NONE
    assert cause_of(unanswerable(answered=True)) is Cause.SHOULD_HAVE_ABSTAINED


def test_a_rejected_answer_should_not_be_repeated() -> None:
    marked: dict[str, Any] = {"kind": Kind.REJECTED, "gold": (), "rejected": REJECTED}
    again = (judged("The Prague.", **WRONG),)
    assert cause_of(outcome(**marked, answers=again)) is Cause.REPEATED
    assert cause_of(outcome(**marked, answers=again, answered=False)) is Cause.NONE
    assert cause_of(outcome(**marked, answers=ELSEWHERE)) is Cause.NONE


def test_a_rejected_refusal_should_not_be_repeated() -> None:
    marked: dict[str, Any] = {"kind": Kind.REJECTED, "gold": ()}
    assert cause_of(outcome(**marked, answered=False)) is Cause.SHOULD_HAVE_ANSWERED
    assert cause_of(outcome(**marked, answers=ELSEWHERE)) is Cause.NONE
