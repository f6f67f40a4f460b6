"""Making the cells that a large segment is searched by: trained on a sample, tuned to a recall.

FAISS's guidance for up to a million vectors is `IVF` with 4 to 16 times their root in cells,
trained on 39 to 256 vectors a cell (its wiki, "Guidelines to choose an index"). The rows of a cell
are gone through by product codes of four bits for two dimensions, which the processor compares by
its registers ("fast scan"); what is best by these is ranked by a byte for each dimension, and the
best of that by the rows themselves. Over a million made passages, on one thread, that finds 0.979
of the best ten in 3.4 ms; with codes of a bit a dimension (RaBitQ) 0.977 in 6.5, and a graph
(HNSW16, SQ8) 0.77 in 5.5.
"""

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.disk.durable_files import sync_file
from index.models.passage_encoder import Vectors
from index.search.segment_search import (
    Cells,
    cells_of,
    read_cells,
    search_parameters,
    use_passive_threads,
)
from index.search.vector_file import VectorFile, chunks

LEAST_RECALL = 0.98
"""Of the exact best ten."""
_MARGIN = 0.01
"""Recall beyond the least that is tuned for: what is tuned on is a sample, and of sentences."""
_DEEPER = 4
"""Times as deep as sentences need: questions lie farther from their passages than those do."""
_BEST = 10
_ASKED = 50
"""Rows that a question asks for, and that are ranked again by their exact similarity."""
_LEAST_DEPTH = 200
_MOST_DEPTH = 0.02
"""Of all rows."""
_RANKED = 20
"""What it costs to rank a row by its bytes, in rows gone through by their codes; measured."""
_TRAINED_PER_CELL = 50
_DRIFT_SAMPLE = 5_000
_MOST_DRIFT = 1.2
"""Error of the rows over that of those trained on, from which on cells are trained anew."""
_MOST_GROWTH = 0.3
"""Change of size since the cells were trained, from which on they are trained anew."""
_SEED = 7

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrainedCells:
    """Cells of a segment before, whose centres may serve again."""

    path: Path
    cells: Cells


def write_cells(
    path: Path,
    rows: VectorFile,
    live: Sequence[range],
    questions: Vectors,
    before: Sequence[TrainedCells],
) -> Cells:
    """Write cells for the live rows of a segment, tuned on questions; shape (questions, dimension).

    Centres from before are taken over unless the rows have drifted from them. Raises OSError.
    """
    use_passive_threads()
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    count = sum(map(len, live))
    index, trained = _trained(rows, live, count, before)
    cells = cells_of(index)
    for run in [part for part_of in live for part in chunks(part_of)]:
        cells.add_with_ids(rows.read(run), np.arange(run.start, run.stop))
    for run in chunks(range(len(rows))):
        index.refine_index.add(rows.read(run))
    index.ntotal = len(rows)
    exact = _exact_best(rows, live, questions)

    def recall(probes: int, depth: int) -> float:
        asked = min(_ASKED, count)
        _, found = index.search(questions, asked, params=search_parameters(probes, depth / asked))
        shared = [len(set(a) & set(b)) for a, b in zip(exact.tolist(), found.tolist(), strict=True)]
        return sum(shared) / exact.size

    probes, depth = operating_point(recall, count, cells.nlist, LEAST_RECALL + _MARGIN)
    depth *= _DEEPER
    _save(index, path)
    return Cells(
        factory=trained.factory,
        probes=probes,
        depth=depth,
        recall=round(recall(probes, depth), 4),
        questions=len(questions),
        trained_on=trained.trained_on,
        trained_at=trained.trained_at,
        error=trained.error,
    )


def cell_count(rows: int) -> int:
    """Give the power of two nearest to four times the root of the rows."""
    return int(2 ** round(math.log2(4 * math.sqrt(rows))))


