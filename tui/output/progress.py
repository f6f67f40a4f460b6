"""Progress on stderr: bars on a terminal, plain lines elsewhere."""

import sys
from time import monotonic
from typing import TYPE_CHECKING, Self

import click

from tui.output.console import stderr_console
from tui.output.sanitise import visible

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_LINE_INTERVAL = 5.0
"""Seconds between two lines of the same step."""


class ProgressDisplay:
    """Shows how far each step is, by its label.

    On a terminal each step has a bar, which `clear` and the end of the context remove. Elsewhere a
    line is printed when a step begins, and every five seconds. The delays are the seconds before
    the first bar or line.
    """

    def __init__(self, bar_delay: float = 0.0, line_delay: float = 0.0) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._due = monotonic() + (bar_delay if self._is_terminal else line_delay)
        self._label: str | None = None
        """Of the last line."""
        self._bars: Progress | None = None
        """None while no bar is shown."""
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def update(
        self,
        label: str,
        done: int = 0,
        total: int | None = None,
        *,
        count: str | None = None,
        detail: str = "",
        has_rate: bool = False,
    ) -> None:
        """Show that `done` of `total` is done; total is None where it is not known.

        `count` replaces "done of total". `detail` follows it, and on a terminal the rate too.
        """
        if count is None:
            count = "" if total is None else f"{done:,} of {total:,}"
        if self._is_terminal:
            self._update_bar(label, done, total, count, detail, has_rate)
        else:
            self._print_line(label, count, detail)

    def clear(self) -> None:
        """Remove the bars; the next update shows them again."""
        if self._bars is not None:
            self._bars.stop()
            self._bars, self._tasks = None, {}

    def _print_line(self, label: str, count: str, detail: str) -> None:
        now = monotonic()
        is_new_step = self._label is not None and label != self._label
        if now < self._due and not is_new_step:
            return
        self._due, self._label = now + _LINE_INTERVAL, label
        text = f"{label}: {count}" if count else f"{label} …"
        click.echo(visible(f"{text}  {detail}" if detail else text), err=True)

    def _update_bar(
        self, label: str, done: int, total: int | None, count: str, detail: str, has_rate: bool
    ) -> None:
        if self._bars is None:
            if monotonic() < self._due:
                return
            self._bars = _bars()
            self._bars.start()
        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(
                visible(label), total=None, count="", detail=""
            )
        task = self._tasks[label]
        speed = self._bars.tasks[task].speed
        if has_rate and speed:
            detail = f"{detail}  {speed:,.0f}/s".strip()
        self._bars.update(task, completed=done, total=total, count=count, detail=visible(detail))


def _bars() -> "Progress":
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[count]}", markup=False),
        TextColumn("{task.fields[detail]}", markup=False),
        TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
        redirect_stdout=False,  # answers go to stdout, wherever that leads
    )
