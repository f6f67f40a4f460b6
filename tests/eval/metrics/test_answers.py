"""Figures of answers, computed by hand."""

from collections.abc import Sequence

import msgspec
import pytest

from eval.metrics.curves import reliability, risk_coverage
from eval.outcomes import Cause, Kind, Outcome, StageTimes
from eval.runs.results import results_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, judged, outcome, rankings, unanswerable

HALF = judged("in Prague", 0.6, exact=False, f1=2 / 3)
ASKED = (
    outcome("right"),
    outcome("nearly", answers=(HALF,), exact=0.0, f1=2 / 3),
    # Refused, though the second candidate was right.
    outcome(
        "refused",
        answered=False,
        answers=(judged("Kyiv", 0.2, **WRONG, is_line_right=False), judged(confidence=0.1)),
        exact=0.0,
        f1=0.0,
        cause=Cause.OUTRANKED,
        rankings=rankings(fused=3, read=3),
    ),
    unanswerable("refused rightly"),
    unanswerable(
        "answered wrongly",
        answered=True,
        answers=(judged("Kyiv", 0.7, **WRONG, is_line_right=False),),
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
        ("right", 2 / 3),
        ("answerable-exact", 1 / 3),
        ("answerable-f1", (1 + 2 / 3) / 3),
        ("best-exact", 1 / 3),
        ("best-f1", (1 + 2 / 3) / 3),
        ("top3", 1.0),
        ("line", 2 / 3),
        ("best-line", 2 / 3),
        ("top3-line", 1.0),
        # One answerable and one unanswerable question were refused.
        ("no-answer-precision", 1 / 2),
        ("no-answer-recall", 1 / 2),
        # 0.8, 0.6 and 0.2 against 0.1 and 0.7: 4 of 6 pairs.
        ("no-answer-auroc", 4 / 6),
        # Right at 0.8 and 0.6, wrong at 0.2, 0.1 and 0.7: 5 of 6 pairs.
        ("right-auroc", 5 / 6),
        ("calibration-error", (0.2 + 0.4 + 0.2 + 0.1 + 0.7) / 5),
        # Wrong of N, most confident first: 0/1, 1/2, 1/3, 2/4, 3/5.
        ("risk-area", (0 + 1 / 2 + 1 / 3 + 1 / 2 + 3 / 5) / 5),
        ("fused-mrr@10", (1 + 1 + 1 / 3) / 3),
        ("keywords-recall@50", 2 / 3),
        ("read-p50", 10.0),
        ("total-p95", 12.0),
    ],
)
def test_a_figure_matches_a_hand_computation(name: str, value: float) -> None:
    assert figures()[name] == pytest.approx(value)


def test_an_interval_contains_its_figure_and_is_reproducible() -> None:
    results = results_of(ASKED)
    assert all(one.low <= one.value <= one.high for one in results.figures)
    assert results_of(ASKED) == results


def test_causes_are_counted_most_frequent_first() -> None:
    again = outcome("also refused", cause=Cause.OUTRANKED, answered=False)
    results = results_of([*ASKED, again])
    assert [(one.cause, one.count) for one in results.causes] == [
        (Cause.OUTRANKED, 2),
        (Cause.SHOULD_HAVE_ABSTAINED, 1),
    ]


def test_a_question_with_only_a_location_counts_for_rankings_and_lines() -> None:
    place = outcome("p", kind=Kind.LOCATION, gold=(Gold("a.txt", 1, []),), exact=0.0, f1=0.0)
    values = figures([place])
    assert (values["line"], values["fused-recall@1"]) == (1, 1)
    assert not {"exact", "f1", "answered", "calibration-error"} & set(values)


def test_a_rejected_answer_counts_only_for_not_being_repeated() -> None:
    marks = [
        outcome("a", kind=Kind.REJECTED, gold=()),
        outcome("b", kind=Kind.REJECTED, gold=(), cause=Cause.REPEATED),
    ]
    values = figures([*ASKED, *marks])
    assert values["marks-heeded"] == 0.5
    assert {
        name: value for name, value in values.items() if name != "marks-heeded"
    } == pytest.approx(figures())


