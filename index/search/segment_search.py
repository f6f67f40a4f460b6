"""Search of one segment's vectors in FAISS: all rows if there are few, else those of some cells.

What the cells yield is ranked again by the rows themselves, so that similarities are exact.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.models.passage_encoder import Vectors
from index.search.vector_file import VectorFile

_FEW = 20_000
"""Rows allowed by a filter, up to which every one is compared and no cells are searched."""

_ONE_QUESTION_AT_A_TIME = 11
"""FAISS's `implem` with a reservoir for results: the fastest for one question on one thread."""

Mask = NDArray[np.bool_]
"""Shape (rows,): the rows that may be found."""
Found = list[tuple[int, float]]
"""Rows and similarities, best first."""


class Exact(msgspec.Struct, frozen=True, tag="exact"):
    """Every row is compared."""


class Cells(msgspec.Struct, frozen=True, tag="cells"):
    """Rows are grouped in cells around centres; only the nearest cells are searched."""

    factory: str
    """The index in FAISS's factory notation."""
    probes: int
    """Cells searched for a question."""
    depth: int
    """Rows, the best by their four-bit codes, that are ranked by one byte per dimension."""
    recall: float
    """Share of the exact best ten that is found, measured when the cells were built."""
    questions: int
    """Questions that the recall was measured with."""
    trained_on: int
    """Vectors."""
    trained_at: int
    """Rows of the segment when the cells were trained."""
    error: float
    """Mean squared distance of the training vectors from their cell's centre."""


SearchMethod = Exact | Cells
"""How a segment is searched."""


@dataclass(frozen=True)
class SegmentSearcher:
    """A segment's rows, ready to be searched."""

    faiss_index: Any
    rows: VectorFile
    method: SearchMethod

    @classmethod
    def open(
        cls, rows: VectorFile, count: int, cells: Path, method: SearchMethod
    ) -> "SegmentSearcher":
        """Load the first `count` rows, or the file of their cells. Raises IndexDamaged."""
        use_passive_threads()
        if isinstance(method, Exact):
            return cls(_exact(rows, count), rows, method)
        index = read_cells(cells)
        cells_of(index).implem = _ONE_QUESTION_AT_A_TIME
        return cls(index, rows, method)

    def search(self, vector: Vectors, limit: int, allowed: Mask | None = None) -> Found:
        """Return the rows most similar to a vector, among those allowed; None allows all."""
        import faiss

        faiss.omp_set_num_threads(1)  # one question is not faster on more
        if isinstance(self.method, Exact):
            return self._search(vector, limit, faiss.SearchParameters(**_selector(allowed)))
        probes = self.method.probes
        if allowed is not None:
            count = int(np.count_nonzero(allowed))
            if count <= _FEW:
                return self._ranked(np.flatnonzero(allowed), vector, limit)
            # The fewer rows are allowed, the farther away the nearest of them are.
            probes = min(cells_of(self.faiss_index).nlist, -(-probes * len(allowed) // count))
        factor = max(1.0, self.method.depth / limit)
        found = self._search(vector, limit, search_parameters(probes, factor, allowed))
        return self._ranked(np.array([row for row, _ in found], dtype=np.int64), vector, limit)

    def _search(self, vector: Vectors, limit: int, parameters: Any) -> Found:  # noqa: ANN401
        count = min(limit, self.faiss_index.ntotal)
        if not count:
            return []
        question = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        similarities, rows = self.faiss_index.search(question, count, params=parameters)
        return [
            (row, similarity)
            for row, similarity in zip(rows[0].tolist(), similarities[0].tolist(), strict=True)
            if row >= 0
        ]

    def _ranked(self, rows: NDArray[np.int64], vector: Vectors, limit: int) -> Found:
        """Rank rows, in any order, by their exact similarities."""
        if not len(rows):
            return []
        rows = np.sort(rows)
        similarities = self.rows.pick(rows.tolist()) @ vector
        best = np.argsort(-similarities, kind="stable")[:limit]
        return list(zip(rows[best].tolist(), similarities[best].tolist(), strict=True))


def read_cells(path: Path) -> Any:  # noqa: ANN401
    """Read cells into memory. Raises IndexDamaged if FAISS cannot read the file."""
    import faiss

    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        raise IndexDamaged(
            f"{path} cannot be read as vectors; run `byline index --full`"
        ) from error


def cells_of(index: Any) -> Any:  # noqa: ANN401
    """Return the inverted file inside an index: the part that holds the cells."""
    import faiss

    return faiss.downcast_index(index.base_index)


def search_parameters(probes: int, factor: float, allowed: Mask | None = None) -> Any:  # noqa: ANN401
    """Return how to search cells: how many, and how many times `limit` rows to rank by bytes."""
    import faiss

    cells = faiss.SearchParametersIVF(nprobe=probes, **_selector(allowed))  # type: ignore[call-arg]
    return faiss.IndexRefineSearchParameters(k_factor=factor, base_index_params=cells)  # type: ignore[call-arg]


def _selector(allowed: Mask | None) -> dict[str, Any]:
    """Return FAISS's search parameter for a filter; empty without one."""
    import faiss

    if allowed is None:
        return {}
    bits = np.packbits(allowed, bitorder="little")
    return {"sel": faiss.IDSelectorBitmap(bits)}  # type: ignore[call-arg, arg-type]


def use_passive_threads() -> None:
    """Have FAISS's threads sleep while they wait: spinning threads crawl on a busy machine.

    Has an effect only before FAISS is imported.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _exact(rows: VectorFile, count: int) -> Any:  # noqa: ANN401
    import faiss

    index = faiss.IndexScalarQuantizer(
        rows.dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    codes = np.frombuffer(rows.stored_bytes(range(count)), np.uint8)
    faiss.copy_array_to_vector(codes, index.codes)
    index.ntotal = count
    return index
