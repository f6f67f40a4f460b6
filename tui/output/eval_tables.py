"""A run of a question set on the terminal."""

import sys
from collections.abc import Sequence

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.metrics.labels import (
    ANSWERS,
    COLD_START,
    STAGE_LABELS,
    is_better_lower,
    shown_figure,
    shown_value,
)
from eval.metrics.latency import QUANTILES
from eval.metrics.ranking import RANKED, RANKINGS
from eval.metrics.resampling import Figure
from eval.outcomes import Outcome
from eval.runs.compare import Change, Comparison
from eval.runs.results import Results
from eval.runs.run_store import Run
from tui.output.console import colour
from tui.output.sanitise import visible, visible_name

_IDS = 4
"""Questions named for each cause, at most."""
_CHANGES = 10
"""Questions shown that got better or worse, at most of either."""


def show_results(results: Results, outcomes: Sequence[Outcome]) -> None:
    """Print the figures of a run, and why questions failed."""
    known = {one.name: one for one in results.figures}
    tables = (_answers(known), _ranking(known), _times(known), _causes(results, outcomes))
    _print([table for table in tables if table.row_count])
    if results.causes:
        click.echo("Gold and given side by side: byline eval show")


def show_comparison(comparison: Comparison) -> None:
    """Print what changed since another run."""
    _print([table for table in (_settings(comparison), _tests(comparison)) if table.row_count])
    click.echo(f"Over the {comparison.paired:,} questions that both runs asked")
    worse = [one for one in comparison.changes if one.gain < 0]
    better = [one for one in reversed(comparison.changes) if one.gain > 0]
    tables = (_changes("Worse", worse), _changes("Better", better))
    _print([table for table in tables if table.row_count])


def show_runs(runs: Sequence[Run]) -> None:
    """Print the runs that are kept."""
    table = _table("Run", "Set", "Questions", "Exact", "F1", numbers=3)
    for run in runs:
        known = {one.name: one for one in run.results().figures} if run.is_finished else {}
        figures = [_value(known, name) for name in ("exact", "f1")]
        settings = run.settings
        state = f"{settings.questions:,}" if run.is_finished else "interrupted"
        table.add_row(run.name, Text(visible_name(settings.set_name)), state, *figures)
    _print([table])


def _answers(known: dict[str, Figure]) -> Table:
    table = _table("Answers", "", "95% interval", "of", numbers=3)
    for name, label in ANSWERS.items():
        if name in known:
            value, interval = shown_figure(known[name])
            table.add_row(label, value, interval, f"{known[name].count:,}")
    return table


def _ranking(known: dict[str, Figure]) -> Table:
    table = _table("Passages by", *RANKED, numbers=len(RANKED))
    for ranking in RANKINGS:
        if f"{ranking}-{RANKED[0]}" in known:
            table.add_row(ranking, *(_value(known, f"{ranking}-{name}") for name in RANKED))
    return table


def _times(known: dict[str, Figure]) -> Table:
    quantiles = [name for name, _ in QUANTILES]
    table = _table("Time", *quantiles, numbers=len(quantiles))
    for stage, label in STAGE_LABELS.items():
        if f"{stage}-{quantiles[0]}" in known:
            table.add_row(label, *(_value(known, f"{stage}-{name}") for name in quantiles))
    if COLD_START in known:
        table.add_row("one `byline ask`, cold", _value(known, COLD_START))
    return table


def _causes(results: Results, outcomes: Sequence[Outcome]) -> Table:
    table = _table("Failed because", "", "for example", numbers=1)
    for one in results.causes:
        ids = [outcome.id for outcome in outcomes if outcome.cause is one.cause]
        more = " …" if len(ids) > _IDS else ""
        shown = ", ".join(visible(name) for name in ids[:_IDS]) + more
        table.add_row(one.cause.value, f"{one.count:,}", Text(shown))
    return table


def _settings(comparison: Comparison) -> Table:
    table = _table("Set otherwise", "before", "after")
    for one in comparison.settings:
        values = (visible(value) or "–" for value in (one.before, one.after))
        table.add_row(one.name, *map(Text, values))
    return table


def _tests(comparison: Comparison) -> Table:
    since = f"Since {visible_name(comparison.before)}"
    table = _table(since, "before", "after", "better", "worse", "p", numbers=5)
    for one in comparison.tests:
        values = [shown_value(one.name, value) for value in (one.before, one.after)]
        table.add_row(ANSWERS[one.name], *values, str(one.better), str(one.worse), f"{one.p:.3f}")
    tested = {one.name for one in comparison.tests}
    for other in comparison.differences:
        if other.name in ANSWERS and other.name not in tested and other.before != other.after:
            values = [shown_value(other.name, value) for value in (other.before, other.after)]
            is_better = (other.after < other.before) == is_better_lower(other.name)
            table.add_row(ANSWERS[other.name], *values, "", "", "better" if is_better else "worse")
    return table


def _changes(title: str, changes: Sequence[Change]) -> Table:
    table = _table(title, "before", "after")
    for one in changes[:_CHANGES]:
        replies = [visible(reply) or "(refused)" for reply in (one.before, one.after)]
        table.add_row(Text(visible(one.question)), *map(Text, replies))
    if len(changes) > _CHANGES:
        table.add_row(f"and {len(changes) - _CHANGES:,} more", "", "")
    return table


def _value(known: dict[str, Figure], name: str) -> str:
    return shown_value(name, known[name].value) if name in known else ""


def _table(*headings: str, numbers: int = 0) -> Table:
    """Make a table whose columns after the first are numbers, as many as that."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        is_number = 0 < place <= numbers
        table.add_column(Text(heading), justify="right" if is_number else "left", overflow="fold")
    return table


def _print(tables: Sequence[Table]) -> None:
    coloured = colour(sys.stdout.isatty())
    console = Console(no_color=not coloured, markup=False, highlight=False, emoji=False)
    for table in tables:
        console.print(table)
