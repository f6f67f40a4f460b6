from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamaged
from index.models.passage_encoder import Vectors, normalised
from index.search import ivf
from index.search.ivf import (
    TrainedCells,
    cell_count,
    operating_point,
    smallest_reaching,
    write_cells,
)
from index.search.segment_search import Cells, SegmentSearcher, cells_of, read_cells
from index.search.vector_file import VectorFile, VectorWriter

DIMENSION = 16
ROWS = 2000


def clustered(count: int, seed: int) -> Vectors:
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, DIMENSION))
    noise = random.normal(size=(count, DIMENSION))
    return normalised((centres[random.integers(40, size=count)] + noise).astype(np.float32))


def rows_of(path: Path, vectors: Vectors) -> VectorFile:
    writer = VectorWriter(path)
    writer.put(range(len(vectors)), vectors)
    writer.finish(len(vectors))
    return VectorFile(path, vectors.shape[1])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorFile]:
    with closing(rows_of(tmp_path_factory.mktemp("rows") / "v", clustered(ROWS, 1))) as rows:
        yield rows


@pytest.fixture(scope="module")
def made(rows: VectorFile) -> TrainedCells:
    path = rows.path.with_name("cells")
    return path, write_cells(path, rows, [range(ROWS)], clustered(100, 2), [])


def exact(rows: VectorFile, vector: Vectors, allowed: np.ndarray, limit: int) -> set[int]:
    similarities = rows.read(range(len(rows))) @ vector
    ids = np.flatnonzero(allowed)
    return set(ids[np.argsort(-similarities[ids])[:limit]].tolist())


def test_cells_grow_with_the_square_root_of_the_rows() -> None:
    # 4 * 1000 = 4000, and 4 * sqrt(50,000) = 894.
    assert [cell_count(rows) for rows in (1_000_000, 50_000, 100)] == [4096, 1024, 32]


def reached(minimum: int, probes: int) -> float:
    return float(probes >= minimum)


def test_the_smallest_number_of_probes_is_found() -> None:
    for minimum in range(1, 33):
        assert smallest_reaching(partial(reached, minimum), 32, 1.0) == minimum


def recall_of_product(product: int, depths: list[int], depth: int, probes: int) -> float:
    depths.append(depth)
    return float(probes * depth >= product)


def test_the_operating_point_reaches_the_recall_at_the_least_cost() -> None:
    # Depth 200 needs 2,048 of 4,096 cells: half a million rows by their codes, and 200 by their
    # bytes, which cost as much as 4,000. Twice the depth needs half the cells: 258,000; 141,000;
    # 94,500 at depth 1,600; 95,250 at 3,200. Ranking 6,400 would cost 128,000 alone.
    depths: list[int] = []
    point = operating_point(partial(recall_of_product, 2048 * 200, depths), 1_000_000, 4096, 1.0)
    assert point == (256, 1600)
    assert max(depths) == 3200


def test_a_depth_too_small_even_for_all_cells_is_skipped() -> None:
    recall = partial(recall_of_product, 4096 * 300, [])
    point = operating_point(recall, 1_000_000, 4096, 1.0)
    # Not at depth 200; then 3,072 cells, 1,536, 768 at 219,500, 384 at 157,750, 192 at 174,875.
    assert point == (384, 3200)


def test_if_nothing_reaches_the_recall_all_cells_are_searched() -> None:
    # The depth grows until it passes a fiftieth of 50,000 rows, 1,000: 200, 400, 800, 1,600.
    assert operating_point(lambda *_: 0.5, 50_000, 512, 0.98) == (512, 1600)


def test_the_operating_point_is_recorded_and_reaches_its_recall(
    rows: VectorFile, made: TrainedCells
) -> None:
    point = made[1]
    # The power of two nearest to 4 * sqrt(2,000) = 179. Fifty vectors per cell are more than all.
    assert (point.factory, point.trained_on, point.trained_at) == (
        "IVF128,PQ8x4fs,Refine(SQ8)",
        ROWS,
        ROWS,
    )
    assert 1 <= point.probes < 128
    assert point.recall >= 0.98
    searcher = SegmentSearcher.open(rows, ROWS, made[0], point)
    questions = clustered(200, 3)
    every_row = np.ones(ROWS, dtype=np.bool_)
    shared = [
        len(
            exact(rows, vector, every_row, 10)
            & {row for row, _ in searcher.search(vector, 50)[:10]}
        )
        for vector in questions
    ]
    assert sum(shared) / (10 * len(questions)) >= 0.96


