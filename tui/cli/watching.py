"""What `byline index --watch` prints."""

import signal
import sys
from collections.abc import Iterable
from datetime import datetime
from types import FrameType
from typing import NoReturn

import click

from index.build.events import Progress, Stage, Summary
from index.watch.events import Problem, Updating, UpToDate, WatchEvent
from tui.exit_codes import Exit
from tui.jobs.events import Waiting
from tui.output.console import notice
from tui.output.json_output import json_line, summary_json
from tui.output.progress import ProgressDisplay
from tui.output.sanitise import visible, visible_name
from tui.output.wording import counted, step_detail

_SECONDS = 2.0
"""An update that takes longer shows its progress."""
_FILES_SHOWN = 10


def watch_index(events: Iterable[Waiting | WatchEvent], as_json: bool) -> int:
    """Print what a watcher does until it is interrupted or, as a service, stopped."""
    signal.signal(signal.SIGTERM, _end)
    is_waiting = is_everything = False
    display = ProgressDisplay(_SECONDS, _SECONDS)
    try:
        for event in events:
            match event:
                case Updating(paths):
                    display, is_everything = ProgressDisplay(_SECONDS, _SECONDS), not paths
                case Waiting(message):
                    display.update(message)
                case Progress(stage, done, total):
                    rated = stage is not Stage.WRITE
                    detail = step_detail(event)
                    display.update(stage.value, done, total, detail=detail, has_rate=rated)
                case Summary():
                    display.clear()
                    _report(event, is_everything, as_json)
                case UpToDate(articles) if not is_waiting:
                    is_waiting = True
                    click.echo(f"{counted(articles, 'article')} watched; Ctrl+C ends it", err=True)
                case UpToDate():
                    pass
                case Problem(message):
                    display.clear()
                    notice(message)
    finally:
        display.clear()
    return Exit.DONE


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(Exit.DONE)


def _report(summary: Summary, is_everything: bool, as_json: bool) -> None:
    """Print what an update changed, and what it had to leave out of what was reported."""
    if not is_everything:
        for skipped in summary.skipped[:_FILES_SHOWN]:
            notice(f"skipped {visible_name(skipped.path)}: {visible(skipped.reason)}")
    if not summary.published:
        return
    counts = {"added": summary.added, "changed": summary.changed, "removed": summary.removed}
    what = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    time = f"{datetime.now():%H:%M:%S}  " if sys.stderr.isatty() else ""  # noqa: DTZ005
    total = counted(summary.articles, "article")
    click.echo(f"{time}{what or 'updated'}; {total} in {summary.seconds:.1f} s", err=True)
    if as_json:
        click.echo(json_line(summary_json(summary)))
        sys.stdout.flush()
