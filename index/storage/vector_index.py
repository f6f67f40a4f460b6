"""Search over the passage vectors of a generation, by cosine similarity."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from index.models.passage_encoder import Vectors
from index.search.segment_search import Mask
from index.search.vector_file import Ids, exact_best
from index.storage.segment import Segment
from index.storage.selection import ALL, IdRanges, id_ranges


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found."""

    passage: int
    """Id of the passage."""
    similarity: float
    """Cosine to the question, in [-1, 1]."""


class VectorSearch(Protocol):
    """What a question needs of the vectors of a generation."""

    def search(self, vector: Vectors, limit: int, scope: IdRanges = ALL.passages) -> list[Hit]:
        """Return the passages most similar to one vector of shape (dimension,), best first.

        `scope` restricts the search, before the limit, to these passage ids; empty means all.
        """

    def rows(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of passages; shape (passages, dimension)."""

    def exact_best(self, questions: Vectors, limit: int) -> list[set[int]]:
        """Return the ids of the passages most similar to each question, by comparing all."""

    def __len__(self) -> int: ...


@dataclass(frozen=True)
class VectorIndex:
    """The vectors of one generation, all of length 1."""

    segments: tuple[Segment, ...]
    dropped: tuple[range, ...]
    """Ids within the segments that belong to no passage."""

    def __len__(self) -> int:
        rows = sum(len(segment.rows) for segment in self.segments)
        return rows - sum(map(len, self.dropped))

    def search(self, vector: Vectors, limit: int, scope: IdRanges = ALL.passages) -> list[Hit]:
        """Return the passages most similar to one vector of shape (dimension,), best first.

        `scope` restricts the search, before the limit, to these passage ids; empty means all.
        """
        hits = [
            Hit(segment.record.first + row, min(1.0, max(-1.0, similarity)))
            for segment, live in zip(self.segments, self._live, strict=True)
            for row, similarity in segment.searcher.search(
                vector, limit, _allowed(segment, live, scope)
            )
        ]
        hits.sort(key=lambda hit: (-hit.similarity, hit.passage))
        return hits[:limit]

    def rows(self, ids: Sequence[int]) -> Vectors:
        """Return the vectors of passages; shape (passages, dimension)."""
        if not ids:
            return np.zeros((0, 0), np.float32)
        vectors = np.empty((len(ids), self.segments[0].dimension), np.float32)
        firsts = [segment.record.first for segment in self.segments]
        segments = np.array([bisect_right(firsts, passage) - 1 for passage in ids])
        for index in set(segments.tolist()):
            segment, positions = self.segments[index], np.flatnonzero(segments == index)
            rows = [ids[position] - firsts[index] for position in positions.tolist()]
            vectors[positions] = segment.rows.pick(rows)
        return vectors

    def exact_best(self, questions: Vectors, limit: int) -> list[set[int]]:
        """Return the ids of the passages most similar to each question, by comparing all."""
        return [set(ids) for ids in exact_best(self._chunks(), questions, limit).tolist()]

    def _chunks(self) -> Iterator[tuple[Ids, Vectors]]:
        """Yield the ids and the vectors of all passages, a chunk at a time."""
        for segment, live in zip(self.segments, self._live, strict=True):
            for rows, vectors in segment.rows.chunks([range(segment.record.rows)]):
                keep = slice(None) if live is None else live[rows]
                yield rows[keep] + segment.record.first, vectors[keep]

    @cached_property
    def _live(self) -> list[Mask | None]:
        """The rows of each segment that belong to passages; None if all do."""
        masks = [~_mask(segment, id_ranges(self.dropped)) for segment in self.segments]
        return [None if mask.all() else mask for mask in masks]


def _allowed(segment: Segment, live: Mask | None, scope: IdRanges) -> Mask | None:
    if not len(scope):
        return live
    mask = _mask(segment, scope)
    return mask if live is None else mask & live


def _mask(segment: Segment, ids: IdRanges) -> Mask:
    """Return which rows of a segment have one of the ids."""
    first, count = segment.record.first, segment.record.rows
    bounds = np.clip(ids - first, 0, count)
    steps = np.zeros(count + 1, dtype=np.int16)
    np.add.at(steps, bounds[:, 0], 1)
    np.add.at(steps, bounds[:, 1], -1)
    return np.cumsum(steps[:count], dtype=np.int16) > 0
