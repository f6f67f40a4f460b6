"""When segments are merged: rules that keep updates cheap and the number of segments small.

A new segment absorbs an older one that is at most `ratio` times as large as what is to be written,
so a passage is written again only when its segment grows by half: a logarithmic number of times.
Lucene and log-structured merge trees do the same. Passages that were deleted stay in their segments
until there are too many of them; then everything is rewritten without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """The limits."""

    ratio: int = 2
    max_segments: int = 8
    max_dropped: float = 0.2
    """Share of all rows that may belong to deleted passages."""

    ivf_threshold: int = 50_000
    """Passages from which on a segment gets an IVF index; smaller ones are searched exactly."""

    def is_worn(self, rows: int, live: int) -> bool:
        """Whether too many of the rows belong to deleted passages."""
        return rows - live > self.max_dropped * rows

    def merge_count(self, segments: Sequence[int], fresh: int) -> int:
        """Return how many of the last segments, given their sizes, a new one absorbs.

        Nothing is absorbed where nothing is added.
        """
        if not fresh:
            return 0
        count, size = 0, fresh
        while count < len(segments):
            last = segments[-1 - count]
            if last > self.ratio * size and len(segments) - count < self.max_segments:
                break
            size += last
            count += 1
        return count


DEFAULT_POLICY = MergePolicy()
