"""Figures of answers by hand."""

from collections.abc import Sequence

import pytest

from eval.metrics.curves import reliability, risk_coverage
from eval.outcomes import Cause, Kind, Outcome, Spent
from eval.runs.results import results_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, given, outcome, rankings, unanswerable

HALF = given("in Prague", 0.6, exact=False, f1=2 / 3)
ASKED = (
    outcome("right"),
    outcome("nearly", given=(HALF,), exact=0.0, f1=2 / 3),
    # Refused, though the second span that came near was right.
    outcome(
        "refused",
        answered=False,
        given=(given("Kyiv", 0.2, **WRONG, is_line_right=False), given(confidence=0.1)),
        exact=0.0,
        f1=0.0,
        cause=Cause.OUTRANKED,
        rankings=rankings(fused=3, read=3),
    ),
    unanswerable("kept quiet"),
    unanswerable(
        "spoke up",
        answered=True,
        given=(given("Kyiv", 0.7, **WRONG, is_line_right=False),),
        exact=0.0,
        f1=0.0,
        cause=Cause.SHOULD_HAVE_ABSTAINED,
    ),
)


def figures(outcomes: Sequence[Outcome] = ASKED) -> dict[str, float]:
    return {one.name: one.value for one in results_of(outcomes).figures}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exact", 2 / 5),
        ("f1", (1 + 2 / 3 + 0 + 1 + 0) / 5),
        ("answered", 2 / 3),
        ("answerable-exact", 1 / 3),
        ("answerable-f1", (1 + 2 / 3) / 3),
        ("best-exact", 1 / 3),
        ("best-f1", (1 + 2 / 3) / 3),
        ("top3", 1.0),
        ("line", 2 / 3),
        ("best-line", 2 / 3),
        ("top3-line", 1.0),
        # Refused were one that has an answer, and one that has none.
        ("no-answer-precision", 1 / 2),
        ("no-answer-recall", 1 / 2),
        # 0.8, 0.6 and 0.2 against 0.1 and 0.7: 4 of 6 pairs.
        ("no-answer-auroc", 4 / 6),
        # Right at 0.8 and 0.6, wrong at 0.2, 0.1 and 0.7: 5 of 6 pairs.
        ("right-auroc", 5 / 6),
        ("calibration-error", (0.2 + 0.4 + 0.2 + 0.1 + 0.7) / 5),
        # Surest first, wrong of so many: 0/1, 1/2, 1/3, 2/4, 3/5.
        ("risk-area", (0 + 1 / 2 + 1 / 3 + 1 / 2 + 3 / 5) / 5),
        ("fused-mrr@10", (1 + 1 + 1 / 3) / 3),
        ("keywords-recall@50", 2 / 3),
        ("read-p50", 10.0),
        ("total-p95", 12.0),
    ],
)
def test_a_figure_is_what_it_is_by_hand(name: str, value: float) -> None:
    assert figures()[name] == pytest.approx(value)


def test_an_interval_holds_its_figure_and_is_the_same_again() -> None:
    results = results_of(ASKED)
    assert all(one.low <= one.value <= one.high for one in results.figures)
    assert results_of(ASKED) == results


def test_causes_are_counted_the_most_frequent_first() -> None:
    again = outcome("also refused", cause=Cause.OUTRANKED, answered=False)
    results = results_of([*ASKED, again])
    assert [(one.cause, one.count) for one in results.causes] == [
        (Cause.OUTRANKED, 2),
        (Cause.SHOULD_HAVE_ABSTAINED, 1),
    ]


def test_what_only_has_a_place_counts_for_rankings_and_lines_alone() -> None:
    place = outcome("p", kind=Kind.PLACE, gold=(Gold("a.txt", 1, []),), exact=0.0, f1=0.0)
    told = figures([place])
    assert (told["line"], told["fused-recall@1"]) == (1, 1)
    assert not {"exact", "f1", "answered", "calibration-error"} & set(told)


def test_a_mark_counts_as_heeded_or_not_and_for_nothing_else() -> None:
    marks = [
        outcome("a", kind=Kind.MARKED, gold=()),
        outcome("b", kind=Kind.MARKED, gold=(), cause=Cause.MARKED_WRONG),
    ]
    told = figures([*ASKED, *marks])
    assert told["marks-heeded"] == 0.5
    assert {name: value for name, value in told.items() if name != "marks-heeded"} == pytest.approx(
        figures()
    )


def test_where_every_question_has_an_answer_nothing_is_said_of_refusals() -> None:
    assert not [name for name in figures(ASKED[:3]) if name.startswith("no-answer")]


def test_a_cold_start_is_a_figure_of_its_own() -> None:
    (figure,) = [one for one in results_of(ASKED, (812.5,)).figures if one.name == "cold-start"]
    assert (figure.value, figure.count) == (812.5, 1)


def test_the_reliability_diagram_has_the_bins_that_hold_something() -> None:
    told = [(one.low, one.count, one.confidence, one.right) for one in reliability(ASKED)]
    assert told == [
        (0.1, 1, 0.1, 0),
        (0.2, 1, 0.2, 0),
        (0.6, 1, 0.6, 1),
        (0.7, 1, 0.7, 0),
        (0.8, 1, 0.8, 1),
    ]


def test_the_risk_coverage_curve_answers_the_surest_first() -> None:
    curve = risk_coverage(ASKED)
    assert [one.coverage for one in curve] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [one.risk for one in curve] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2, 3 / 5])
    assert [one.confidence for one in curve] == [0.8, 0.7, 0.6, 0.2, 0.1]


def test_answers_of_one_confidence_are_one_point_of_the_curve() -> None:
    (point,) = risk_coverage([outcome("a"), outcome("b", given=(given(**WRONG),))])
    assert (point.coverage, point.risk) == (1, 0.5)


def test_a_long_curve_is_thinned_out_but_reaches_the_end() -> None:
    curve = risk_coverage([outcome(str(i), given=(given(confidence=i / 999),)) for i in range(999)])
    assert len(curve) == 100
    assert curve[-1].coverage == 1


def test_a_run_without_questions_has_no_figures() -> None:
    results = results_of([])
    assert (results.figures, results.causes, results.reliability, results.risk_coverage) == (
        (), (), (), (),
    )  # fmt: skip


def test_times_are_by_nearest_rank() -> None:
    asked = [outcome(str(i), milliseconds=Spent(total=float(i))) for i in range(1, 21)]
    told = figures(asked)
    assert (told["total-p50"], told["total-p95"]) == (10, 19)
