"""The watcher: an update of the index after each burst of changes, and a sweep now and then."""

import os
import stat
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace

from index.articles.files import Found, Root, find_at
from index.articles.ignore import IGNORE_FILE
from index.articles.paths import is_under
from index.build.events import Summary
from index.build.pipeline import BuildRequest, Known, build
from index.errors import BylineError, summary_of
from index.models.passage_encoder import PassageEncoder
from index.storage.store import Store
from index.watch.events import Problem, Updating, UpToDate, WatchEvent
from index.watch.file_events import EventsLost, FileEvents, OpenEvents, WatchedFiles

SWEEP_SECONDS = 600.0
"""Between two looks at all files, because the system may drop a report."""
_GLANCE_SECONDS = 5.0
"""Between two looks for what no report tells: another build, a root that appears."""
_MAX_RETRY_SECONDS = 60.0
_EAGER = 5
"""Updates in a row without a pause; a file that is always being written to waits longer."""
_RESTLESS_SECONDS = 3.0
"""Between two updates that are in a row."""
_MAX_PAUSE_SECONDS = 30.0
_WARM_UP = "The model is loaded before the first change."
NOTHING: frozenset[str] = frozenset()

Identities = dict[str, tuple[int, int] | None]
"""The device of each root and the inode of a folder, by its path; None for a missing one."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a generation has, to know whether a report matters."""

    generation: str
    """Its name; empty if there is none."""
    roots: tuple[Root, ...]
    paths: tuple[str, ...]
    """Of the articles, sorted."""

    def affected_by(self, reported: Iterable[str]) -> frozenset[str]:
        """Return the paths whose update may change the index.

        A change of an ignore file affects its folder.
        """
        folders = {path.removesuffix(f"/{IGNORE_FILE}") or "/" for path in reported}
        return frozenset(path for path in folders if self._has(path) or self._would_have(path))

    def _has(self, path: str) -> bool:
        """Return whether there are articles at or under a path."""
        under = f"{path}/"
        at = bisect_left(self.paths, path)
        inside = bisect_left(self.paths, under)
        return self.paths[at : at + 1] == (path,) or (
            inside < len(self.paths) and self.paths[inside].startswith(under)
        )

    def _would_have(self, path: str) -> bool:
        """Return whether there are files now, at or under a path, that may be articles."""
        found = (
            item
            for root in self.roots
            if is_under(path, root.path)
            for item in find_at(root, path[len(root.path) :].strip("/"))
        )
        return any(isinstance(item, Found) for item in found)


