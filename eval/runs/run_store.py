"""Stored runs of question sets: settings, outcomes as they come, results at the end.

A run is a folder:

    settings.json     the set, the index and everything else that determines the results
    outcomes.jsonl    one line for each question asked, in the order of the set
    results.json      written last: a run without it was interrupted and can be resumed
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distributions
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
"""Outcomes between two fsyncs: at most these are lost in a power cut."""


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that two runs must share for one to resume the other."""

    set_name: str
    """Absolute path of the set's file, or the name of the bundled set."""
    set_sha256: str
    questions: int
    """Number of questions asked, from the first."""
    index: str
    """Folder of the index."""
    generation: str
    reader: str
    reader_fingerprint: str
    threshold: float
    within: tuple[str, ...] = ()
    since: str = ""
    """ISO 8601; empty without that filter."""
    until: str = ""
    where: tuple[str, ...] = ()
    """Conditions such as `author=Ada Quill`."""
    without: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    """`name version` of Byline and the packages that determine its answers."""


_PACKAGES = ("byline", "faiss-cpu", "numpy", "onnxruntime", "tantivy", "tokenizers")


def versions() -> tuple[str, ...]:
    """Return `name version` of each package that determines answers."""
    found = {name: next(iter(distributions(name=name)), None) for name in _PACKAGES}
    # A checkout need not be installed.
    return tuple(f"{name} {one.version if one else 'unknown'}" for name, one in found.items())


class Started(msgspec.Struct, frozen=True):
    """The settings of a run and when it was started."""

    started: str
    """ISO 8601, UTC."""
    settings: RunSettings


_outcomes: LineDecoder[Outcome] = LineDecoder(Outcome)
_results_decoder: LineDecoder[Results] = LineDecoder(Results)


@dataclass(frozen=True, slots=True)
class Run:
    """A stored run."""

    folder: Path
    started: str
    settings: RunSettings

    @property
    def name(self) -> str:
        """Its name: the date and time of its start."""
        return self.folder.name

    @property
    def is_finished(self) -> bool:
        """Whether every question was asked."""
        return (self.folder / RESULTS).is_file()

    def outcomes(self) -> list[Outcome]:
        """Read the outcomes. Raises BadRequest if a line is damaged."""
        path = self.folder / OUTCOMES
        outcomes = []
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    try:
                        outcomes.append(_outcomes.decode(line))
                    except ValueError as error:
                        raise BadRequest(f"{path}, line {number}, is damaged: {error}") from error
        except OSError as error:
            raise BadRequest(f"{path} cannot be read: {reason_of(error)}") from error
        return outcomes

    def results(self) -> Results:
        """Read the results of a finished run. Raises BadRequest if they are damaged."""
        path = self.folder / RESULTS
        try:
            return _results_decoder.decode(path.read_bytes())
        except OSError as error:
            raise BadRequest(f"{path} cannot be read: {reason_of(error)}") from error
        except ValueError as error:
            raise BadRequest(f"{path} cannot be read: {error}") from error

    def finish(self, results: Results) -> None:
        """Store the results, which completes the run."""
        replace_synced(self.folder / RESULTS, encode_line(results).encode("ascii"))


def runs_in(folder: Path) -> list[Run]:
    """List the stored runs, latest first; other files are ignored."""
    paths = sorted(folder.iterdir(), reverse=True) if folder.is_dir() else []
    return [run for path in paths if (run := _opened(path))]


def run_named(folder: Path, name: str) -> Run:
    """Find a run by its name or a prefix. Raises BadRequest unless exactly one matches."""
    runs = [run for run in runs_in(folder) if run.name.startswith(name)]
    exact = [run for run in runs if run.name == name]
    match exact or runs:
        case [run]:
            return run
        case []:
            raise BadRequest(f"there is no run {name}; see `byline eval runs`")
        case several:
            names = ", ".join(run.name for run in several[:3])
            raise BadRequest(f"{name} matches several runs: {names}")


def last_finished(folder: Path, set_name: str, but: str) -> Run | None:
    """Return the latest finished run of a set other than the run named `but`; None if none is."""
    runs = runs_in(folder)
    others = (run for run in runs if run.settings.set_name == set_name and run.name != but)
    return next((run for run in others if run.is_finished), None)


@dataclass(frozen=True)
class Recorder:
    """Writes the outcomes of one run while holding its lock."""

    run: Run
    done: tuple[Outcome, ...]
    """Outcomes from before an interruption."""
    file: int
    """Descriptor of the outcomes, locked, in append mode."""

    def record(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Write outcomes as they come and pass them on; they are kept however it ends."""
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
    """Resume the interrupted run with these settings; if there is none, or `fresh`, start one."""
    with ExitStack() as stack:
        recorder = None if fresh else _resume(folder, settings, stack)
        if recorder is None:
            run = _start(folder, settings)
            recorder = Recorder(run, (), stack.enter_context(_lock(run.folder / OUTCOMES)))
        yield recorder


def _resume(folder: Path, settings: RunSettings, stack: ExitStack) -> Recorder | None:
    """Return a recorder of the latest run that can be resumed; None if none can."""
    for run in runs_in(folder):
        if run.settings == settings and not run.is_finished:
            # Another process may be writing the run, or its file may be damaged.
            with suppress(BlockingIOError, BadRequest):
                path = run.folder / OUTCOMES
                file = stack.enter_context(_lock(path))
                # The last line is incomplete if its writer was killed.
                os.ftruncate(file, path.read_bytes().rfind(b"\n") + 1)
                return Recorder(run, tuple(run.outcomes()), file)
    return None


def _opened(folder: Path) -> Run | None:
    try:
        started = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Started)
    except (OSError, msgspec.MsgspecError):
        return None
    return Run(folder, started.started, started.settings)


def _start(folder: Path, settings: RunSettings) -> Run:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    for number in count():
        run = folder / f"{now:%Y%m%d-%H%M%S}{f'-{number}' if number else ''}"
        with suppress(FileExistsError):
            run.mkdir(mode=0o700)
            break
    started = Started(now.isoformat(timespec="seconds"), settings)
    (run / OUTCOMES).touch(mode=0o600)
    replace_synced(run / SETTINGS, msgspec.json.encode(started))
    sync_folder(folder)
    return Run(run, started.started, settings)


def _lock(path: Path) -> AbstractContextManager[int]:
    """Open a file for appending. Raises BlockingIOError if another process has it."""
    return locked(path, os.O_RDWR | os.O_APPEND, wait=False)
