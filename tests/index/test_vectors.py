from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.encoder import Vectors, normalised
from index.errors import IndexDamaged
from index.vectors import Hit, VectorIndex, write_vectors

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


def index_of(vectors: Vectors) -> VectorIndex:
    with TemporaryDirectory() as folder:
        write_vectors(Path(folder) / "v", vectors)
        return VectorIndex.open(Path(folder) / "v")


def unit(*values: float) -> Vectors:
    row: Vectors = normalised(np.array([values], dtype=np.float32))[0]
    return row


@given(rows, question, st.integers(1, 50))
def test_faiss_agrees_with_brute_force(vectors: Vectors, asked: Vectors, most: int) -> None:
    hits = index_of(vectors).search(asked, most)
    exact = vectors @ asked
    assert len(hits) == min(most, len(vectors)) == len({hit.passage for hit in hits})
    np.testing.assert_allclose(
        [hit.similarity for hit in hits], np.sort(exact)[::-1][: len(hits)], atol=1e-5
    )
    for hit in hits:
        assert abs(hit.similarity - exact[hit.passage]) <= 1e-5
        assert -1 <= hit.similarity <= 1


@given(rows, question, st.integers(1, 10), ranges)
def test_the_filter_goes_before_the_cut(
    vectors: Vectors, asked: Vectors, most: int, starts: list[tuple[int, int]]
) -> None:
    last = len(vectors)
    within = [range(min(at, last - 1), min(at + size, last)) for at, size in starts]
    allowed = {row for ids in within for row in ids} or set(range(last))
    hits = index_of(vectors).search(asked, most, within)
    assert {hit.passage for hit in hits} <= allowed
    best = sorted((float(vectors[row] @ asked) for row in allowed), reverse=True)[:most]
    np.testing.assert_allclose([hit.similarity for hit in hits], best, atol=1e-5)


def test_the_best_comes_first() -> None:
    index = index_of(np.stack([unit(0, 1), unit(1, 0), unit(-1, 0), unit(1, 1)]))
    found = index.search(unit(1, 0), 3)
    assert [hit.passage for hit in found] == [1, 3, 0]
    assert [round(hit.similarity, 4) for hit in found] == [1.0, 0.7071, 0.0]


def test_a_filter_finds_the_passage_that_is_no_best_match() -> None:
    index = index_of(np.stack([unit(1, 0.01 * i) for i in range(100)]))
    assert [hit.passage for hit in index.search(unit(1, 0), 1, [range(90, 95)])] == [90]


def test_rounding_takes_no_similarity_out_of_bounds() -> None:
    long = np.array([[1.0001, 0], [-1.0001, 0]], dtype=np.float32)
    assert index_of(long).search(unit(1, 0), 2) == [Hit(0, 1.0), Hit(1, -1.0)]


def test_an_empty_index_finds_nothing() -> None:
    index = index_of(np.zeros((0, 4), dtype=np.float32))
    assert len(index) == 0
    assert index.search(unit(1, 0, 0, 0), 5) == []


@given(rows)
def test_rows_come_back_as_they_were_written(vectors: Vectors) -> None:
    index = index_of(vectors)
    last = len(vectors) - 1
    np.testing.assert_array_equal(index.rows(range(len(vectors))), vectors)
    np.testing.assert_array_equal(index.rows(range(last, last + 1)), vectors[last:])
    np.testing.assert_array_equal(index.rows([last, 0, last]), vectors[[last, 0, last]])


def test_a_file_cut_short_anywhere_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "v"
    write_vectors(path, np.eye(3, dtype=np.float32))
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        with pytest.raises(IndexDamaged, match="cannot be read as vectors"):
            VectorIndex.open(path)
