"""When segments are written anew: rules that keep updates cheap and searches few.

A segment is taken into the new one while it is at most `ratio` times as large as what is to be
written, so that a passage is written again only when what it lies in has grown by half: a logarithm
of times. That is what Lucene and log-structured merge trees do. Passages that are gone stay until
there are too many of them; then all is written anew without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Growth:
    """The rules, in figures."""

    ratio: int = 2
    most_segments: int = 8
    most_dropped: float = 0.2
    """Share of all rows that may be of passages that are gone."""

    least_in_cells: int = 50_000
    """Passages of a segment that is searched by cells; all of a smaller one are gone through."""

    def is_worn(self, rows: int, live: int) -> bool:
        """Tell whether too many of the rows are of passages that are gone."""
        return rows - live > self.most_dropped * rows

    def absorbed(self, segments: Sequence[int], fresh: int) -> int:
        """Give how many of the last segments, of these sizes, a new one takes in.

        None where nothing is added.
        """
        if not fresh:
            return 0
        count, size = 0, fresh
        while count < len(segments):
            last = segments[-1 - count]
            if last > self.ratio * size and len(segments) - count < self.most_segments:
                break
            size += last
            count += 1
        return count


DEFAULT_GROWTH = Growth()