class Watcher:
    """Keeps an index up to date with its remembered roots."""

    def __init__(
        self,
        store: Store,
        request: BuildRequest,
        encoder: PassageEncoder,
        open_events: OpenEvents = WatchedFiles,
        clock: Callable[[], float] = time.monotonic,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        """`request` has how to build; `clock` returns seconds."""
        self._store = store
        self._request = request
        self._encoder = encoder
        self._open_events = open_events
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._known = Known()
        self._indexed = Indexed("", (), ())
        self._is_first = True
        """Whether no update has succeeded yet."""
        self._pending: frozenset[str] | None = None
        """What may have changed since the last update; None for everything."""
        self._due = self._next_sweep = clock()
        """When what is pending is indexed, and when everything is looked at."""
        self._in_a_row = self._failures = 0
        """Updates with hardly a pause between them; failures since the last success."""
        self._devices: dict[str, int] = {}
        """Of the roots when they were last indexed."""
        self._notes: set[str] = set()
        """The messages about how files are watched that were shown."""
        self._problems: set[str] = set()
        """The problems that were shown since the last success."""

    def run(self) -> Iterator[WatchEvent]:
        """Update the index, and again whenever files change; ends by an error of the first update.

        Raises IndexBusy if another process watches or builds the index, and what `build` raises.
        """
        with self._store.watching():
            self._encoder.encode([_WARM_UP])
            while True:
                watched = self._identities()
                with closing(self._open_events(self._roots())) as events:
                    yield from _not_shown(events.notes, self._notes)
                    yield from self._watch(events, watched)
                self._pending = None

    def _watch(self, events: FileEvents, watched: Identities) -> Iterator[WatchEvent]:
        """Update the index until reports are lost or other roots are to be watched."""
        while True:
            if self._clock() >= self._next_sweep:
                self._pending = None
            if self._pending != NOTHING and self._clock() >= self._due:
                yield from self._update()
            self._read_indexed()
            if self._identities() != watched:
                return
            try:
                reported = events.wait(self._seconds_to_wait())
            except EventsLost:
                return
            if self._pending is not None:
                self._pending |= self._indexed.affected_by(reported)

    def _seconds_to_wait(self) -> float:
        wanted = self._next_sweep if self._pending == NOTHING else self._due
        return max(0.0, min(_GLANCE_SECONDS, wanted - self._clock()))

    def _update(self) -> Iterator[WatchEvent]:
        if unmounted := self._unmounted():
            yield from self._failed(unmounted)
            return
        yield Updating(len(self._pending or ()))
        is_restless = not self._is_first and self._clock() - self._due < _RESTLESS_SECONDS
        self._in_a_row = self._in_a_row + 1 if is_restless else 0
        request = replace(self._request, only=self._pending)
        articles = 0
        try:
            for event in build(self._store, request, self._encoder, self._known):
                articles = event.articles if isinstance(event, Summary) else 0
                yield event
        except Exception as error:
            if self._is_first:
                raise
            message = error.message if isinstance(error, BylineError) else summary_of(error)
            yield from self._failed([message])
            return
        self._succeeded()
        yield UpToDate(articles)

    def _succeeded(self) -> None:
        now = self._clock()
        if self._pending is None:
            self._next_sweep = now + self._sweep_seconds
        pause = 2.0 ** (self._in_a_row - _EAGER) if self._in_a_row >= _EAGER else 0.0
        self._due = now + min(pause, _MAX_PAUSE_SECONDS)
        self._is_first, self._failures, self._pending = False, 0, NOTHING
        self._devices = {path: one[0] for path, one in self._identities().items() if one}
        self._problems.clear()

    def _failed(self, messages: Sequence[str]) -> Iterator[Problem]:
        self._failures += 1
        self._due = self._clock() + min(2.0**self._failures, _MAX_RETRY_SECONDS)
        # What was to be swept now is still pending.
        self._next_sweep = max(self._next_sweep, self._due)
        yield from _not_shown(messages, self._problems)

    def _unmounted(self) -> list[str]:
        """Return a message for each root that is an empty folder where a drive was mounted."""
        return [
            f"{path} is empty: its drive is not mounted; the index stays as it is"
            for path, identity in self._identities().items()
            if identity and self._devices.get(path, identity[0]) != identity[0] and _is_empty(path)
        ]

    def _identities(self) -> Identities:
        return {root.path: _identity(root.path) for root in self._roots()}

    def _roots(self) -> tuple[Root, ...]:
        """Return the remembered roots, and what their links lead to where those are followed."""
        manifest = self._store.manifest()
        return manifest.roots if manifest else self._store.remembered_roots()

    def _read_indexed(self) -> None:
        """Learn what the current generation has, whoever built it."""
        with suppress(BylineError, OSError):
            if self._store.current() != self._indexed.generation:
                with closing(self._store.open()) as index:
                    paths = tuple(sorted(index.generation.catalog.paths()))
                    self._indexed = Indexed(index.name, index.generation.manifest.roots, paths)


def _not_shown(messages: Iterable[str], shown: set[str]) -> Iterator[Problem]:
    """Yield the messages that were not shown, and note that they are shown now."""
    for message in messages:
        if message not in shown:
            shown.add(message)
            yield Problem(message)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    # An editor that saves a file may replace it.
    return status.st_dev, status.st_ino if stat.S_ISDIR(status.st_mode) else 0


def _is_empty(path: str) -> bool:
    try:
        with os.scandir(path) as entries:
            return next(entries, None) is None
    except OSError:
        return False
