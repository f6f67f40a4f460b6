"""The progress of a check on stderr, once it has taken more than a second."""

import sys
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import click

from index.check import Subject
from tui.cli.options import stderr_console
from tui.pace import Pace

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0
"""Seconds that nothing is told."""


class CheckProgress(Protocol):
    """Tells how far a check is."""

    def told(self, subject: Subject, done: int, total: int) -> None:
        """Tell how many of how many are done: bytes of the index, articles."""

    def clear(self) -> None:
        """Take away what is shown, for a finding is to stand there."""


def check_progress() -> CheckProgress:
    """Show a bar on a terminal, and lines elsewhere."""
    return _Bar() if sys.stderr.isatty() else _Lines()


@dataclass
class _Lines:
    pace: Pace = field(default_factory=lambda: Pace.begin(_PATIENCE))

    def told(self, subject: Subject, done: int, total: int) -> None:
        if self.pace.is_due():
            count = f": {_count(subject, done, total)}" if total > 1 else ""
            click.echo(f"Checking the {subject}{count}", err=True)

    def clear(self) -> None:
        pass


@dataclass
class _Bar:
    due: float = field(default_factory=lambda: monotonic() + _PATIENCE)
    shown: "list[Progress]" = field(default_factory=list)
    """One or none."""

    def told(self, subject: Subject, done: int, total: int) -> None:
        if monotonic() < self.due:
            return
        if not self.shown:
            self.shown = [_bar()]
        (bar,) = self.shown
        bar.update(
            bar.task_ids[0],
            description=f"Checking the {subject}",
            completed=done,
            total=total,
            count=_count(subject, done, total),
        )
        bar.start()  # nothing, where it is shown already

    def clear(self) -> None:
        for bar in self.shown:
            bar.stop()
        self.shown = []


def _bar() -> "Progress":
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]}", markup=False),
        TimeRemainingColumn(),
    )
    console = stderr_console()
    # What is found goes to standard output, wherever that leads.
    bar = Progress(*columns, console=console, transient=True, redirect_stdout=False)
    bar.add_task("", total=None, count="")
    return bar


def _count(subject: Subject, done: int, total: int) -> str:
    if subject == "index":
        return f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB"
    return f"{done:,} of {total:,}"