def test_similarities_are_those_of_the_rows(rows: VectorFile, made: TrainedCells) -> None:
    vector = clustered(1, 4)[0]
    found = SegmentSearcher.open(rows, ROWS, made[0], made[1]).search(vector, 20)
    assert len(found) == 20
    similarities = rows.read(range(ROWS)) @ vector
    assert [value for _, value in found] == sorted((value for _, value in found), reverse=True)
    np.testing.assert_allclose(
        [value for _, value in found], [similarities[row] for row, _ in found], atol=1e-6
    )


@pytest.mark.parametrize("few", [20_000, 10])
@pytest.mark.parametrize("share", [0.002, 0.05, 0.5, 0.95])
def test_a_filter_applies_before_the_limit_whatever_its_size(
    rows: VectorFile, made: TrainedCells, monkeypatch: pytest.MonkeyPatch, few: int, share: float
) -> None:
    monkeypatch.setattr("index.search.segment_search._FEW", few)
    allowed = np.random.default_rng(5).random(ROWS) < share
    searcher = SegmentSearcher.open(rows, ROWS, made[0], made[1])
    shared = expected = 0
    for vector in clustered(50, 6):
        best = exact(rows, vector, allowed, 10)
        found = [row for row, _ in searcher.search(vector, 50, allowed)[:10]]
        assert all(allowed[row] for row in found)
        shared, expected = shared + len(best & set(found)), expected + len(best)
    assert shared / expected >= (1 if few == 20_000 else 0.95)


def test_rows_of_no_passage_are_not_in_cells(rows: VectorFile, tmp_path: Path) -> None:
    live = [range(500), range(700, ROWS)]
    point = write_cells(tmp_path / "c", rows, live, clustered(50, 2), [])
    index = read_cells(tmp_path / "c")
    assert cells_of(index).ntotal == point.trained_at == ROWS - 200
    found = SegmentSearcher.open(rows, ROWS, tmp_path / "c", point).search(clustered(1, 1)[0], ROWS)
    assert not {row for row, _ in found} & set(range(500, 700))


def trains_again(rows: VectorFile, live: range, made: TrainedCells, tmp_path: Path) -> bool:
    point = write_cells(tmp_path / "c", rows, [live], clustered(50, 2), [made])
    return (point.trained_at, point.error) != (made[1].trained_at, made[1].error)


def test_centres_are_reused_until_the_rows_have_drifted(
    rows: VectorFile, made: TrainedCells, tmp_path: Path
) -> None:
    assert not trains_again(rows, range(ROWS), made, tmp_path)
    assert not trains_again(rows, range(1400), made, tmp_path)
    assert trains_again(rows, range(1390), made, tmp_path)
    unrelated = np.random.default_rng(9).normal(size=(ROWS, DIMENSION)).astype(np.float32)
    with closing(rows_of(tmp_path / "unrelated", normalised(unrelated))) as drifted:
        error = ivf._error(read_cells(made[0]), drifted.read(range(ROWS)))
        assert error > 1.2 * made[1].error
        assert trains_again(drifted, range(ROWS), made, tmp_path)


def test_cells_truncated_anywhere_are_damaged(made: TrainedCells, tmp_path: Path) -> None:
    data = made[0].read_bytes()
    for length in [*range(400), *range(400, len(data), 997), len(data) - 1]:
        (tmp_path / "c").write_bytes(data[:length])
        with pytest.raises(IndexDamaged, match="cannot be read as vectors"):
            read_cells(tmp_path / "c")


def test_a_full_disk_is_an_error(rows: VectorFile) -> None:
    with pytest.raises(OSError, match="No space left on device"):
        write_cells(Path("/dev/full"), rows, [range(ROWS)], clustered(20, 2), [])


def test_the_questions_of_the_tuning_are_recorded(made: TrainedCells) -> None:
    assert isinstance(made[1], Cells)
    assert made[1].questions == 100
