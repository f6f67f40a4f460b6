"""The progress of an import on the terminal."""

import sys
from collections.abc import Iterable

from eval.importers.events import Imported, ImportEvent, Importing, Stage
from tui.output.console import stderr_console


def watch_import(events: Iterable[ImportEvent]) -> tuple[Imported, ...]:
    """Show on stderr, where it is a terminal, how an import goes; gives what it made."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = stderr_console()
    imported: list[Imported] = []
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as bars:
        tasks: dict[Stage, TaskID] = {}
        for event in events:
            match event:
                case Imported():
                    imported.append(event)
                case Importing(stage, done, total):
                    if stage not in tasks:
                        tasks[stage] = bars.add_task(stage.value)
                    bars.update(tasks[stage], completed=done, total=total)
    return tuple(imported)
