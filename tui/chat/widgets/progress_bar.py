"""One line that shows a running build."""

from dataclasses import dataclass
from time import monotonic

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from index.build.events import Progress, Stage, Summary
from tui.jobs.events import Event, Failed, Prepared, Stopped, Waiting
from tui.output.sanitise import visible
from tui.output.wording import step_detail

_CELLS = 20
"""Width of the bar."""


class ProgressBar(Static):
    """The progress of a build; hidden until one runs."""

    DEFAULT_CSS = """
    ProgressBar { height: 1; padding: 0 2; color: $text-muted; display: none; }
    ProgressBar.-shown { display: block; }
    ProgressBar.-failed { color: $text-error; }
    """

    @dataclass
    class Built(Message):
        """An index was updated."""

        summary: Summary

    def __init__(self, *, id: str, skipped_hint: str = "ctrl+l lists them") -> None:  # noqa: A002  as in Textual
        super().__init__(id=id, markup=False)
        self._hint = skipped_hint
        """How to see what was skipped."""
        self._stage = ""
        self._began = (0.0, 0)
        """When the stage started, in seconds, and what was done then."""

    def update_job(self, event: Event) -> None:
        """Show the latest event."""
        self.set_class(not isinstance(event, Stopped | Prepared), "-shown")
        self.set_class(isinstance(event, Failed), "-failed")
        match event:
            case Progress():
                self.update(self._progress(event))
            case Waiting(message):
                self.update(Content(visible(f"{message} …")))
            case Failed():
                self.update(Content(visible(event.text)))
            case Summary():
                self.update(Content(build_summary(event, self._hint)))
                self.post_message(self.Built(event))

    def _progress(self, progress: Progress) -> Content:
        now = monotonic()
        if progress.stage != self._stage or progress.done < self._began[1]:
            self._stage, self._began = progress.stage.value, (now, progress.done)
        elapsed, done = max(now - self._began[0], 0.001), progress.done - self._began[1]
        rate = f"  {done / elapsed:,.0f}/s" if done and progress.stage is not Stage.WRITE else ""
        detail = step_detail(progress)
        label = f"{progress.stage.value}: {detail}" if detail else progress.stage.value
        full = _CELLS * progress.done // max(1, progress.total)
        return Content.assemble(
            f"{label}  ",
            ("━" * full, "$primary"),
            ("━" * (_CELLS - full), "$panel"),
            f"  {progress.done:,}/{progress.total:,}{rate}",
        )


def build_summary(summary: Summary, skipped_hint: str) -> str:
    """Return what a build did; `skipped_hint` says how to see skipped files."""
    counts = ((summary.added, "added"), (summary.changed, "changed"), (summary.removed, "removed"))
    parts = [f"{count:,} {what}" for count, what in counts if count] or ["no changes"]
    if summary.skipped:
        parts.append(f"{len(summary.skipped):,} skipped ({skipped_hint})")
    return f"Index updated: {', '.join(parts)}"
