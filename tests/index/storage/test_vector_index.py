from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.errors import IndexDamaged
from index.models.passage_encoder import Vectors, normalised
from index.search.segment_search import Exact
from index.search.vector_file import VectorFile, VectorWriter
from index.storage.segment import VECTORS, Segment, SegmentRecord
from index.storage.selection import id_ranges
from index.storage.vector_index import Hit, VectorIndex

DIMENSION = 5

rows = arrays(
    np.float32,
    st.tuples(st.integers(1, 40), st.just(DIMENSION)),
    elements=st.floats(-1, 1, width=32),
).map(normalised)
question = arrays(np.float32, DIMENSION, elements=st.floats(-1, 1, width=32)).map(
    lambda vector: normalised(vector[None, :])[0]
)
ranges = st.lists(st.tuples(st.integers(0, 39), st.integers(1, 9)), max_size=4)


def index_of(vectors: Vectors, dropped: tuple[range, ...] = (), cut: int = 0) -> "VectorIndex":
    """Write vectors to one segment, or two; they are loaded before their folder is deleted."""
    parts = [range(cut), range(cut, len(vectors))]
    segments = []
    with TemporaryDirectory() as folder:
        for ids in parts:
            if not ids:
                continue
            path = Path(folder) / str(ids.start)
            path.mkdir()
            writer = VectorWriter(path / VECTORS)
            rows = [row - ids.start for row in ids]
            writer.put(rows[::-1], vectors[ids.start : ids.stop][::-1])
            writer.finish(len(ids))
            record = SegmentRecord("", ids.start, len(ids), len(ids), Exact())
            segments.append(Segment(path, record, vectors.shape[1]))
            segments[-1].searcher.search(vectors[0], 1)
    return VectorIndex(tuple(segments), dropped)


def unit(*values: float) -> Vectors:
    row: Vectors = normalised(np.array([values], dtype=np.float32))[0]
    return row


@given(rows, question, st.integers(1, 50))
def test_faiss_agrees_with_brute_force(vectors: Vectors, query: Vectors, limit: int) -> None:
    hits = index_of(vectors).search(query, limit)
    exact = vectors @ query
    assert len(hits) == min(limit, len(vectors)) == len({hit.passage for hit in hits})
    np.testing.assert_allclose(
        [hit.similarity for hit in hits], np.sort(exact)[::-1][: len(hits)], atol=2e-3
    )
    for hit in hits:
        assert abs(hit.similarity - exact[hit.passage]) <= 2e-3
        assert -1 <= hit.similarity <= 1


@given(rows, question, st.integers(1, 10), st.integers(1, 40))
def test_the_exact_best_passages_are_those_of_brute_force(
    vectors: Vectors, query: Vectors, limit: int, cut: int
) -> None:
    index = index_of(vectors, (range(2, 4),), min(cut, len(vectors)))
    (best,) = index.exact_best(query[None, :], limit)
    live = [row for row in range(len(vectors)) if row not in range(2, 4)]
    similarities = vectors @ query
    assert best <= set(live)
    np.testing.assert_allclose(
        sorted(similarities[list(best)]), sorted(similarities[live])[-len(best) :], atol=2e-3
    )
    assert len(best) == min(limit, len(live))


@given(rows, question, st.integers(1, 10), ranges)
def test_the_scope_applies_before_the_limit(
    vectors: Vectors, query: Vectors, limit: int, starts: list[tuple[int, int]]
) -> None:
    last = len(vectors)
    scope = [range(min(at, last - 1), min(at + size, last)) for at, size in starts]
    allowed = {row for ids in scope for row in ids} or set(range(last))
    hits = index_of(vectors).search(query, limit, id_ranges(scope))
    assert {hit.passage for hit in hits} <= allowed
    best = sorted((float(vectors[row] @ query) for row in allowed), reverse=True)[:limit]
    np.testing.assert_allclose([hit.similarity for hit in hits], best, atol=2e-3)


