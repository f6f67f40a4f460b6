"""Searching one segment's vectors in FAISS: all rows where they are few, else those of some cells.

Whatever cells give is ranked again by the rows themselves, so similarities are exact.
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
from index.search.vector_file import VectorRows

_FEW = 20_000
"""Rows allowed by a filter, up to which each is compared and no cells are gone through."""

_ONE_BY_ONE = 11
"""FAISS's way through cells that holds one question against them, and gathers what is best in a
reservoir: of its ways the fastest for one question on one thread."""

Mask = NDArray[np.bool_]
"""Shape (rows,): the rows that may be found."""
Found = list[tuple[int, float]]
"""Rows and similarities, the best first."""


class Exact(msgspec.Struct, frozen=True, tag="exact"):
    """All rows are gone through."""


class Cells(msgspec.Struct, frozen=True, tag="cells"):
    """Rows lie in cells around centres, and the nearest cells are gone through."""

    factory: str
    """FAISS's name for it."""
    probes: int
    """Cells gone through for a question."""
    depth: int
    """Rows, the best by their codes of four bits, that are ranked by a byte for each dimension."""
    recall: float
    """Of the exact best ten, with that many; measured when it was built."""
    questions: int
    """That it was measured with."""
    trained_on: int
    """Vectors."""
    trained_at: int
    """Rows that there were when the cells were trained."""
    error: float
    """Mean squared distance, from its cell's centre, of what was trained on."""


Way = Exact | Cells
"""How a segment is searched."""


@dataclass(frozen=True)
class Searcher:
    """A segment's rows, ready to be searched."""

    faiss_index: Any
    rows: VectorRows
    way: Way

    @classmethod
    def open(cls, rows: VectorRows, count: int, cells: Path, way: Way) -> "Searcher":
        """Load what is searched of so many rows into memory. Raises IndexDamaged."""
        let_threads_sleep()
        if isinstance(way, Exact):
            return cls(_exact(rows, count), rows, way)
        index = read_cells(cells)
        cells_of(index).implem = _ONE_BY_ONE
        return cls(index, rows, way)

    def search(self, vector: Vectors, most: int, allowed: tuple[Mask, ...] = ()) -> Found:
        """Find the rows most similar to a vector, among those allowed; nothing means all."""
        match self.way:
            case Exact():
                return self._search_all(vector, most, allowed)
            case Cells(probes=probes, depth=depth):
                return self._search_cells(vector, most, probes, depth, allowed)

    def _search_all(self, vector: Vectors, most: int, allowed: tuple[Mask, ...]) -> Found:
        import faiss

        faiss.omp_set_num_threads(1)
        return self._search(vector, most, faiss.SearchParameters(**_selected(allowed)))

    def _search_cells(
        self, vector: Vectors, most: int, probes: int, depth: int, allowed: tuple[Mask, ...]
    ) -> Found:
        import faiss

        for mask in allowed:
            count = int(np.count_nonzero(mask))
            if count <= _FEW:
                return self._ranked(np.flatnonzero(mask), vector, most)
            # The fewer rows are allowed, the farther away the nearest ones are.
            probes = min(cells_of(self.faiss_index).nlist, -(-probes * len(mask) // count))
        faiss.omp_set_num_threads(1)  # FAISS shares one question out badly: two are no faster
        parameters = parameters_of(probes, max(1.0, depth / most), allowed)
        found = self._search(vector, most, parameters)
        return self._ranked(np.array([row for row, _ in found], dtype=np.int64), vector, most)

    def _search(self, vector: Vectors, most: int, parameters: Any) -> Found:  # noqa: ANN401
        count = min(most, self.faiss_index.ntotal)
        if not count:
            return []
        question = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        similarities, rows = self.faiss_index.search(question, count, params=parameters)
        return [
            (row, similarity)
            for row, similarity in zip(rows[0].tolist(), similarities[0].tolist(), strict=True)
            if row >= 0
        ]

    def _ranked(self, rows: NDArray[np.int64], vector: Vectors, most: int) -> Found:
        """Rank rows, in ascending order or not, by their exact similarities."""
        if not len(rows):
            return []
        rows = np.sort(rows)
        similarities = self.rows.pick(rows.tolist()) @ vector
        best = np.argsort(-similarities, kind="stable")[:most]
        return list(zip(rows[best].tolist(), similarities[best].tolist(), strict=True))


def read_cells(path: Path) -> Any:  # noqa: ANN401
    """Read cells into memory. Raises IndexDamaged where FAISS cannot make sense of them."""
    import faiss

    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        raise IndexDamaged(
            f"{path} cannot be read as vectors; run `byline index --full`"
        ) from error


def cells_of(index: Any) -> Any:  # noqa: ANN401
    """Give the part of an index that holds the cells."""
    import faiss

    return faiss.downcast_index(index.base_index)


def parameters_of(probes: int, factor: float, allowed: tuple[Mask, ...] = ()) -> Any:  # noqa: ANN401
    """Say how cells are searched: how many, and how many times more rows are ranked than asked."""
    import faiss

    cells = faiss.SearchParametersIVF(nprobe=probes, **_selected(allowed))  # type: ignore[call-arg]
    return faiss.IndexRefineSearchParameters(k_factor=factor, base_index_params=cells)  # type: ignore[call-arg]


def _selected(allowed: tuple[Mask, ...]) -> dict[str, Any]:
    import faiss

    selected: dict[str, Any] = {}
    for mask in allowed:
        bits = np.packbits(mask, bitorder="little")
        selected["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
    return selected


def let_threads_sleep() -> None:
    """Have FAISS's threads sleep while they wait: on a busy machine those crawl that spin.

    Of use before FAISS is loaded.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _exact(rows: VectorRows, count: int) -> Any:  # noqa: ANN401
    import faiss

    index = faiss.IndexScalarQuantizer(
        rows.dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    faiss.copy_array_to_vector(np.frombuffer(rows.stored(range(count)), np.uint8), index.codes)
    index.ntotal = count
    return index
