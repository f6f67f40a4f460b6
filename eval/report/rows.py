"""The data of the report's table of questions, embedded as JSON for report.js."""

from collections.abc import Callable
from typing import Any

from eval.metrics.ranking import RANKINGS
from eval.outcomes import Cause, JudgedAnswer, Outcome
from eval.sets.highlight import MarkedText
from eval.sets.question_set import Gold
from qa.answers import State

Show = Callable[[str], str]
"""Makes misleading characters visible: bidirectional marks, control characters."""


def row_of(outcome: Outcome, show: Show) -> dict[str, Any]:
    """Return the row of a question, with every text passed through `show`."""
    return {
        "id": show(outcome.id),
        "question": show(outcome.question),
        "searched": show(outcome.searched_question),
        "history": [show(question) for question in outcome.history],
        "tags": [show(tag) for tag in outcome.tags],
        "within": [show(path) for path in outcome.within],
        "kind": outcome.kind.value,
        "reply": show(outcome.reply),
        "perhaps": outcome.state is State.PERHAPS,
        "reason": outcome.reason,
        "cause": "" if outcome.cause is Cause.NONE else outcome.cause.value,
        "f1": round(outcome.f1, 4),
        "confidence": round(outcome.confidence, 4),
        "milliseconds": round(outcome.milliseconds.total, 1),
        "gold": [_gold(gold, quote, show) for gold, quote in outcome.quoted_gold],
        "rejected": [_gold(gold, quote, show) for gold, quote in outcome.quoted_rejected],
        "answers": [_answer(answer, show) for answer in outcome.answers],
        "ranks": [
            {"ranking": ranking, "rank": outcome.rank(ranking)} for ranking in (*RANKINGS, "read")
        ],
    }


def _gold(gold: Gold, quote: MarkedText, show: Show) -> dict[str, Any]:
    return {
        "location": show(gold.location),
        "answers": [show(text) for text in gold.answers],
        "quote": _pieces(quote, show),
    }


def _answer(answer: JudgedAnswer, show: Show) -> dict[str, Any]:
    return {
        "text": show(answer.text),
        "quote": _pieces(answer.marked_quote, show),
        "location": f"{show(answer.path)}:{answer.line}:{answer.column}",
        "confidence": round(answer.confidence, 4),
        "f1": round(answer.f1, 4),
        "right": answer.is_right,
        "line_right": answer.is_line_right,
    }


def _pieces(quote: MarkedText, show: Show) -> list[tuple[str, bool]]:
    return [(show(text), is_marked) for text, is_marked in quote.pieces]