def test_replies_are_counted_by_state() -> None:
    perhaps = judged(confidence=0.4, doubtful=True)
    asked = [
        outcome("a"),
        outcome("b", answers=(judged("Kyiv", **WRONG),)),
        outcome("c", answers=(perhaps,)),
        unanswerable("d"),
        unanswerable("e"),
        outcome("f", answered=False, answers=(perhaps,)),
    ]
    counts = [(one.state.value, one.count, one.right) for one in results_of(asked).states]
    assert counts == [
        ("answer", 2, 0.5),
        ("perhaps", 1, 1.0),
        ("no_answer", 3, pytest.approx(2 / 3)),
    ]


def test_each_tag_has_the_figures_of_its_questions() -> None:
    right, nearly, refused, abstained, wrong = ASKED
    tagged = [
        msgspec.structs.replace(one, tags=tags)
        for one, tags in (
            (right, ("who",)),
            (nearly, ("who", "open", "open")),
            (refused, ("who",)),
            (abstained, ("none",)),
            (wrong, ("who",)),
        )
    ]
    none, opened, who = results_of(tagged).tags
    assert [one.tag for one in (none, opened, who)] == ["none", "open", "who"]
    assert [(one.questions, one.unanswerable) for one in (none, opened, who)] == [
        (1, 1), (1, 0), (4, 1),
    ]  # fmt: skip
    values = {name: figure.value for name, figure in who.by_name.items()}
    assert values == pytest.approx(
        {"right": 2 / 3, "top3": 1, "line": 2 / 3, "top3-line": 1, "no-answer-recall": 0}
    )
    assert {name: figure.value for name, figure in none.by_name.items()} == {"no-answer-recall": 1}
    assert set(opened.by_name) == {"right", "top3", "line", "top3-line"}


def test_without_unanswerable_questions_there_are_no_refusal_figures() -> None:
    assert not [name for name in figures(ASKED[:3]) if name.startswith("no-answer")]


def test_a_cold_start_is_a_separate_figure() -> None:
    (figure,) = [one for one in results_of(ASKED, 812.5).figures if one.name == "cold-start"]
    assert (figure.value, figure.count) == (812.5, 1)


def test_the_reliability_diagram_leaves_out_empty_bins() -> None:
    values = [(one.low, one.count, one.confidence, one.right) for one in reliability(ASKED)]
    assert values == [
        (0.1, 1, 0.1, 0),
        (0.2, 1, 0.2, 0),
        (0.6, 1, 0.6, 1),
        (0.7, 1, 0.7, 0),
        (0.8, 1, 0.8, 1),
    ]


def test_the_risk_coverage_curve_starts_with_the_most_confident() -> None:
    curve = risk_coverage(ASKED)
    assert [one.coverage for one in curve] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert [one.risk for one in curve] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2, 3 / 5])
    assert [one.confidence for one in curve] == [0.8, 0.7, 0.6, 0.2, 0.1]


def test_answers_of_equal_confidence_are_one_point_of_the_curve() -> None:
    (point,) = risk_coverage([outcome("a"), outcome("b", answers=(judged(**WRONG),))])
    assert (point.coverage, point.risk) == (1, 0.5)


def test_a_long_curve_is_thinned_out_but_reaches_the_end() -> None:
    curve = risk_coverage(
        [outcome(str(i), answers=(judged(confidence=i / 999),)) for i in range(999)]
    )
    assert len(curve) == 100
    assert curve[-1].coverage == 1


def test_a_run_without_questions_has_no_figures() -> None:
    results = results_of([])
    assert (results.figures, results.causes, results.reliability, results.risk_coverage) == (
        (), (), (), (),
    )  # fmt: skip


def test_time_quantiles_use_the_nearest_rank() -> None:
    outcomes = [outcome(str(i), milliseconds=StageTimes(total=float(i))) for i in range(1, 21)]
    values = figures(outcomes)
    assert (values["total-p50"], values["total-p95"]) == (10, 19)
