"""The segments of a generation to be: which stay as they are, and what the new one holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.growth import Growth
from index.passage_table import Move
from index.plan import Fresh, Plan, Same
from index.segments import SegmentRecord
from index.stored import StoredArticle


@dataclass(frozen=True, slots=True)
class Shape:
    """The segments and articles of a generation to be."""

    kept: tuple[SegmentRecord, ...]
    """Segments that stay as they are."""
    moves: tuple[tuple[SegmentRecord, tuple[Move, ...]], ...]
    """What is written from segments of before into the new one."""
    ids: range
    """Of the new segment; empty where there is none."""
    renumbered: bool
    """Whether kept passages have other ids than before."""
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
    kept = [one for one in articles if not one.passages or one.passages.start < fresh.start]
    live = sum(len(article.passages) for article in articles)
    rows = sum(segment.rows for segment in segments) + len(fresh)
    if growth.is_worn(rows, live):
        return _anew(articles, kept, segments, fresh, gone)
    count = growth.absorbed([segment.rows for segment in segments], len(fresh))
    staying, absorbed = segments[: len(segments) - count], segments[len(segments) - count :]
    runs = _joined(article.passages for article in kept)
    moves = tuple(
        (one, tuple(Move(run, 0) for run in within(range(one.first, one.stop), runs)))
        for one in absorbed
    )
    first = absorbed[0].first if absorbed else fresh.start
    return Shape(tuple(staying), moves, range(first, fresh.stop), False, articles, gone)


def _anew(
    articles: Sequence[StoredArticle], kept: Sequence[StoredArticle],
    segments: Sequence[SegmentRecord], fresh: range, gone: tuple[int, ...],
) -> Shape:  # fmt: skip
    """Write everything anew, without gaps: what was kept comes after what is fresh."""
    at = fresh.stop
    moved: dict[int, range] = {}
    moves: list[Move] = []
    for article in sorted(kept, key=lambda article: article.passages.start):
        ids = article.passages
        moved[article.id] = range(at, at + len(ids))
        if moves and moves[-1].ids.stop == ids.start and moves[-1].shift == at - ids.start:
            moves[-1] = Move(range(moves[-1].ids.start, ids.stop), moves[-1].shift)
        else:
            moves.append(Move(ids, at - ids.start))
        at += len(ids)
    taken = tuple((one, tuple(_of_segment(one, moves))) for one in segments)
    everything = tuple(replace(one, passages=moved.get(one.id, one.passages)) for one in articles)
    return Shape((), taken, range(fresh.start, at), True, everything, gone)


def _of_segment(segment: SegmentRecord, moves: Sequence[Move]) -> Iterator[Move]:
    for move in moves:
        for part in within(range(segment.first, segment.stop), [move.ids]):
            yield Move(part, move.shift)


def _stored(planned: Fresh | Same) -> StoredArticle:
    if isinstance(planned, Same):
        return replace(planned.stored, found=planned.found, seen_ns=planned.seen_ns)
    staged = planned.staged
    return StoredArticle(
        staged.article_id, planned.found, planned.seen_ns, planned.article, staged.passages
    )


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
