"""The progress of a build on the terminal: a bar for each stage, with its rate and time left."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from index.progress import Progress, Stage, Summary
from tui.options import colour

_EVERY = 5.0
"""Seconds between lines where stderr is no terminal."""


def watch(events: Iterator[Progress | Summary]) -> Summary:
    """Show a build's progress on stderr and give its summary."""
    if sys.stderr.isatty():
        return _with_bars(events)
    return _with_lines(events)


@contextmanager
def waiting(message: str) -> Iterator[None]:
    """Show that something takes a while."""
    if not sys.stderr.isatty():
        click.echo(f"{message} …", err=True)
        yield
        return
    from rich.console import Console

    with Console(stderr=True, no_color=not colour(True)).status(message):
        yield


def _with_bars(events: Iterator[Progress | Summary]) -> Summary:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True, no_color=not colour(True))
    with Bars(*columns, console=console, transient=True) as bars:
        tasks = {}
        for event in events:
            if isinstance(event, Summary):
                return event
            if event.stage not in tasks:
                tasks[event.stage] = bars.add_task("", total=None, rate="")
            task = tasks[event.stage]
            speed = bars.tasks[task].speed
            rate = f"{speed:,.0f}/s" if speed and event.stage is not Stage.WRITE else ""
            name = _described(event)
            bars.update(task, description=name, completed=event.done, total=event.total, rate=rate)
    raise AssertionError("a build ends with its summary")


def _described(event: Progress) -> str:
    # The first batch waits for torch and the model: seconds in which nothing seems to happen.
    loading = event.stage is Stage.EMBED and not event.done
    return f"{event.stage.value}: loading the model" if loading else event.stage.value


def _with_lines(events: Iterator[Progress | Summary]) -> Summary:
    shown, at = "", time.monotonic()
    for event in events:
        if isinstance(event, Summary):
            return event
        if event.stage.value != shown or time.monotonic() - at >= _EVERY:
            shown, at = event.stage.value, time.monotonic()
            click.echo(f"{event.stage.value}: {event.done:,} of {event.total:,}", err=True)
    raise AssertionError("a build ends with its summary")
