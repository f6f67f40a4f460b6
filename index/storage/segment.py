"""A segment: passages that were written together, with their vectors; never written again.

The id of a passage is the segment's first id plus its row; some rows may belong to no passage.
"""

from contextlib import ExitStack, closing
from functools import cached_property
from pathlib import Path

import msgspec

from index.errors import IndexDamaged
from index.search.segment_search import Cells, Exact, SearchMethod, SegmentSearcher, cells_of
from index.search.vector_file import VectorFile
from index.storage.passage_table import PassageTable

PASSAGES = "passages.sqlite"
VECTORS = "vectors.f16"
CELLS = "cells.faiss"
_REPAIR = "run `byline index --full`"


class SegmentRecord(msgspec.Struct, frozen=True):
    """A segment in a manifest."""

    name: str
    """Of its folder, within the generation's segments."""
    first: int
    """Id of its first row."""
    rows: int
    passages: int
    """Rows that were passages when the segment was written."""
    method: SearchMethod = msgspec.field(name="way")

    @property
    def stop(self) -> int:
        """The first id after it."""
        return self.first + self.rows

    @property
    def description(self) -> str:
        """Its size and how it is searched."""
        match self.method:
            case Exact():
                return f"{self.passages:,} passages, exact search"
            case Cells(factory=factory, probes=probes, depth=depth, recall=recall):
                point = f"{probes} probes, depth {depth}, recall {recall}"
                return f"{self.passages:,} passages in {factory}, {point}"


class Segment:
    """An open segment; each of its files is opened when first used."""

    def __init__(self, folder: Path, record: SegmentRecord, dimension: int) -> None:
        self.folder = folder
        self.record = record
        self.dimension = dimension
        self._files = ExitStack()

    @cached_property
    def passages(self) -> PassageTable:
        """Its passages."""
        return self._files.enter_context(closing(PassageTable(self.folder / PASSAGES)))

    @cached_property
    def rows(self) -> VectorFile:
        """Its vectors."""
        return self._files.enter_context(closing(VectorFile(self.folder / VECTORS, self.dimension)))

    @cached_property
    def searcher(self) -> SegmentSearcher:
        """Search of its vectors."""
        record = self.record
        return SegmentSearcher.open(self.rows, record.rows, self.folder / CELLS, record.method)

    def check(self) -> None:
        """Check that its files agree on the number of passages. Raises IndexDamaged."""
        counts = {
            PASSAGES: (len(self.passages), self.record.passages),
            VECTORS: (len(self.rows), self.record.rows),
        }
        if isinstance(self.record.method, Cells):
            in_cells = cells_of(self.searcher.faiss_index).ntotal
            counts[CELLS] = (in_cells, self.record.passages)
        for name, (found, expected) in counts.items():
            if found != expected:
                path = self.folder / name
                raise IndexDamaged(f"{path} has {found} of {expected} passages; {_REPAIR}")

    def close(self) -> None:
        """Close the files that were opened."""
        self._files.close()
