"""Runs on the terminal."""

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
    STATE_LABELS,
    TAG_LABELS,
    format_interval,
    format_value,
    is_better_lower,
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

_MAX_IDS = 4
"""IDs listed for each cause."""
_MAX_CHANGES = 10
"""Questions listed that got better, and that got worse."""


def show_results(results: Results, outcomes: Sequence[Outcome]) -> None:
    """Print the figures of a run and the causes of failure."""
    known = results.by_name
    _print(
        _answers(known),
        _states(results),
        _tags(results),
        _ranking(known),
        _times(known),
        _causes(results, outcomes),
    )
    if results.causes:
        click.echo("To see gold next to answers: byline eval show")


def show_comparison(comparison: Comparison) -> None:
    """Print what changed since another run."""
    _print(_settings(comparison), _tests(comparison))
    click.echo(f"{comparison.paired:,} questions asked by both runs")
    worse = [change for change in comparison.changes if change.gain < 0]
    better = [change for change in reversed(comparison.changes) if change.gain > 0]
    _print(_changes("Worse", worse), _changes("Better", better))


def show_runs(runs: Sequence[Run]) -> None:
    """Print a list of runs."""
    table = _table("Run", "Set", "Questions", "Exact", "F1", numbers=3)
    for run in runs:
        known = run.results().by_name if run.is_finished else {}
        figures = [_value(known, name) for name in ("exact", "f1")]
        state = f"{run.settings.questions:,}" if run.is_finished else "interrupted"
        table.add_row(run.name, Text(visible_name(run.settings.set_name)), state, *figures)
    _print(table)


def _answers(known: dict[str, Figure]) -> Table:
    table = _table("Answers", "", "95% interval", "of", numbers=3)
    for name, label in ANSWERS.items():
        if figure := known.get(name):
            value = format_value(name, figure.value)
            table.add_row(label, value, format_interval(figure), f"{figure.count:,}")
    return table


def _states(results: Results) -> Table:
    table = _table("Reply", "questions", "right", numbers=2)
    for one in results.states:
        table.add_row(STATE_LABELS[one.state], f"{one.count:,}", f"{one.right:.1%}")
    return table


def _tags(results: Results) -> Table:
    headings = ("of", "no answer", *TAG_LABELS.values())
    table = _table("Tag", *headings, numbers=len(headings))
    for one in results.tags:
        values = (_value(one.by_name, name) for name in TAG_LABELS)
        tag = Text(visible(one.tag))
        table.add_row(tag, f"{one.questions:,}", f"{one.unanswerable:,}", *values)
    return table


def _ranking(known: dict[str, Figure]) -> Table:
    table = _table("Ranking", *RANKED, numbers=len(RANKED))
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
        table.add_row("one `byline ask`, cold start", _value(known, COLD_START))
    return table


def _causes(results: Results, outcomes: Sequence[Outcome]) -> Table:
    table = _table("Failed because", "", "for example", numbers=1)
    for counted in results.causes:
        ids = [outcome.id for outcome in outcomes if outcome.cause is counted.cause]
        more = " …" if len(ids) > _MAX_IDS else ""
        examples = ", ".join(visible(name) for name in ids[:_MAX_IDS]) + more
        table.add_row(counted.cause.value, f"{counted.count:,}", Text(examples))
    return table


def _settings(comparison: Comparison) -> Table:
    table = _table("Setting", "before", "after")
    for change in comparison.settings:
        values = (visible(value) or "–" for value in (change.before, change.after))
        table.add_row(change.name, *map(Text, values))
    return table


def _tests(comparison: Comparison) -> Table:
    since = f"Since {visible_name(comparison.before)}"
    table = _table(since, "before", "after", "better", "worse", "p", numbers=5)
    for test in comparison.tests:
        values = [format_value(test.name, value) for value in (test.before, test.after)]
        counts = (str(test.better), str(test.worse))
        table.add_row(ANSWERS[test.name], *values, *counts, f"{test.p:.3f}")
    tested = {test.name for test in comparison.tests}
    for figure in comparison.differences:
        name, before, after = figure.name, figure.before, figure.after
        if name in ANSWERS and name not in tested and before != after:
            values = [format_value(name, value) for value in (before, after)]
            is_better = (after < before) == is_better_lower(name)
            table.add_row(ANSWERS[name], *values, "", "", "better" if is_better else "worse")
    return table


def _changes(title: str, changes: Sequence[Change]) -> Table:
    table = _table(title, "before", "after")
    for change in changes[:_MAX_CHANGES]:
        replies = [visible(reply) or "(refused)" for reply in (change.before, change.after)]
        table.add_row(Text(visible(change.question)), *map(Text, replies))
    if len(changes) > _MAX_CHANGES:
        table.add_row(f"and {len(changes) - _MAX_CHANGES:,} more", "", "")
    return table


def _value(known: dict[str, Figure], name: str) -> str:
    return format_value(name, known[name].value) if name in known else ""


def _table(*headings: str, numbers: int = 0) -> Table:
    """Return a table in which `numbers` columns after the first are right-aligned."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column, heading in enumerate(headings):
        is_number = 0 < column <= numbers
        table.add_column(Text(heading), justify="right" if is_number else "left", overflow="fold")
    return table


def _print(*tables: Table) -> None:
    """Print the tables that have rows."""
    is_coloured = colour(sys.stdout.isatty())
    console = Console(no_color=not is_coloured, markup=False, highlight=False, emoji=False)
    for table in tables:
        if table.row_count:
            console.print(table)
