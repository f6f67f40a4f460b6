"""Comparisons of two runs match hand computations."""

import msgspec
import numpy as np
import pytest

from eval.outcomes import Cause, Kind, Outcome
from eval.runs.compare import (
    Comparison,
    SettingChange,
    changed_settings,
    compare,
    mcnemar_p,
    permutation_p,
)
from eval.runs.results import results_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, judged, outcome, unanswerable
from tests.eval.runs.test_run_store import SETTINGS

MISSED = {"answered": False, "exact": 0.0, "f1": 0.0, "cause": Cause.SHOULD_HAVE_ANSWERED}


def compared(before: list[Outcome], after: list[Outcome]) -> Comparison:
    return compare("old", (before, results_of(before)), (after, results_of(after)))


def test_changed_questions_are_listed_worst_first() -> None:
    before = [outcome("a"), outcome("b", **MISSED), outcome("c")]
    half = (judged("in Prague", exact=False, f1=0.5),)
    after = [outcome("a", **MISSED), outcome("b"), outcome("c", exact=0.0, f1=0.5, answers=half)]
    comparison = compared(before, after)
    assert [(one.id, one.gain) for one in comparison.changes] == [("a", -1), ("c", -0.5), ("b", 1)]
    worst = comparison.changes[0]
    assert (worst.before, worst.after) == ("Prague", "")
    assert (worst.cause_before, worst.cause_after) == (Cause.NONE, Cause.SHOULD_HAVE_ANSWERED)
    assert (comparison.before, comparison.paired) == ("old", 3)


def test_the_tests_count_changes_in_both_directions() -> None:
    before = [*(outcome(f"a{i}", **MISSED) for i in range(6)), outcome("b")]
    after = [*(outcome(f"a{i}") for i in range(6)), outcome("b", **MISSED)]
    tests = {one.name: one for one in compared(before, after).tests}
    assert set(tests) == {"exact", "f1", "line"}
    for one in tests.values():
        assert (one.better, one.worse) == (6, 1)
        assert [one.before, one.after] == pytest.approx([1 / 7, 6 / 7])
        # 1 + 7 of 128 outcomes are as lopsided in one direction, as many in the other.
        assert one.p == pytest.approx(16 / 128)


def test_equal_runs_have_a_p_value_of_one() -> None:
    comparison = compared([outcome("a"), unanswerable("b")], [outcome("a"), unanswerable("b")])
    assert comparison.changes == ()
    assert {one.p for one in comparison.tests} == {1.0}


def test_only_questions_that_both_asked_with_the_same_gold_and_articles_are_paired() -> None:
    other_gold = outcome("b", gold=(Gold("radar.txt", 4, ["Brno"]),))
    limited = outcome("d", within=("radar.txt",))
    comparison = compared(
        [outcome("a"), outcome("b"), outcome("c"), outcome("d")],
        [outcome("a", **MISSED), other_gold, limited],
    )
    assert comparison.paired == 1
    assert [one.id for one in comparison.changes] == ["a"]


def test_figures_are_compared_over_the_questions_that_both_asked() -> None:
    comparison = compared(
        [outcome("a"), outcome("c", **MISSED)], [outcome("a", **MISSED), outcome("b")]
    )
    by_name = {one.name: (one.before, one.after) for one in comparison.differences}
    assert by_name["f1"] == (1, 0)
    assert by_name["answered"] == (1, 0)


def test_figures_of_the_same_questions_are_those_of_the_runs() -> None:
    outcomes = [outcome("a"), outcome("b")]
    results = results_of(outcomes, 812.0)
    comparison = compare("old", (outcomes, results), (outcomes, results_of(outcomes, 700.0)))
    assert {one.name: (one.before, one.after) for one in comparison.differences}["cold-start"] == (
        812, 700,
    )  # fmt: skip


def test_changed_settings_are_listed() -> None:
    before = msgspec.structs.replace(SETTINGS, versions=("byline 1", "numpy 2"))
    after = msgspec.structs.replace(
        before, threshold=0.5, without=("keywords",), versions=("byline 2", "numpy 2")
    )
    assert changed_settings(before, after) == (
        SettingChange("threshold", "0.3", "0.5"),
        SettingChange("without", "", "keywords"),
        SettingChange("versions", "byline 1", "byline 2"),
    )
    assert changed_settings(before, before) == ()
    assert compared([outcome("a")], [outcome("a")]).settings == ()


def test_repeating_a_rejected_answer_is_a_loss() -> None:
    marked = outcome("m", kind=Kind.REJECTED, gold=())
    again = outcome("m", kind=Kind.REJECTED, gold=(), cause=Cause.REPEATED)
    comparison = compared([marked], [again])
    assert [(one.id, one.gain) for one in comparison.changes] == [("m", -1)]
    assert comparison.tests == ()


def test_mcnemar_is_exact() -> None:
    assert mcnemar_p(np.array([1.0] * 5 + [0.0] * 90)) == pytest.approx(2 / 2**5)
    assert mcnemar_p(np.array([1.0, -1.0])) == 1
    assert mcnemar_p(np.zeros(4)) == 1


def test_the_permutation_test_of_few_gains_tries_all_signs() -> None:
    # 2 of the 8 sums are as far from 0 as 6: 6 and -6.
    assert permutation_p(np.array([1.0, 2.0, 3.0, 0.0])) == pytest.approx(2 / 8)
    # 1 - 2: sums are -3, -1, 1, 3, all as far as 1.
    assert permutation_p(np.array([1.0, -2.0])) == 1
    assert permutation_p(np.array([0.5])) == 1
    assert permutation_p(np.zeros(3)) == 1


def test_the_permutation_test_of_many_gains_is_close_to_the_exact_one() -> None:
    gains = np.array([0.5] * 60 + [-0.5] * 40)
    # 60 of 100 heads: two-sided 0.0569 exactly.
    assert permutation_p(gains) == pytest.approx(0.0569, abs=0.01)
    assert permutation_p(gains) == permutation_p(gains)


def test_a_right_answer_on_a_wrong_line_lowers_the_line_figure(  # the text is right all the same
) -> None:
    after = [outcome("a", answers=(judged(is_line_right=False),), cause=Cause.WRONG_LINE)]
    (line,) = [one for one in compared([outcome("a")], after).tests if one.name == "line"]
    assert (line.before, line.after, line.worse) == (1, 0, 1)


def test_a_wrong_answer_is_no_better_than_a_refusal() -> None:
    wrong = outcome("a", answers=(judged("Kyiv", **WRONG),), exact=0.0, f1=0.0)
    assert compared([outcome("a", **MISSED)], [wrong]).changes == ()
