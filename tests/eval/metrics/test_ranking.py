"""Ranking measures computed by ir-measures match hand computations."""

import math

import pytest

from eval.metrics.ranking import RANKED, ranked, ranking_measures
from eval.metrics.resampling import estimate
from eval.outcomes import GoldRank
from tests.eval.outcomes import outcome, rankings


def measured(found: list[GoldRank], grades: list[int]) -> dict[str, float]:
    return {name: float(one[0]) for name, one in ranked([found], [grades])}


def test_one_reference_at_rank_one() -> None:
    assert set(measured([GoldRank(1, 0)], [1]).values()) == {1.0}


def test_one_reference_at_rank_seven() -> None:
    values = measured([GoldRank(7, 0)], [1])
    assert [values[f"recall@{k}"] for k in (1, 5, 10, 50)] == [0, 0, 1, 1]
    assert values["mrr@10"] == pytest.approx(1 / 7)
    assert values["ndcg@10"] == pytest.approx(1 / math.log2(8))


def test_a_reference_below_rank_ten_counts_only_in_recall_at_fifty() -> None:
    values = measured([GoldRank(11, 0)], [1])
    assert [name for name, value in values.items() if value] == ["recall@50"]


def test_one_of_two_references_found() -> None:
    values = measured([GoldRank(2, 1)], [1, 1])
    assert (values["recall@1"], values["recall@5"]) == (0, 0.5)
    assert values["mrr@10"] == 0.5
    assert values["ndcg@10"] == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))


def test_grades_count_in_ndcg() -> None:
    values = measured([GoldRank(1, 0), GoldRank(2, 1)], [1, 2])
    best = 2 + 1 / math.log2(3)
    assert values["ndcg@10"] == pytest.approx((1 + 2 / math.log2(3)) / best)
    assert values["recall@5"] == 1


def test_nothing_found_scores_zero() -> None:
    assert set(measured([], [1]).values()) == {0.0}


def test_each_question_keeps_its_own_value() -> None:
    values = dict(ranked([[GoldRank(1, 0)], [], [GoldRank(2, 0)]], [[1], [1], [1]]))
    assert list(values["mrr@10"]) == [1, 0, 0.5]


def test_each_ranking_has_its_figures() -> None:
    outcomes = [outcome("a", rankings=rankings(keywords=2, fused=1)), outcome("b")]
    figures = {one.name: one.value for one in estimate(ranking_measures(outcomes), 2)}
    assert len(figures) == 3 * len(RANKED)
    assert figures["keywords-mrr@10"] == 0.75
    assert figures["vectors-recall@50"] == 0.5
    assert figures["fused-recall@1"] == 1
