"""Ranking measures by hand; ir-measures works them out."""

import math

import pytest

from eval.metrics.ranking import RANKED, ranked, ranking_measures
from eval.metrics.resampling import estimate
from eval.outcomes import Found
from tests.eval.outcomes import outcome, rankings


def values(found: list[Found], grades: list[int]) -> dict[str, float]:
    return {name: float(one[0]) for name, one in ranked([found], [grades])}


def test_one_place_first() -> None:
    assert set(values([Found(1, 0)], [1]).values()) == {1.0}


def test_one_place_at_rank_seven() -> None:
    told = values([Found(7, 0)], [1])
    assert [told[f"recall@{k}"] for k in (1, 5, 10, 50)] == [0, 0, 1, 1]
    assert told["mrr@10"] == pytest.approx(1 / 7)
    assert told["ndcg@10"] == pytest.approx(1 / math.log2(8))


def test_a_place_behind_the_tenth_counts_only_in_recall_at_fifty() -> None:
    told = values([Found(11, 0)], [1])
    assert [name for name, value in told.items() if value] == ["recall@50"]


def test_of_two_places_one_found() -> None:
    told = values([Found(2, 1)], [1, 1])
    assert (told["recall@1"], told["recall@5"]) == (0, 0.5)
    assert told["mrr@10"] == 0.5
    assert told["ndcg@10"] == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))


def test_grades_count_in_ndcg() -> None:
    told = values([Found(1, 0), Found(2, 1)], [1, 2])
    best = 2 + 1 / math.log2(3)
    assert told["ndcg@10"] == pytest.approx((1 + 2 / math.log2(3)) / best)
    assert told["recall@5"] == 1


def test_nothing_found_is_nothing() -> None:
    assert set(values([], [1]).values()) == {0.0}


def test_each_question_keeps_its_own_value() -> None:
    told = dict(ranked([[Found(1, 0)], [], [Found(2, 0)]], [[1], [1], [1]]))
    assert list(told["mrr@10"]) == [1, 0, 0.5]


def test_each_ranking_has_its_figures() -> None:
    asked = [outcome("a", rankings=rankings(keywords=2, fused=1)), outcome("b")]
    figures = {one.name: one.value for one in estimate(ranking_measures(asked), 2)}
    assert len(figures) == 3 * len(RANKED)
    assert figures["keywords-mrr@10"] == 0.75
    assert figures["vectors-recall@50"] == 0.5
    assert figures["fused-recall@1"] == 1
