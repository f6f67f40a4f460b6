"""Questions of a run on the terminal: gold and given side by side."""

import sys
from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from eval.metrics.ranking import RANKINGS
from eval.outcomes import Cause, Given, Kind, Outcome
from eval.sets.highlight import Marked
from eval.sets.question_set import Gold
from tui.output.console import colour
from tui.output.sanitise import visible, visible_name

_QUIET = "dim"
_PLACE = "cyan"
_MARK = "bold underline"
_PLAIN_MARKS = ("⟦", "⟧")
"""Around marked words where nothing can be styled."""


def show_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print questions, one below the other."""
    is_styled = colour(sys.stdout.isatty())
    console = Console(no_color=not is_styled, highlight=False, emoji=False)
    for outcome in outcomes:
        console.print(Group(*_shown(outcome, is_styled)))


def _shown(outcome: Outcome, is_styled: bool) -> Iterator[Text | Table]:
    yield Text(visible(outcome.question), "bold")
    yield Text(" · ".join(_about(outcome)), _QUIET)
    given = "Given" if outcome.answered else f"Refused ({outcome.reason}); nearest were"
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=True)
    for heading in ("Gold", given):
        table.add_column(Text(heading), ratio=1, overflow="fold")
    table.add_row(
        Group(*_gold_side(outcome, is_styled)),
        Group(*_given_side(outcome, is_styled)),
    )
    yield table


def _about(outcome: Outcome) -> Iterator[str]:
    yield visible(outcome.id)
    yield "right" if outcome.cause is Cause.NONE else outcome.cause.value
    if outcome.tags:
        yield visible(", ".join(outcome.tags))
    if outcome.history:
        yield visible(f"after: {' / '.join(outcome.history)}")
    if outcome.asked != outcome.question:
        yield visible(f"asked as: {outcome.asked}")
    if outcome.gold:
        yield ", ".join(f"{name} {_rank(outcome, name)}" for name in (*RANKINGS, "read"))


def _rank(outcome: Outcome, ranking: str) -> str:
    ranks = [one.rank for one in getattr(outcome.rankings, ranking)]
    return f"#{min(ranks)}" if ranks else "–"


def _gold_side(outcome: Outcome, is_styled: bool) -> Iterator[Text]:
    if not outcome.gold:
        is_known = outcome.kind is Kind.UNANSWERABLE
        yield Text("The articles do not answer it." if is_known else "What is right is not known.")
    for number, (place, quote) in enumerate(outcome.quoted_gold):
        yield from [Text()] * bool(number)
        yield from _place(place, quote, is_styled)
    for place, quote in outcome.quoted_rejected:
        yield Text("Marked wrong:", _QUIET)
        yield from _place(place, quote, is_styled)


def _place(place: Gold, quote: Marked, is_styled: bool) -> Iterator[Text]:
    yield Text(visible(" | ".join(place.answers)) or "(the place alone counts)", "bold")
    if quote.text:
        yield _marked(quote, is_styled)
    yield Text(visible_name(place.place), _PLACE)


def _given_side(outcome: Outcome, is_styled: bool) -> Iterator[Text]:
    for number, one in enumerate(outcome.given):
        yield from [Text()] * bool(number)
        yield Text(visible(one.text), "bold")
        yield _marked(one.marked, is_styled)
        place = f"{visible_name(one.path)}:{one.line}:{one.column}"
        yield Text.assemble((place, _PLACE), (f"  {'  '.join(_judged(outcome, one))}", _QUIET))
    if not outcome.given:
        yield Text("nothing")


def _judged(outcome: Outcome, given: Given) -> Iterator[str]:
    yield f"{given.confidence:.0%} sure"
    if outcome.kind is Kind.ANSWERABLE:
        yield f"F1 {given.f1:.2f}"
    if outcome.gold:
        yield "gold line" if given.is_line_right else "not a gold line"


def _marked(quote: Marked, is_styled: bool) -> Text:
    start, end = ("", "") if is_styled else _PLAIN_MARKS
    return Text.assemble(
        *(
            (f"{start}{visible(text)}{end}", _MARK) if is_marked else visible(text)
            for text, is_marked in quote.pieces
        )
    )
