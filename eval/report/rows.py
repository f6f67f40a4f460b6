"""What the report's table knows of each question."""

from collections.abc import Callable, Sequence

import msgspec

from eval.metrics.ranking import RANKINGS
from eval.outcomes import Cause, Found, Given, Outcome
from eval.sets.highlight import Marked
from eval.sets.question_set import Gold

Show = Callable[[str], str]
"""Makes what could mislead a reader visible: bidirectional marks, control characters."""


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A part of a quote."""

    text: str
    marked: bool


class PlaceRow(msgspec.Struct, frozen=True):
    """A gold place."""

    place: str
    answers: list[str]
    quote: list[Piece]


class GivenRow(msgspec.Struct, frozen=True):
    """An answer, given or near."""

    text: str
    quote: list[Piece]
    place: str
    confidence: float
    f1: float
    right: bool
    line_right: bool


class RankRow(msgspec.Struct, frozen=True):
    """Where the first gold place stands in a ranking; 0 where it does not."""

    ranking: str
    rank: int


class Row(msgspec.Struct, frozen=True):
    """A question."""

    id: str
    question: str
    asked: str
    history: list[str]
    tags: list[str]
    kind: str
    reply: str
    reason: str
    cause: str
    """Empty where it did not fail."""
    f1: float
    confidence: float
    milliseconds: float
    gold: list[PlaceRow]
    rejected: list[PlaceRow]
    given: list[GivenRow]
    ranks: list[RankRow]


def rows_of(outcomes: Sequence[Outcome], show: Show) -> list[Row]:
    """Give what is shown of each question, every text of it made safe to look at."""
    return [_row(one, show) for one in outcomes]


def _row(outcome: Outcome, show: Show) -> Row:
    return Row(
        id=show(outcome.id),
        question=show(outcome.question),
        asked=show(outcome.asked),
        history=[show(one) for one in outcome.history],
        tags=[show(one) for one in outcome.tags],
        kind=outcome.kind.value,
        reply=show(outcome.reply),
        reason=outcome.reason,
        cause="" if outcome.cause is Cause.NONE else outcome.cause.value,
        f1=round(outcome.f1, 4),
        confidence=round(outcome.confidence, 4),
        milliseconds=round(outcome.milliseconds.total, 1),
        gold=[_place(place, quote, show) for place, quote in outcome.quoted_gold],
        rejected=[_place(place, quote, show) for place, quote in outcome.quoted_rejected],
        given=[_given(one, show) for one in outcome.given],
        ranks=[
            RankRow(name, _first(getattr(outcome.rankings, name))) for name in (*RANKINGS, "read")
        ],
    )


def _place(gold: Gold, quote: Marked, show: Show) -> PlaceRow:
    return PlaceRow(show(gold.place), [show(one) for one in gold.answers], _pieces(quote, show))


def _pieces(quote: Marked, show: Show) -> list[Piece]:
    return [Piece(show(text), is_marked) for text, is_marked in quote.pieces]


def _given(given: Given, show: Show) -> GivenRow:
    return GivenRow(
        show(given.text),
        _pieces(given.marked, show),
        f"{show(given.path)}:{given.line}:{given.column}",
        round(given.confidence, 4),
        round(given.f1, 4),
        given.is_right,
        given.is_line_right,
    )


def _first(found: Sequence[Found]) -> int:
    return min((one.rank for one in found), default=0)