def operating_point(
    recall: Callable[[int, int], float], rows: int, cells: int, least: float
) -> tuple[int, int]:
    """Give the probes and the depth that reach a recall at the least cost.

    All cells and the greatest depth, a fiftieth of the rows, where nothing does. Recall grows with
    either.
    """
    depths = [_LEAST_DEPTH]
    while depths[-1] < _MOST_DEPTH * rows:
        depths.append(2 * depths[-1])
    found, cost, probes = (cells, depths[-1]), math.inf, cells
    for depth in depths:
        ranked = depth * _RANKED
        if ranked >= cost:
            break
        if recall(probes, depth) < least:
            continue
        probes = smallest_reaching(partial(_at_depth, recall, depth), probes, least)
        spent = ranked + rows * probes / cells
        if spent < cost:
            found, cost = (probes, depth), spent
    return found


def _at_depth(recall: Callable[[int, int], float], depth: int, probes: int) -> float:
    return recall(probes, depth)


def smallest_reaching(recall: Callable[[int], float], most: int, least: float) -> int:
    """Give the smallest number of probes that reaches a recall, which the most of them do."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if recall(middle) >= least:
            high = middle
        else:
            low = middle + 1
    return low


def _trained(
    rows: VectorFile, live: Sequence[range], count: int, before: Sequence[TrainedCells]
) -> tuple[Any, Cells]:
    """Give an empty index with centres, those from before where they still fit."""
    for one in before:
        index = read_cells(one.path)
        index.reset()
        grown = abs(count - one.cells.trained_at) / one.cells.trained_at
        if grown <= _MOST_GROWTH and (
            _error(index, _sample(rows, live, _DRIFT_SAMPLE)) <= _MOST_DRIFT * one.cells.error
        ):
            return index, one.cells
    return _train(rows, live, count)


def _train(rows: VectorFile, live: Sequence[range], count: int) -> tuple[Any, Cells]:
    import faiss

    number = min(cell_count(count), count)
    # Odd dimensions cannot be coded by twos.
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


def _sample(rows: VectorFile, live: Sequence[range], most: int) -> Vectors:
    """Give live rows chosen by chance, at most so many; shape (rows, dimension)."""
    every = np.concatenate([np.arange(run.start, run.stop) for run in live])
    if len(every) > most:
        every = np.random.default_rng(_SEED).choice(every, most, replace=False)
    return rows.pick(np.sort(every).tolist())


def _save(index: Any, path: Path) -> None:  # noqa: ANN401
    """Write it out by ourselves: FAISS tells nobody that the disk is full. Raises OSError."""
    import faiss

    with path.open("wb") as file:
        try:
            writer = faiss.PyCallbackIOWriter(file.write, 1 << 20)  # type: ignore[attr-defined]
            faiss.write_index(index, writer)
        except RuntimeError as error:
            raise OSError(f"{path.name}: {error}") from error
    sync_file(path)


def _error(index: Any, vectors: Vectors) -> float:  # noqa: ANN401
    """Give the mean squared distance from the nearest centre; all have length 1."""
    similarities, _ = cells_of(index).quantizer.search(vectors, 1)
    return float(2 - 2 * similarities.mean())


def _exact_best(rows: VectorFile, live: Sequence[range], questions: Vectors) -> Ids:
    """Give the most similar rows to each question; shape (questions, 10 at most)."""
    best = np.zeros((len(questions), 0), dtype=np.float32)
    ids = np.zeros((len(questions), 0), dtype=np.int64)
    for run in [part for part_of in live for part in chunks(part_of)]:
        here = np.arange(run.start, run.stop)
        best = np.concatenate([best, questions @ rows.read(run).T], axis=1)
        ids = np.concatenate([ids, np.broadcast_to(here, (len(questions), len(here)))], axis=1)
        if best.shape[1] > _BEST:
            order = np.argpartition(-best, _BEST - 1, axis=1)[:, :_BEST]
            best = np.take_along_axis(best, order, axis=1)
            ids = np.take_along_axis(ids, order, axis=1)
    return ids
