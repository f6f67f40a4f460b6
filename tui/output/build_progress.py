"""Progress of a build, or of the preparation of a reader."""

from collections.abc import Iterable

from index.build.events import Progress, Stage, Summary
from tui.jobs.events import BuildEvent, Waiting
from tui.output.progress import ProgressDisplay
from tui.output.wording import step_detail


def watch_build(events: Iterable[BuildEvent]) -> Summary | None:
    """Show events on stderr until they end; return the summary, None where nothing was built."""
    summary = None
    with ProgressDisplay() as display:
        for event in events:
            match event:
                case Summary():
                    summary = event
                case Waiting(message):
                    display.update(message)
                case Progress(stage, done, total):
                    display.update(
                        stage.value,
                        done,
                        total,
                        detail=step_detail(event),
                        has_rate=stage is not Stage.WRITE,
                    )
    return summary
