"""Runs of question sets, kept: settings, outcomes as they come, figures at the end.

A run is a folder:

    settings.json     what was asked of what, and with what
    outcomes.jsonl    one line for each question asked, in the order of the set
    results.json      written last: a run without it was interrupted, and can be resumed
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import msgspec

from eval.outcomes import Outcome
from eval.runs.results import Results
from index.disk.durable_files import replace_synced, sync_folder, write_all
from index.disk.json_lines import LineDecoder, encode_line
from index.disk.locks import locked
from index.errors import BadRequest, reason_of

SETTINGS = "settings.json"
OUTCOMES = "outcomes.jsonl"
RESULTS = "results.json"
_BATCH = 32
"""Outcomes between two waits for the disk: what a power cut costs, at most."""


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What makes two runs the same."""

    set_name: str
    """The set's file, absolute; or what is called so that has no file of its own."""
    set_sha256: str
    questions: int
    """How many of its questions are asked: the first ones."""
    index: str
    """Folder of the index."""
    generation: str
    reader: str
    reader_fingerprint: str
    threshold: float
    within: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    """Of Byline, and of what its answers hang on: `name version`."""


class Started(msgspec.Struct, frozen=True):
    """A run's settings, and when it was started."""

    started: str
    """ISO 8601, UTC."""
    settings: RunSettings


_outcomes: LineDecoder[Outcome] = LineDecoder(Outcome)


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is kept."""

    folder: Path
    started: str
    settings: RunSettings

    @property
    def name(self) -> str:
        """What it is called by."""
        return self.folder.name

    @property
    def is_finished(self) -> bool:
        """Whether every question was asked."""
        return (self.folder / RESULTS).is_file()

    def outcomes(self) -> list[Outcome]:
        """Read what was asked. Raises BadRequest where a line is damaged."""
        return list(_read_outcomes(self.folder / OUTCOMES))

    def results(self) -> Results:
        """Read the figures of a finished run. Raises BadRequest where they are damaged."""
        path = self.folder / RESULTS
        try:
            return msgspec.json.decode(path.read_bytes(), type=Results)
        except (OSError, msgspec.MsgspecError) as error:
            raise BadRequest(f"{path} cannot be read: {reason_of(error)}") from error

    def finish(self, results: Results) -> None:
        """Keep the figures; the run is whole now."""
        replace_synced(self.folder / RESULTS, msgspec.json.encode(results))


def runs_in(folder: Path) -> list[Run]:
    """List the runs that are kept, the latest first; what is no run is left out."""
    paths = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    return [run for path in paths for run in _opened(path)]


def run_named(folder: Path, name: str) -> Run:
    """Find a run by its name or the beginning of it. Raises BadRequest where none or two are."""
    runs = [run for run in runs_in(folder) if run.name.startswith(name)]
    exact = [run for run in runs if run.name == name]
    match exact or runs:
        case [run]:
            return run
        case []:
            raise BadRequest(f"there is no run {name}; `byline eval runs` lists them")
        case several:
            names = ", ".join(run.name for run in several[:3])
            raise BadRequest(f"{name} is the beginning of several runs: {names}")


def last_finished(folder: Path, set_name: str, but: str) -> tuple[Run, ...]:
    """Give the latest finished run of a set, other than one by name, if there is one."""
    runs = [
        run
        for run in runs_in(folder)
        if run.settings.set_name == set_name and run.name != but and run.is_finished
    ]
    return tuple(runs[:1])


@dataclass(frozen=True)
class Recorder:
    """Writes the outcomes of one run, and nobody else meanwhile does."""

    run: Run
    done: tuple[Outcome, ...]
    """What was asked before it was interrupted."""
    file: int
    """Descriptor of the outcomes, locked, at their end."""

    def record(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Write outcomes as they come, and hand them on; whatever ends it, they are kept."""
        unsynced = 0
        try:
            for outcome in outcomes:
                write_all(self.file, f"{encode_line(outcome)}\n".encode("ascii"))
                unsynced += 1
                if unsynced == _BATCH:
                    os.fsync(self.file)
                    unsynced = 0
                yield outcome
        finally:
            os.fsync(self.file)


@contextmanager
def recording(folder: Path, settings: RunSettings, fresh: bool) -> Iterator[Recorder]:
    """Resume the interrupted run of these settings, or else, or where `fresh`, start one."""
    interrupted = [
        run for run in runs_in(folder) if run.settings == settings and not run.is_finished
    ]
    for run in [] if fresh else interrupted:
        with suppress(BlockingIOError, BadRequest), _lock(run.folder / OUTCOMES) as file:
            done = _whole_outcomes(run.folder / OUTCOMES, file)
            yield Recorder(run, done, file)
            return
    run = _start(folder, settings)
    with _lock(run.folder / OUTCOMES) as file:
        yield Recorder(run, (), file)


def _opened(folder: Path) -> Iterator[Run]:
    with suppress(OSError, msgspec.MsgspecError):
        known = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Started)
        yield Run(folder, known.started, known.settings)


def _start(folder: Path, settings: RunSettings) -> Run:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    for number in count():
        made = folder / f"{now:%Y%m%d-%H%M%S}{f'-{number}' if number else ''}"
        with suppress(FileExistsError):
            made.mkdir(mode=0o700)
            break
    started = Started(now.isoformat(timespec="seconds"), settings)
    (made / OUTCOMES).touch(mode=0o600)
    replace_synced(made / SETTINGS, msgspec.json.encode(started))
    sync_folder(folder)
    return Run(made, started.started, settings)


def _lock(path: Path) -> AbstractContextManager[int]:
    """Open a file for writing at its end. Raises BlockingIOError if another process has it."""
    return locked(path, os.O_RDWR | os.O_APPEND, wait=False)


def _whole_outcomes(path: Path, file: int) -> tuple[Outcome, ...]:
    """Read the outcomes of an interrupted run; a last line that was cut short is taken off."""
    data = path.read_bytes()
    os.ftruncate(file, data.rfind(b"\n") + 1)
    return tuple(_read_outcomes(path))


def _read_outcomes(path: Path) -> Iterator[Outcome]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield _outcomes.decode(line)
                except ValueError as error:
                    raise BadRequest(f"{path}, line {number}, is damaged: {error}") from error
    except OSError as error:
        raise BadRequest(f"{path} cannot be read: {reason_of(error)}") from error
