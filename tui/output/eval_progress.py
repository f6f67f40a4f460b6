"""Progress of a run, with running figures."""

from collections.abc import Iterable

from eval.runs.ask_all import RunProgress
from tui.output.progress import ProgressDisplay


def watch_asking(events: Iterable[RunProgress]) -> None:
    """Show the progress of a run on stderr until it ends."""
    with ProgressDisplay(line_delay=5.0) as display:
        for progress in events:
            answered = progress.answered / max(1, progress.done)
            figures = (
                f"exact {100 * progress.exact:.1f}  F1 {100 * progress.f1:.1f}  "
                f"answered {100 * answered:.0f}%"
            )
            display.update("Asking", progress.done, progress.total, detail=figures)
