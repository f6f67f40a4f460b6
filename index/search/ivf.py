"""Building the cells that a large segment is searched by: trained on a sample, tuned to a recall.

FAISS's guidance for up to a million vectors is `IVF` with 4 to 16 times their square root in cells,
trained on 39 to 256 vectors per cell (its wiki, "Guidelines to choose an index"). The rows of a
cell are scanned by product codes of four bits for two dimensions, which the processor compares in
its registers ("fast scan"); the best of them are ranked by one byte per dimension, and the best of
these by the rows themselves. Over a million synthetic passages, on one thread, that finds 0.979 of
the best ten in 3.4 ms; with codes of one bit per dimension (RaBitQ) 0.977 in 6.5 ms, and a graph
(HNSW16, SQ8) 0.77 in 5.5 ms.
"""

import math
import os
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from index.disk.durable_files import sync_file
from index.models.passage_encoder import Vectors
from index.search.segment_search import (
    Cells,
    cells_of,
    read_cells,
    search_parameters,
    use_passive_threads,
)
from index.search.vector_file import Ids, VectorFile, exact_best

MIN_RECALL = 0.98
"""Of the exact best ten."""
_MARGIN = 0.01
"""Recall tuned for beyond the minimum: the tuning set is a sample, and of sentences."""
_DEPTH_FACTOR = 4
"""Times the depth that sentences need: questions lie farther from their passages."""
_BEST = 10
_ASKED = 50
"""Rows that a question asks for, ranked again by their exact similarity."""
_MIN_DEPTH = 200
_MAX_DEPTH = 0.02
"""Share of all rows."""
_RANK_COST = 20
"""Measured cost of ranking a row by its bytes, in rows scanned by their codes."""
_TRAINED_PER_CELL = 50
_DRIFT_SAMPLE = 5_000
_MAX_DRIFT = 1.2
"""Error of the rows over that of the training vectors, beyond which cells are trained again."""
_MAX_GROWTH = 0.3
"""Change of size since the cells were trained, beyond which they are trained again."""
_SEED = 7

Recall = Callable[[int, int], float]
"""Takes depth and probes; grows with either."""


TrainedCells = tuple[Path, Cells]
"""Cells of an earlier segment, whose centres may be reused."""


def write_cells(
    path: Path, rows: VectorFile, live: Sequence[range], questions: Vectors,
    previous: Sequence[TrainedCells],
) -> Cells:  # fmt: skip
    """Write cells for the live rows of a segment, tuned on questions; shape (questions, dimension).

    The centres of previous cells are reused unless the rows have drifted. Raises OSError.
    """
    use_passive_threads()
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    count = sum(map(len, live))
    index, trained = _reused(rows, live, count, previous) or _train(rows, live, count)
    _fill(index, rows, live)
    exact = exact_best(rows.chunks(live), questions, _BEST)
    recall = _recall_of(index, questions, exact, min(_ASKED, count))
    cells = cells_of(index).nlist
    probes, depth = operating_point(recall, count, cells, MIN_RECALL + _MARGIN)
    depth *= _DEPTH_FACTOR
    _save(index, path)
    found, asked = round(recall(depth, probes), 4), len(questions)
    return replace(trained, probes=probes, depth=depth, recall=found, questions=asked)


def _fill(index: Any, rows: VectorFile, live: Sequence[range]) -> None:  # noqa: ANN401
    """Add live rows to the cells, and all rows by their bytes: FAISS finds those by position."""
    cells = cells_of(index)
    for ids, vectors in rows.chunks(live):
        cells.add_with_ids(vectors, ids)
    for _, vectors in rows.chunks([range(len(rows))]):
        index.refine_index.add(vectors)
    index.ntotal = len(rows)


