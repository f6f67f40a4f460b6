"""A segment: passages that were written together, with their vectors; never written again.

Ids of its passages are its first id and their rows'; some rows may be of no passage.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from index.errors import IndexDamaged
from index.models.passage_encoder import Vectors
from index.search.segment_search import (
    Cells,
    Exact,
    Found,
    Mask,
    SearchMethod,
    SegmentSearcher,
    cells_of,
)
from index.search.vector_file import VectorFile
from index.storage.passage_table import PassageTable

PASSAGES = "passages.sqlite"
VECTORS = "vectors.f16"
CELLS = "cells.faiss"
_REPAIR = "run `byline index --full`"


class SegmentRecord(msgspec.Struct, frozen=True):
    """What a manifest says of a segment."""

    name: str
    """Of its folder, among the generation's segments."""
    first: int
    """Id of its first row."""
    rows: int
    passages: int
    """Rows that were passages when it was written."""
    way: SearchMethod

    @property
    def stop(self) -> int:
        """The first id after it."""
        return self.first + self.rows

    @property
    def description(self) -> str:
        """How it is searched, in words."""
        match self.way:
            case Exact():
                return f"{self.passages:,} passages, all gone through"
            case Cells(factory=factory, probes=probes, depth=depth, recall=recall):
                point = f"{probes} probes, depth {depth}, recall {recall}"
                return f"{self.passages:,} passages in {factory}, {point}"


@dataclass(frozen=True)
class Segment:
    """An opened segment."""

    folder: Path
    record: SegmentRecord
    dimension: int

    @cached_property
    def passages(self) -> PassageTable:
        """Its passages."""
        return PassageTable.open(self.folder / PASSAGES)

    @cached_property
    def rows(self) -> VectorFile:
        """Its vectors as they are."""
        return VectorFile.open(self.folder / VECTORS, self.dimension)

    @cached_property
    def _searcher(self) -> SegmentSearcher:
        return SegmentSearcher.open(
            self.rows, self.record.rows, self.folder / CELLS, self.record.way
        )

    def search(self, vector: Vectors, most: int, allowed: tuple[Mask, ...]) -> Found:
        """Find its rows most similar to a vector, among those allowed; nothing means all."""
        return self._searcher.search(vector, most, allowed[0] if allowed else None)

    def check(self) -> None:
        """Check that its parts agree with one another. Raises IndexDamaged."""
        counts = {
            PASSAGES: (len(self.passages), self.record.passages),
            VECTORS: (len(self.rows), self.record.rows),
        }
        if isinstance(self.record.way, Cells):
            in_cells = cells_of(self._searcher.faiss_index).ntotal
            counts[CELLS] = (in_cells, self.record.passages)
        for name, (found, expected) in counts.items():
            if found != expected:
                path = self.folder / name
                raise IndexDamaged(f"{path} holds {found} of {expected} passages; {_REPAIR}")

    def close(self) -> None:
        """Close what was opened."""
        if "passages" in self.__dict__:
            self.passages.close()
        if "rows" in self.__dict__:
            self.rows.close()
