"""The progress of a question set on the terminal: a bar with running figures."""

import sys
from collections.abc import Iterable, Iterator

import click

from eval.runs.ask_all import Running
from tui.output.console import stderr_console
from tui.pace import Pace


def watch_asking(events: Iterable[Running]) -> None:
    """Show on stderr how a run goes, until it ends."""
    for _ in _with_bar(events) if sys.stderr.isatty() else _with_lines(events):
        pass


def _with_bar(events: Iterable[Running]) -> Iterator[Running]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed:,.0f} of {task.total:,.0f}", markup=False),
        BarColumn(),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(),
    )
    console = stderr_console()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        for running in events:
            bar.update(
                task,
                completed=running.done,
                total=running.total,
                description=_figures(running),
            )
            yield running


def _with_lines(events: Iterable[Running]) -> Iterator[Running]:
    pace = Pace.begin()
    for running in events:
        if pace.is_due():
            click.echo(f"{running.done:,} of {running.total:,}: {_figures(running)}", err=True)
        yield running


def _figures(running: Running) -> str:
    answered = running.answered / max(1, running.done)
    return (
        f"exact {100 * running.exact:.1f}  F1 {100 * running.f1:.1f}  "
        f"answered {100 * answered:.0f}%"
    )
