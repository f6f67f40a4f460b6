"""Search over passage vectors: cosine, for rows have length 1; says similarity always."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.models.passage_encoder import Vectors
from index.storage.segment import Segment

Mask = NDArray[np.bool_]
"""Shape (rows of a segment,)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found."""

    passage: int
    """Id of the passage."""
    similarity: float
    """Cosine to the question, in [-1, 1]."""


@dataclass(frozen=True)
class VectorIndex:
    """The vectors of one generation."""

    segments: tuple[Segment, ...]
    dropped: tuple[range, ...]
    """Ids in the segments that are no passages, or none any more."""

    def __len__(self) -> int:
        rows = sum(len(segment.rows) for segment in self.segments)
        return rows - sum(map(len, self.dropped))

    def search(self, vector: Vectors, most: int, within: Sequence[range] = ()) -> list[Hit]:
        """Find the passages most similar to one vector of shape (dimension,), best first.

        `within` keeps the search to these passage ids, before the cut; empty means everywhere.
        """
        hits = [
            Hit(segment.record.first + row, min(1.0, max(-1.0, similarity)))
            for segment, live in zip(self.segments, self._live, strict=True)
            for row, similarity in segment.search(
                vector, most, self._allowed(segment, live, within)
            )
        ]
        hits.sort(key=lambda hit: (-hit.similarity, hit.passage))
        return hits[:most]

    def rows(self, ids: Sequence[int] | range) -> Vectors:
        """Give the vectors of some passages; shape (passages, dimension)."""
        if not ids:
            return np.zeros((0, 0), np.float32)
        if isinstance(ids, range):
            segment = self.segments[self._segment_of(ids.start)]
            first = segment.record.first
            return segment.rows.read(range(ids.start - first, ids.stop - first))
        found = np.empty((len(ids), self.segments[0].dimension), np.float32)
        segments = np.array([self._segment_of(passage) for passage in ids])
        for at in set(segments.tolist()):
            segment, places = self.segments[at], np.flatnonzero(segments == at)
            first = segment.record.first
            found[places] = segment.rows.pick([ids[place] - first for place in places.tolist()])
        return found

    def _segment_of(self, passage: int) -> int:
        return bisect_right(self._firsts, passage) - 1

    @cached_property
    def _firsts(self) -> list[int]:
        return [segment.record.first for segment in self.segments]

    @cached_property
    def _live(self) -> tuple[tuple[Mask, ...], ...]:
        """What of each segment is still there; nothing where that is all of it."""
        return tuple(
            (~mask,) if (mask := _mask(segment, self.dropped)).any() else ()
            for segment in self.segments
        )

    def _allowed(
        self, segment: Segment, live: tuple[Mask, ...], within: Sequence[range]
    ) -> tuple[Mask, ...]:
        if not within:
            return live
        mask = _mask(segment, within)
        return tuple([mask & live[0]] if live else [mask])


def _mask(segment: Segment, ids: Sequence[range]) -> Mask:
    first, count = segment.record.first, segment.record.rows
    mask = np.zeros(count, dtype=np.bool_)
    for one in ids:
        if one.stop > first and one.start < first + count:
            mask[max(0, one.start - first) : one.stop - first] = True
    return mask
