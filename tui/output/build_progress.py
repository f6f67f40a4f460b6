"""The progress of a build on the terminal: a bar for each stage, with its rate and time left."""

import sys
from collections.abc import Iterable, Iterator

import click

from index.build.events import Progress, Stage, Summary
from tui.cli.options import stderr_console
from tui.jobs.events import BuildEvent, Waiting
from tui.output.sanitise import visible
from tui.pace import Pace


def watch(events: Iterable[BuildEvent]) -> tuple[Summary, ...]:
    """Show on stderr how a build or a preparation goes; gives the summary of what was built."""
    return tuple(_with_bars(events) if sys.stderr.isatty() else _with_lines(events))


def _with_bars(events: Iterable[BuildEvent]) -> Iterator[Summary]:
    from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]}", markup=False),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    console = stderr_console()
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[Stage, TaskID] = {}
        for event in events:
            match event:
                case Summary():
                    yield event
                case Waiting(message):
                    bars.add_task(visible(message), total=None, count="", rate="")
                case Progress(stage, done, total):
                    if stage not in tasks:
                        tasks[stage] = bars.add_task("", total=None, count="", rate="")
                    speed = bars.tasks[tasks[stage]].speed
                    bars.update(
                        tasks[stage],
                        description=described(event),
                        completed=done,
                        total=total,
                        count=f"{done}/{total}",
                        rate=f"{speed:,.0f}/s" if speed and stage is not Stage.WRITE else "",
                    )


def described(event: Progress) -> str:
    """Name what a build does now."""
    # The first batch waits for torch and the model: seconds in which nothing seems to happen.
    loading = event.stage is Stage.EMBED and not event.done
    return f"{event.stage.value}: loading the model" if loading else event.stage.value


def _with_lines(events: Iterable[BuildEvent]) -> Iterator[Summary]:
    shown, pace = "", Pace.begin()
    for event in events:
        match event:
            case Summary():
                yield event
            case Waiting(message):
                click.echo(f"{visible(message)} …", err=True)
            case Progress(stage, done, total):
                if pace.is_due() or stage.value != shown:
                    shown = stage.value
                    click.echo(f"{stage.value}: {done:,} of {total:,}", err=True)
