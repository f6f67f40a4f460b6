import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.fusion import reciprocal_rank_fusion


def test_ranks_of_both_rankings_add_up() -> None:
    # 7 is first and second, 8 second and third, 9 only first, 5 only third.
    fused = reciprocal_rank_fusion([[7, 8, 5], [9, 7, 8]], (1.0, 1.0), constant=60)
    assert [item for item, _ in fused] == [7, 8, 9, 5]
    sums = dict(fused)
    assert sums[7] == pytest.approx(1 / 61 + 1 / 62)
    assert sums[8] == pytest.approx(1 / 62 + 1 / 63)
    assert sums[9] == pytest.approx(1 / 61)
    assert sums[5] == pytest.approx(1 / 63)


def test_a_ranking_counts_by_its_weight() -> None:
    first, second = reciprocal_rank_fusion([[1, 2], [2, 1]], (1.0, 3.0), constant=1)
    # 1: 1/2 + 3/3, 2: 1/3 + 3/2.
    assert (first[0], second[0]) == (2, 1)
    assert (first[1], second[1]) == pytest.approx((11 / 6, 3 / 2))


def test_a_ranking_of_weight_zero_changes_nothing() -> None:
    fused = reciprocal_rank_fusion([[1, 2, 3], [3, 2, 1]], (1.0, 0.0), constant=60)
    assert [item for item, _ in fused] == [1, 2, 3]


def test_equal_sums_keep_the_order_of_the_first_ranking() -> None:
    fused = reciprocal_rank_fusion([[4, 1], [1, 4]], (1.0, 1.0), constant=60)
    assert [item for item, _ in fused] == [4, 1]
    apart = reciprocal_rank_fusion([[9], [2]], (1.0, 1.0), constant=60)
    assert [item for item, _ in apart] == [9, 2]


def test_a_ranking_without_a_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        reciprocal_rank_fusion([[1], [2]], (1.0,), constant=60)


rankings = st.lists(st.lists(st.integers(0, 20), unique=True, max_size=8), max_size=4)


@given(rankings)
def test_every_item_is_ranked_once_by_descending_sum(given_rankings: list[list[int]]) -> None:
    fused = reciprocal_rank_fusion(given_rankings, [1.0] * len(given_rankings), constant=60)
    assert sorted(item for item, _ in fused) == sorted(set().union(*given_rankings))
    sums = [total for _, total in fused]
    assert sums == sorted(sums, reverse=True)
