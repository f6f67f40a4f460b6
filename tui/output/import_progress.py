"""Progress of an import."""

from collections.abc import Iterable

from eval.importers.events import Imported, ImportEvent
from tui.output.progress import ProgressDisplay


def watch_import(events: Iterable[ImportEvent]) -> Imported:
    """Show the progress of an import on stderr; return its result."""
    with ProgressDisplay(line_delay=5.0) as display:
        for event in events:
            if isinstance(event, Imported):
                return event
            display.update(event.stage.value, event.done, event.total)
    raise AssertionError("an import ends with Imported")