def test_the_best_comes_first() -> None:
    index = index_of(np.stack([unit(0, 1), unit(1, 0), unit(-1, 0), unit(1, 1)]))
    found = index.search(unit(1, 0), 3)
    assert [hit.passage for hit in found] == [1, 3, 0]
    assert [round(hit.similarity, 3) for hit in found] == [1.0, 0.707, 0.0]


def test_a_scope_finds_a_passage_that_is_no_best_match() -> None:
    index = index_of(np.stack([unit(1, 0.01 * i) for i in range(100)]))
    assert [hit.passage for hit in index.search(unit(1, 0), 1, id_ranges([range(90, 95)]))] == [90]


def test_similarities_are_clipped_to_their_bounds() -> None:
    long = np.array([[1.0001, 0], [-1.0001, 0]], dtype=np.float32)
    assert index_of(long).search(unit(1, 0), 2) == [Hit(0, 1.0), Hit(1, -1.0)]


def test_an_empty_index_finds_nothing() -> None:
    index = VectorIndex((), ())
    assert len(index) == 0
    assert index.search(unit(1, 0, 0, 0), 5) == []


@given(rows)
def test_rows_come_back_in_half_precision(vectors: Vectors) -> None:
    index = index_of(vectors)
    last = len(vectors) - 1
    halves = vectors.astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(index.rows(range(len(vectors))), halves)
    np.testing.assert_array_equal(index.rows(range(last, last + 1)), halves[last:])
    np.testing.assert_array_equal(index.rows([last, 0, last]), halves[[last, 0, last]])


@given(rows, question, st.integers(1, 50), ranges, ranges)
def test_dropped_rows_are_not_found_and_take_no_place_of_others(
    vectors: Vectors,
    query: Vectors,
    limit: int,
    dropped: list[tuple[int, int]],
    within: list[tuple[int, int]],
) -> None:
    count = len(vectors)
    dropped_rows = {row for at, size in dropped for row in range(at, at + size) if row < count}
    ranges = [range(at, min(at + size, count)) for at, size in within if at < count]
    allowed = {row for ids in ranges for row in ids} if ranges else set(range(count))
    index = index_of(vectors, tuple(range(row, row + 1) for row in sorted(dropped_rows)))
    hits = index.search(query, limit, id_ranges(ranges))
    assert len(index) == count - len(dropped_rows)
    exact = vectors @ query
    best = sorted((float(exact[row]) for row in allowed - dropped_rows), reverse=True)[:limit]
    np.testing.assert_allclose([hit.similarity for hit in hits], best, atol=2e-3)
    assert not {hit.passage for hit in hits} & dropped_rows


@given(rows, question, st.integers(1, 60), st.integers(0, 40))
def test_several_segments_are_searched_as_one(
    vectors: Vectors, query: Vectors, limit: int, cut: int
) -> None:
    expected = index_of(vectors).search(query, limit)
    split = index_of(vectors, (), min(cut, len(vectors)))
    assert [hit.similarity for hit in split.search(query, limit)] == [
        hit.similarity for hit in expected
    ]
    assert {hit.passage for hit in split.search(query, len(vectors))} == set(range(len(vectors)))
    ids = list(range(len(vectors)))[::-1]
    np.testing.assert_array_equal(split.rows(ids), index_of(vectors).rows(ids))


def test_a_file_truncated_anywhere_is_damaged(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path / "v")
    writer.put(range(3), np.eye(3, dtype=np.float32))
    writer.finish(3)
    data = (tmp_path / "v").read_bytes()
    assert len(data) == 3 * 3 * 2
    for length in range(len(data)):
        (tmp_path / "v").write_bytes(data[:length])
        with (
            closing(VectorFile(tmp_path / "v", 3)) as rows,
            pytest.raises(IndexDamaged, match="cannot be read as vectors"),
        ):
            rows.read(range(3))
    with pytest.raises(IndexDamaged, match="cannot be read as vectors"):
        VectorFile(tmp_path / "absent", 3)
