"""Two runs compared, by hand."""

import msgspec
import numpy as np
import pytest

from eval.outcomes import Cause, Kind, Outcome
from eval.runs.compare import (
    Comparison,
    SettingChange,
    changed_settings,
    compare,
    mcnemar,
    permuted,
)
from eval.runs.results import results_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, given, outcome, unanswerable
from tests.eval.runs.test_run_store import SETTINGS

MISSED = {"answered": False, "exact": 0.0, "f1": 0.0, "cause": Cause.SHOULD_HAVE_ANSWERED}


def compared(before: list[Outcome], after: list[Outcome]) -> Comparison:
    return compare("old", (before, results_of(before)), (after, results_of(after)))


def test_each_question_that_changed_is_told_the_worst_first() -> None:
    before = [outcome("a"), outcome("b", **MISSED), outcome("c")]
    half = (given("in Prague", exact=False, f1=0.5),)
    after = [outcome("a", **MISSED), outcome("b"), outcome("c", exact=0.0, f1=0.5, given=half)]
    told = compared(before, after)
    assert [(one.id, one.gain) for one in told.changes] == [("a", -1), ("c", -0.5), ("b", 1)]
    worst = told.changes[0]
    assert (worst.before, worst.after) == ("Prague", "")
    assert (worst.cause_before, worst.cause_after) == (Cause.NONE, Cause.SHOULD_HAVE_ANSWERED)
    assert (told.before, told.paired) == ("old", 3)


def test_the_tests_count_what_went_either_way() -> None:
    before = [*(outcome(f"a{i}", **MISSED) for i in range(6)), outcome("b")]
    after = [*(outcome(f"a{i}") for i in range(6)), outcome("b", **MISSED)]
    tests = {one.name: one for one in compared(before, after).tests}
    assert set(tests) == {"exact", "f1", "line"}
    for one in tests.values():
        assert (one.better, one.worse) == (6, 1)
        assert [one.before, one.after] == pytest.approx([1 / 7, 6 / 7])
        # Of 128 ways 1 + 7 are as lopsided one way, and as many the other.
        assert one.p == pytest.approx(16 / 128)


def test_runs_that_are_alike_differ_by_chance() -> None:
    told = compared([outcome("a"), unanswerable("b")], [outcome("a"), unanswerable("b")])
    assert told.changes == ()
    assert {one.p for one in told.tests} == {1.0}


def test_only_questions_that_both_asked_with_the_same_gold_are_paired() -> None:
    other_gold = outcome("b", gold=(Gold("radar.txt", 4, ["Brno"]),))
    told = compared(
        [outcome("a"), outcome("b"), outcome("c")], [outcome("a", **MISSED), other_gold]
    )
    assert told.paired == 1
    assert [one.id for one in told.changes] == ["a"]


def test_figures_are_compared_over_the_questions_that_both_asked() -> None:
    told = compared([outcome("a"), outcome("c", **MISSED)], [outcome("a", **MISSED), outcome("b")])
    by_name = {one.name: (one.before, one.after) for one in told.differences}
    assert by_name["f1"] == (1, 0)
    assert by_name["answered"] == (1, 0)


def test_figures_of_the_same_questions_are_those_of_the_runs() -> None:
    asked = [outcome("a"), outcome("b")]
    kept = results_of(asked, (812.0,))
    told = compare("old", (asked, kept), (asked, results_of(asked, (700.0,))))
    assert {one.name: (one.before, one.after) for one in told.differences}["cold-start"] == (
        812, 700,
    )  # fmt: skip


def test_what_was_set_otherwise_is_told() -> None:
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


def test_a_mark_that_is_no_longer_heeded_got_worse() -> None:
    marked = outcome("m", kind=Kind.MARKED, gold=())
    again = outcome("m", kind=Kind.MARKED, gold=(), cause=Cause.MARKED_WRONG)
    told = compared([marked], [again])
    assert [(one.id, one.gain) for one in told.changes] == [("m", -1)]
    assert told.tests == ()


def test_mcnemar_is_the_exact_one() -> None:
    assert mcnemar(np.array([1.0] * 5 + [0.0] * 90)) == pytest.approx(2 / 2**5)
    assert mcnemar(np.array([1.0, -1.0])) == 1
    assert mcnemar(np.zeros(4)) == 1


def test_the_permutation_test_goes_through_all_signs_of_few_gains() -> None:
    # Sums as far from 0 as 6 of the 8: 6 itself and -6.
    assert permuted(np.array([1.0, 2.0, 3.0, 0.0])) == pytest.approx(2 / 8)
    # 1 - 2: sums are -3, -1, 1, 3, all as far as 1.
    assert permuted(np.array([1.0, -2.0])) == 1
    assert permuted(np.array([0.5])) == 1
    assert permuted(np.zeros(3)) == 1


def test_the_permutation_test_of_many_gains_is_near_the_normal_one() -> None:
    gains = np.array([0.5] * 60 + [-0.5] * 40)
    # 60 of 100 heads: two-sided 0.0569 exactly.
    assert permuted(gains) == pytest.approx(0.0569, abs=0.01)
    assert permuted(gains) == permuted(gains)


def test_a_wrong_line_counts_against_the_line(  # the text is right all the same
) -> None:
    after = [outcome("a", given=(given(is_line_right=False),), cause=Cause.WRONG_LINE)]
    (line,) = [one for one in compared([outcome("a")], after).tests if one.name == "line"]
    assert (line.before, line.after, line.worse) == (1, 0, 1)


def test_a_wrong_answer_is_no_better_than_a_refusal() -> None:
    wrong = outcome("a", given=(given("Kyiv", **WRONG),), exact=0.0, f1=0.0)
    assert compared([outcome("a", **MISSED)], [wrong]).changes == ()
