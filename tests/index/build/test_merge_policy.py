from hypothesis import given
from hypothesis import strategies as st

from index.build.merge_policy import Growth

GROWTH = Growth(ratio=2, most_segments=4, most_dropped=0.2)


def test_a_segment_is_taken_in_while_it_is_at_most_twice_what_is_written() -> None:
    # 5 and 10 make 15, and 30 is twice that; 45 is small beside 1,000.
    assert GROWTH.absorbed([1000, 30, 10], 5) == 2
    assert GROWTH.absorbed([1000, 10], 4) == 0
    assert GROWTH.absorbed([10], 5) == 1


def test_where_nothing_is_added_nothing_is_taken_in() -> None:
    assert GROWTH.absorbed([10, 5, 1], 0) == 0


def test_there_are_never_more_segments_than_that() -> None:
    assert GROWTH.absorbed([8000, 800, 80], 1) == 0
    assert GROWTH.absorbed([8000, 800, 80, 8], 1) == 1


def test_an_index_is_worn_once_a_fifth_of_its_rows_is_gone() -> None:
    assert not GROWTH.is_worn(10, 8)
    assert GROWTH.is_worn(100, 79)
    assert not GROWTH.is_worn(0, 0)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=300))
def test_a_passage_is_written_a_logarithm_of_times(added: list[int]) -> None:
    growth = Growth()
    segments: list[int] = []
    written = 0
    for fresh in added:
        count = growth.absorbed(segments, fresh)
        size = fresh + sum(segments[len(segments) - count :])
        segments = [*segments[: len(segments) - count], size]
        written += size
        assert len(segments) <= growth.most_segments
    total = sum(added)
    assert sum(segments) == total
    # Each time that a passage is written again, its segment has grown by half.
    assert written <= total * (2 + 1.71 * _log2(total)) + total * 0.5


def _log2(value: int) -> int:
    return value.bit_length()
