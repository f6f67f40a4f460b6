"""The segments of the next generation: which stay as they are, and what the new one holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from index.build.merge_policy import MergePolicy
from index.build.scan import ScanResult
from index.search.vector_file import Ids, joined
from index.storage.passage_table import Move
from index.storage.records import StoredArticle
from index.storage.segment import SegmentRecord


@dataclass(frozen=True)
class SegmentPlan:
    """The segments and articles of the next generation."""

    kept: tuple[SegmentRecord, ...]
    """Segments that stay as they are."""
    moves: tuple[Move, ...]
    """What is written to the new segment, besides fresh passages that keep their ids."""
    ids: range
    """Of the new segment; empty if there is none."""
    renumbered: bool
    """Whether all passages get new ids, in the order of their articles."""
    articles: tuple[StoredArticle, ...]
    """All articles, in the order in which they were found."""
    deleted: tuple[int, ...]
    """Ids of the previous generation's articles that are not kept."""

    @cached_property
    def live(self) -> list[range]:
        """The ids of all passages, in order."""
        return _ids_of(self.articles)

    @property
    def dropped(self) -> list[range]:
        """The ids within the segments that belong to no passage."""
        segments = [range(record.first, record.stop) for record in self.kept] + [self.ids]
        live = self.live
        return [gap for segment in segments for gap in _gaps(segment, live)]


def plan_segments(
    scan: ScanResult, stored: Sequence[StoredArticle], segments: Sequence[SegmentRecord],
    fresh: range, policy: MergePolicy,
) -> SegmentPlan:  # fmt: skip
    """Decide what is written.

    `stored` and `segments` are those of the previous generation, and `fresh` the ids of the
    passages that were read in this build.
    """
    articles = tuple(scan.articles)
    kept_ids = {article.id for article in articles}
    deleted = tuple(article.id for article in stored if article.id not in kept_ids)
    live = sum(len(article.passages) for article in articles)
    rows = sum(segment.rows for segment in segments) + len(fresh)
    if policy.is_worn(rows, live):
        return _rewrite_all(articles, fresh.stop, deleted)
    count = policy.merge_count([segment.rows for segment in segments], len(fresh))
    kept, absorbed = segments[: len(segments) - count], segments[len(segments) - count :]
    first = absorbed[0].first if absorbed else fresh.start
    runs = within(range(first, fresh.start), _ids_of(articles))
    moves = tuple(Move(run, 0) for run in runs)
    return SegmentPlan(tuple(kept), moves, range(first, fresh.stop), False, articles, deleted)


def _rewrite_all(
    articles: Sequence[StoredArticle], first: int, deleted: tuple[int, ...]
) -> SegmentPlan:
    """Plan one segment of all passages, without gaps and in order, as in a first build."""
    next_id = first
    renumbered = []
    moves: list[Move] = []
    for article in articles:
        ids, shift = article.passages, next_id - article.passages.start
        if moves and moves[-1].ids.stop == ids.start and moves[-1].shift == shift:
            moves[-1] = Move(range(moves[-1].ids.start, ids.stop), shift)
        else:
            moves.append(Move(ids, shift))
        renumbered.append(replace(article, passages=range(next_id, next_id + len(ids))))
        next_id += len(ids)
    return SegmentPlan((), tuple(moves), range(first, next_id), True, tuple(renumbered), deleted)


def rows_of_fresh(plan: SegmentPlan, fresh: range) -> Ids:
    """Return the row, in the new segment, of each fresh passage."""
    rows = np.arange(fresh.start, fresh.stop) - plan.ids.start
    if plan.renumbered:
        for move in plan.moves:
            for part in within(fresh, [move.ids]):
                rows[part.start - fresh.start : part.stop - fresh.start] += move.shift
    return rows


def _ids_of(articles: Iterable[StoredArticle]) -> list[range]:
    """Return the ids of the passages of articles, in order."""
    runs = [article.passages for article in articles if article.passages]
    return joined(sorted(runs, key=lambda run: run.start))


def within(bounds: range, runs: Sequence[range]) -> Iterator[range]:
    """Yield the parts of some runs that lie within bounds."""
    for run in runs:
        part = range(max(run.start, bounds.start), min(run.stop, bounds.stop))
        if part:
            yield part


def _gaps(bounds: range, runs: Sequence[range]) -> Iterator[range]:
    """Yield the parts of bounds that lie in none of some runs, which are in order."""
    start = bounds.start
    for run in within(bounds, runs):
        if run.start > start:
            yield range(start, run.start)
        start = run.stop
    if start < bounds.stop:
        yield range(start, bounds.stop)
