"""The segments of a generation to be: which stay as they are, and what the new one holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.build.merge_policy import Growth
from index.build.scan import Fresh, Plan, Same
from index.storage.passage_table import Move
from index.storage.records import StoredArticle
from index.storage.segment import SegmentRecord

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shape:
    """The segments and articles of a generation to be."""

    kept: tuple[SegmentRecord, ...]
    """Segments that stay as they are."""
    moves: tuple[Move, ...]
    """What is written into the new segment, beside what is fresh and keeps its ids."""
    ids: range
    """Of the new segment; empty where there is none."""
    renumbered: bool
    """Whether all passages have other ids than before, in the order of their articles."""
    articles: tuple[StoredArticle, ...]
    """All of them, in the order in which they were found."""
    gone: tuple[int, ...]
    """Ids of articles that are no longer there."""

    @property
    def live(self) -> list[range]:
        """The ids of all passages, in runs, in order."""
        return _joined(article.passages for article in self.articles)

    @property
    def dropped(self) -> list[range]:
        """The ids in segments that are of no passage."""
        segments = [range(one.first, one.stop) for one in self.kept] + [self.ids]
        live = self.live
        return [gap for segment in segments for gap in _gaps(segment, live)]


def shape_of(
    plan: Plan, last: Sequence[StoredArticle], segments: Sequence[SegmentRecord],
    fresh: range, growth: Growth,
) -> Shape:  # fmt: skip
    """Decide what is written anew; `fresh` are the ids of what was read in this build."""
    articles = tuple(map(_stored, plan.articles))
    there = {article.id for article in articles}
    gone = tuple(article.id for article in last if article.id not in there)
    live = sum(len(article.passages) for article in articles)
    rows = sum(segment.rows for segment in segments) + len(fresh)
    if growth.is_worn(rows, live):
        return _anew(articles, fresh.stop, gone)
    count = growth.absorbed([segment.rows for segment in segments], len(fresh))
    staying, absorbed = segments[: len(segments) - count], segments[len(segments) - count :]
    first = absorbed[0].first if absorbed else fresh.start
    runs = _joined(article.passages for article in articles)
    moves = tuple(Move(run, 0) for run in within(range(first, fresh.start), runs))
    return Shape(tuple(staying), moves, range(first, fresh.stop), False, articles, gone)


def _anew(articles: Sequence[StoredArticle], first: int, gone: tuple[int, ...]) -> Shape:
    """Write everything anew, without gaps and in order, as a first build would."""
    at = first
    renumbered = []
    moves: list[Move] = []
    for article in articles:
        ids, shift = article.passages, at - article.passages.start
        if moves and moves[-1].ids.stop == ids.start and moves[-1].shift == shift:
            moves[-1] = Move(range(moves[-1].ids.start, ids.stop), shift)
        else:
            moves.append(Move(ids, shift))
        renumbered.append(replace(article, passages=range(at, at + len(ids))))
        at += len(ids)
    return Shape((), tuple(moves), range(first, at), True, tuple(renumbered), gone)


def _stored(planned: Fresh | Same) -> StoredArticle:
    if isinstance(planned, Same):
        return replace(planned.stored, found=planned.found, seen_ns=planned.seen_ns)
    staged = planned.staged
    return StoredArticle(
        staged.article_id, planned.found, planned.seen_ns, planned.article, staged.passages
    )


def rows_of_fresh(shape: Shape, fresh: range) -> Ints:
    """Give the row, in the new segment, of each fresh passage."""
    rows = np.arange(fresh.start, fresh.stop) - shape.ids.start
    if shape.renumbered:
        for move in shape.moves:
            for part in within(fresh, [move.ids]):
                rows[part.start - fresh.start : part.stop - fresh.start] += move.shift
    return rows


def _joined(ids: Iterable[range]) -> list[range]:
    """Put ranges in order, and those together that follow on one another."""
    joined: list[range] = []
    for one in sorted((one for one in ids if one), key=lambda one: one.start):
        if joined and joined[-1].stop == one.start:
            joined[-1] = range(joined[-1].start, one.stop)
        else:
            joined.append(one)
    return joined


def within(bounds: range, runs: Sequence[range]) -> Iterator[range]:
    """Yield what of some runs lies within bounds."""
    for run in runs:
        part = range(max(run.start, bounds.start), min(run.stop, bounds.stop))
        if part:
            yield part


def _gaps(bounds: range, runs: Sequence[range]) -> Iterator[range]:
    """Yield what of bounds lies in none of some runs, which are in order."""
    at = bounds.start
    for run in within(bounds, runs):
        if run.start > at:
            yield range(at, run.start)
        at = run.stop
    if at < bounds.stop:
        yield range(at, bounds.stop)
