from hypothesis import given
from hypothesis import strategies as st

from index.build.merge_policy import MergePolicy

POLICY = MergePolicy(ratio=2, max_segments=4, max_dropped=0.2)


def test_a_segment_up_to_twice_as_large_as_what_is_written_is_absorbed() -> None:
    # 5 and 10 make 15, and 30 is twice that; 45 is small compared with 1,000.
    assert POLICY.merge_count([1000, 30, 10], 5) == 2
    assert POLICY.merge_count([1000, 10], 4) == 0
    assert POLICY.merge_count([10], 5) == 1


def test_nothing_is_absorbed_where_nothing_is_added() -> None:
    assert POLICY.merge_count([10, 5, 1], 0) == 0


def test_the_number_of_segments_is_limited() -> None:
    assert POLICY.merge_count([8000, 800, 80], 1) == 0
    assert POLICY.merge_count([8000, 800, 80, 8], 1) == 1


def test_an_index_is_worn_once_more_than_a_fifth_of_its_rows_is_dropped() -> None:
    assert not POLICY.is_worn(10, 8)
    assert POLICY.is_worn(100, 79)
    assert not POLICY.is_worn(0, 0)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=300))
def test_a_passage_is_written_a_logarithmic_number_of_times(added: list[int]) -> None:
    policy = MergePolicy()
    segments: list[int] = []
    written = 0
    for fresh in added:
        count = policy.merge_count(segments, fresh)
        size = fresh + sum(segments[len(segments) - count :])
        segments = [*segments[: len(segments) - count], size]
        written += size
        assert len(segments) <= policy.max_segments
    total = sum(added)
    assert sum(segments) == total
    # Whenever a passage is written again, its segment has grown by half.
    assert written <= total * (2 + 1.71 * _log2(total)) + total * 0.5


def _log2(value: int) -> int:
    return value.bit_length()
