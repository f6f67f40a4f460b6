"""The data of the report's table of questions, embedded as JSON for report.js."""

from collections.abc import Callable, Sequence

import msgspec

from eval.metrics.ranking import RANKINGS
from eval.outcomes import Cause, JudgedAnswer, Outcome
from eval.sets.highlight import MarkedText
from eval.sets.question_set import Gold

Show = Callable[[str], str]
"""Makes misleading characters visible: bidirectional marks, control characters."""


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """A piece of a quote."""

    text: str
    marked: bool


class GoldRow(msgspec.Struct, frozen=True):
    """A gold reference."""

    location: str
    answers: list[str]
    quote: list[Piece]


class AnswerRow(msgspec.Struct, frozen=True):
    """An answer, or a candidate below the threshold."""

    text: str
    quote: list[Piece]
    location: str
    confidence: float
    f1: float
    right: bool
    line_right: bool


class RankRow(msgspec.Struct, frozen=True):
    """The rank of the first gold reference in a ranking; None if it has none."""

    ranking: str
    rank: int | None


class Row(msgspec.Struct, frozen=True):
    """A question."""

    id: str
    question: str
    searched: str
    history: list[str]
    tags: list[str]
    kind: str
    reply: str
    reason: str
    cause: str
    """Empty if it did not fail."""
    f1: float
    confidence: float
    milliseconds: float
    gold: list[GoldRow]
    rejected: list[GoldRow]
    answers: list[AnswerRow]
    ranks: list[RankRow]


def rows_of(outcomes: Sequence[Outcome], show: Show) -> list[Row]:
    """Return the rows, with every text passed through `show`."""
    return [_row(outcome, show) for outcome in outcomes]


def _row(outcome: Outcome, show: Show) -> Row:
    return Row(
        id=show(outcome.id),
        question=show(outcome.question),
        searched=show(outcome.searched_question),
        history=[show(question) for question in outcome.history],
        tags=[show(tag) for tag in outcome.tags],
        kind=outcome.kind.value,
        reply=show(outcome.reply),
        reason=outcome.reason,
        cause="" if outcome.cause is Cause.NONE else outcome.cause.value,
        f1=round(outcome.f1, 4),
        confidence=round(outcome.confidence, 4),
        milliseconds=round(outcome.milliseconds.total, 1),
        gold=[_gold(gold, quote, show) for gold, quote in outcome.quoted_gold],
        rejected=[_gold(gold, quote, show) for gold, quote in outcome.quoted_rejected],
        answers=[_answer(answer, show) for answer in outcome.answers],
        ranks=[RankRow(ranking, outcome.rank(ranking)) for ranking in (*RANKINGS, "read")],
    )


def _gold(gold: Gold, quote: MarkedText, show: Show) -> GoldRow:
    return GoldRow(show(gold.location), [show(text) for text in gold.answers], _pieces(quote, show))


def _pieces(quote: MarkedText, show: Show) -> list[Piece]:
    return [Piece(show(text), is_marked) for text, is_marked in quote.pieces]


def _answer(answer: JudgedAnswer, show: Show) -> AnswerRow:
    return AnswerRow(
        show(answer.text),
        _pieces(answer.marked_quote, show),
        f"{show(answer.path)}:{answer.line}:{answer.column}",
        round(answer.confidence, 4),
        round(answer.f1, 4),
        answer.is_right,
        answer.is_line_right,
    )
