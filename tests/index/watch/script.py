"""A clock and reports that a test writes, in place of the system's."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.articles.files import Root
from index.build.pipeline import BuildRequest
from index.watch.events import Problem, Updating, UpToDate, WatchEvent
from index.watch.file_events import EventsLost
from index.watch.watcher import Watcher
from tests.fakes import FakeEncoder, fake_model
from tests.index.build.workspace import Workspace

Step = Callable[[], Sequence[Path | str]]
"""Changes something, and returns the paths that are reported. Raises EventsLost."""
WAIT_ONLY: Step = tuple


class Ended(Exception):
    """The script has no more steps."""


def lose_reports() -> Sequence[Path]:
    raise EventsLost


@dataclass
class Script:
    """Steps that happen while a watcher waits, one at each wait; time passes in waits alone."""

    steps: list[Step]
    now: float = 1000.0
    opened: list[tuple[str, ...]] = field(default_factory=list)
    """The paths that were watched, each time that watching began."""
    waits: list[float] = field(default_factory=list)
    notes: Sequence[str] = ()
    closed: int = 0

    def open(self, roots: Sequence[Root]) -> "Script":
        self.opened.append(tuple(root.path for root in roots))
        return self

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float) -> frozenset[str]:
        if not self.steps:
            raise Ended
        self.waits.append(seconds)
        reported = frozenset(map(str, self.steps.pop(0)()))
        if not reported:
            self.now += seconds
        return reported

    def close(self) -> None:
        self.closed += 1


def watch(
    workspace: Workspace, script: Script, encoder: FakeEncoder | None = None
) -> list[WatchEvent]:
    """Return what a watcher reports until its script ends."""
    request, encoder = BuildRequest(fake_model()), encoder or FakeEncoder()
    watcher = Watcher(workspace.store, request, encoder, script.open, script.clock)
    return list(_until_ended(watcher.run()))


def _until_ended(events: Iterator[WatchEvent]) -> Iterator[WatchEvent]:
    try:
        yield from events
    except Ended:
        return


def updates(events: Sequence[WatchEvent]) -> list[int]:
    """Return how many paths each update looked at; 0 for everything."""
    return [event.paths for event in events if isinstance(event, Updating)]


def problems(events: Sequence[WatchEvent]) -> list[str]:
    return [event.message for event in events if isinstance(event, Problem)]


def articles(events: Sequence[WatchEvent]) -> list[int]:
    """Return the number of articles after each update."""
    return [event.articles for event in events if isinstance(event, UpToDate)]
