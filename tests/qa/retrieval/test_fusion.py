import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.fusion import Scored, weighted_sum


def test_scores_add_up_by_weight() -> None:
    first = Scored({7: 0.9, 8: 0.5}, 0.5, weight=3.0)
    second = Scored({8: 1.0, 9: 0.2}, 0.0, weight=1.0)
    # 7: 2.7 + 0, 8: 1.5 + 1, 9: 1.5 + 0.2.
    ids, sums = zip(*weighted_sum([first, second]), strict=True)
    assert ids == (7, 8, 9)
    assert sums == pytest.approx((2.7, 2.5, 1.7))


def test_a_ranking_of_weight_zero_changes_nothing() -> None:
    one, other = Scored({1: 3.0, 2: 2.0}, 0.0, 1.0), Scored({2: 99.0, 1: 1.0}, 0.0, 0.0)
    assert weighted_sum([one, other]) == weighted_sum([one])


def test_equal_sums_keep_the_order_of_the_first_ranking() -> None:
    same = weighted_sum([Scored({4: 1.0, 1: 1.0}, 0.0, 1.0), Scored({1: 1.0, 4: 1.0}, 0.0, 1.0)])
    assert [id_ for id_, _ in same] == [4, 1]
    apart = weighted_sum([Scored({9: 1.0}, 0.0, 1.0), Scored({2: 1.0}, 0.0, 1.0)])
    assert [id_ for id_, _ in apart] == [9, 2]


def test_nothing_fused_is_nothing() -> None:
    assert weighted_sum([]) == weighted_sum([Scored({}, 0.0, 1.0)]) == []


scores = st.dictionaries(st.integers(0, 20), st.floats(-1, 1), max_size=8)


@given(st.lists(scores, max_size=4))
def test_every_id_is_ranked_once_by_descending_sum(rankings: list[dict[int, float]]) -> None:
    fused = weighted_sum([Scored(each, -1.0, 1.0) for each in rankings])
    assert sorted(id_ for id_, _ in fused) == sorted(set().union(*rankings))
    sums = [total for _, total in fused]
    assert sums == sorted(sums, reverse=True)
