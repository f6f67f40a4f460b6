"""Search over passage vectors: cosine, for rows have length 1; says similarity always."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.segments import Segment

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
        if isinstance(ids, range) and ids:
            segment = self._segment_of(ids.start)
            first = segment.record.first
            return segment.rows.read(range(ids.start - first, ids.stop - first))
        picked = [
            self._segment_of(i).rows.pick([i - self._segment_of(i).record.first]) for i in ids
        ]
        return np.concatenate(picked) if picked else np.zeros((0, 0), np.float32)

    def _segment_of(self, passage: int) -> Segment:
        return next(one for one in reversed(self.segments) if one.record.first <= passage)

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
