"""Questions of a run on the terminal, with gold next to answers."""

import sys
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from eval.metrics.ranking import RANKINGS
from eval.outcomes import Cause, JudgedAnswer, Kind, Outcome
from eval.sets.highlight import MarkedText
from eval.sets.question_set import Gold
from tui.output.console import colour
from tui.output.sanitise import visible, visible_name
from tui.output.wording import confidence_label

_QUIET = "dim"
_LOCATION = "cyan"
_MARK = "bold underline"
_PLAIN_MARKS = ("⟦", "⟧")
"""Around marked words where text has no style."""


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print questions, one below the other."""
    is_styled = colour(sys.stdout.isatty())
    console = Console(no_color=not is_styled, highlight=False, emoji=False)
    for outcome in outcomes:
        console.print(Group(*_lines(outcome, is_styled)))


def _lines(outcome: Outcome, is_styled: bool) -> Iterator[Text | Table]:
    yield Text(visible(outcome.question), "bold")
    yield Text(" · ".join(_about(outcome)), _QUIET)
    answers = "Answers" if outcome.answered else f"Refused ({outcome.reason}); closest matches"
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    for heading in ("Gold", answers):
        table.add_column(Text(heading), ratio=1, overflow="fold")
    table.add_row(Group(*_gold_side(outcome, is_styled)), Group(*_answer_side(outcome, is_styled)))
    yield table


def _about(outcome: Outcome) -> Iterator[str]:
    yield visible(outcome.id)
    yield "right" if outcome.cause is Cause.NONE else outcome.cause.value
    if outcome.tags:
        yield visible(", ".join(outcome.tags))
    if outcome.history:
        yield visible(f"after: {' / '.join(outcome.history)}")
    if outcome.within:
        yield visible_name(f"in: {', '.join(outcome.within)}")
    if outcome.searched_question != outcome.question:
        yield visible(f"Searched for: {outcome.searched_question}")
    if outcome.gold:
        yield ", ".join(f"{name} {_rank(outcome, name)}" for name in (*RANKINGS, "read"))


def _rank(outcome: Outcome, ranking: str) -> str:
    rank = outcome.rank(ranking)
    return "–" if rank is None else f"#{rank}"


def _gold_side(outcome: Outcome, is_styled: bool) -> Iterator[Text]:
    if not outcome.gold:
        yield Text("Unanswerable" if outcome.kind is Kind.UNANSWERABLE else "Unknown")
    for number, (gold, quote) in enumerate(outcome.quoted_gold):
        if number:
            yield Text()
        yield from _reference(gold, quote, is_styled)
    for gold, quote in outcome.quoted_rejected:
        yield Text("Marked wrong:", _QUIET)
        yield from _reference(gold, quote, is_styled)


def _reference(gold: Gold, quote: MarkedText, is_styled: bool) -> Iterator[Text]:
    yield Text(visible(" | ".join(gold.answers)) or "(any words on these lines)", "bold")
    if quote.text:
        yield _marked(quote, is_styled)
    yield Text(visible_name(gold.location), _LOCATION)


def _answer_side(outcome: Outcome, is_styled: bool) -> Iterator[Text]:
    for number, answer in enumerate(outcome.answers):
        if number:
            yield Text()
        yield Text(visible(answer.text), "bold")
        yield _marked(answer.marked_quote, is_styled)
        location = f"{visible_name(answer.path)}:{answer.line}:{answer.column}"
        verdict = "  ".join(_verdict(outcome, answer))
        yield Text.assemble((location, _LOCATION), (f"  {verdict}", _QUIET))
    if not outcome.answers:
        yield Text("none")


def _verdict(outcome: Outcome, answer: JudgedAnswer) -> Iterator[str]:
    yield confidence_label(answer.confidence, answer.doubtful and outcome.answered)
    if outcome.kind is Kind.ANSWERABLE:
        yield f"F1 {answer.f1:.2f}"
    if outcome.gold:
        yield "gold line" if answer.is_line_right else "not a gold line"


def _marked(quote: MarkedText, is_styled: bool) -> Text:
    start, end = ("", "") if is_styled else _PLAIN_MARKS
    return Text.assemble(
        *(
            (f"{start}{visible(text)}{end}", _MARK) if is_marked else visible(text)
            for text, is_marked in quote.pieces
        )
    )