def _recall_of(index: Any, questions: Vectors, exact: Ids, asked: int) -> Recall:  # noqa: ANN401
    """Return a function that measures the share of the exact best rows among those asked for."""

    def recall(depth: int, probes: int) -> float:
        _, found = index.search(questions, asked, params=search_parameters(probes, depth / asked))
        shared = [len(set(a) & set(b)) for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
        return sum(shared) / exact.size

    return recall


def cell_count(rows: int) -> int:
    """Return the power of two nearest to four times the square root of the rows."""
    return int(2 ** round(math.log2(4 * math.sqrt(rows))))


def operating_point(recall: Recall, rows: int, cells: int, minimum: float) -> tuple[int, int]:
    """Return the probes and the depth that reach a recall at the least cost.

    If nothing reaches it: all cells, and the greatest depth, a fiftieth of the rows.
    """
    depths = [_MIN_DEPTH]
    while depths[-1] < _MAX_DEPTH * rows:
        depths.append(2 * depths[-1])
    best, best_cost, probes = (cells, depths[-1]), math.inf, cells
    for depth in depths:
        if depth * _RANK_COST >= best_cost:
            break
        if recall(depth, probes) < minimum:
            continue
        probes = smallest_reaching(partial(recall, depth), probes, minimum)
        cost = depth * _RANK_COST + rows * probes / cells
        if cost < best_cost:
            best, best_cost = (probes, depth), cost
    return best


def smallest_reaching(recall: Callable[[int], float], limit: int, minimum: float) -> int:
    """Return the smallest number of probes that reaches a recall, which `limit` is known to."""
    candidates = range(1, limit)
    return 1 + bisect_left(candidates, True, key=lambda probes: recall(probes) >= minimum)


def _reused(
    rows: VectorFile, live: Sequence[range], count: int, previous: Sequence[TrainedCells]
) -> tuple[Any, Cells] | None:
    """Return an empty index with the centres of previous cells that still fit; None if none do."""
    for path, cells in previous:
        index = read_cells(path)
        index.reset()
        growth = abs(count - cells.trained_at) / cells.trained_at
        if growth <= _MAX_GROWTH and (
            _error(index, _sample(rows, live, _DRIFT_SAMPLE)) <= _MAX_DRIFT * cells.error
        ):
            return index, cells
    return None


def _train(rows: VectorFile, live: Sequence[range], count: int) -> tuple[Any, Cells]:
    """Return an empty index with newly trained centres; its operating point is not set."""
    import faiss

    number = min(cell_count(count), count)
    # An odd dimension cannot be coded in pairs.
    codes = rows.dimension // 2 if rows.dimension % 2 == 0 else rows.dimension
    factory = f"IVF{number},PQ{codes}x4fs,Refine(SQ8)"
    index: Any = faiss.index_factory(rows.dimension, factory, faiss.METRIC_INNER_PRODUCT)
    cells = cells_of(index)
    cells.cp.min_points_per_centroid = 1
    cells.cp.seed = _SEED
    sample = _sample(rows, live, number * _TRAINED_PER_CELL)
    index.train(sample)
    error = _error(index, sample[:: -(-len(sample) // _DRIFT_SAMPLE)])
    return index, Cells(factory, 0, 0, 0.0, 0, len(sample), count, error)


def _sample(rows: VectorFile, live: Sequence[range], limit: int) -> Vectors:
    """Return at most `limit` random live rows; shape (rows, dimension)."""
    ids = np.concatenate([np.arange(run.start, run.stop) for run in live])
    if len(ids) > limit:
        ids = np.random.default_rng(_SEED).choice(ids, limit, replace=False)
    return rows.pick(np.sort(ids).tolist())


def _save(index: Any, path: Path) -> None:  # noqa: ANN401
    """Write an index through a Python file: FAISS does not report a full disk. Raises OSError."""
    import faiss

    with path.open("wb") as file:
        try:
            writer = faiss.PyCallbackIOWriter(file.write, 1 << 20)  # type: ignore[attr-defined]
            faiss.write_index(index, writer)
        except RuntimeError as error:
            raise OSError(f"{path.name}: {error}") from error
    sync_file(path)


def _error(index: Any, vectors: Vectors) -> float:  # noqa: ANN401
    """Return the mean squared distance from the nearest centre; all have length 1."""
    similarities, _ = cells_of(index).quantizer.search(vectors, 1)
    return float(2 - 2 * similarities.mean())
