"""Build an index or prepare a reader, with progress on stderr."""

from collections.abc import Iterable

from index.articles.files import MAX_BYTES, Root
from index.build.events import Progress, Stage, Summary
from index.storage.store import Store
from qa.reader.sources import Source
from tui.jobs.build_job import build_events, reader_events
from tui.jobs.events import BuildEvent, Waiting
from tui.output.progress import ProgressDisplay
from tui.output.wording import step_detail


def run_build(
    store: Store,
    model_name: str,
    roots: tuple[Root, ...],
    forget: tuple[Root, ...] = (),
    full: bool = False,
    max_bytes: int = MAX_BYTES,
) -> Summary:
    """Build an index as `build_events` does."""
    summary = _show(build_events(store, model_name, roots, forget, full, max_bytes))
    assert summary is not None
    return summary


def prepare_reader(reader: Source) -> None:
    """Prepare a reader for questions. Raises ModelUnavailable if that is impossible."""
    _show(reader_events(reader))


def _show(events: Iterable[BuildEvent]) -> Summary | None:
    """Show events until they end; return the summary, None where nothing was built."""
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
