"""Builds of one index that start at the same time: `python -m tests.faults.concurrent_builds`.

Reads a job as JSON from standard input and forks a process for each of its folders. Each adds its
folder to the index, and retries while the index is busy. The results are written to standard
output, a line each.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.errors import BylineError, IndexBusy
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model
from tests.faults.build_worker import warm_up
from tests.faults.processes import run_module

_PAUSE = 0.01
"""Seconds between attempts while the index is busy."""


class Job(msgspec.Struct):
    """What to build."""

    store: str
    folders: list[str]
    locked: bool = True
    """False plants a fault: builds ignore the lock, and lose articles."""


class BuildResult(msgspec.Struct, frozen=True):
    """The result of a build."""

    busy: int
    """How often the index was busy."""
    failure: str | None
    """None if it succeeded."""


def build_at_once(store: Store, folders: list[Path], locked: bool = True) -> list[BuildResult]:
    """Start a build for each folder at the same time, and wait for all."""
    job = Job(str(store.folder), [str(folder) for folder in folders], locked)
    return run_module("concurrent_builds", job, BuildResult)


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    warm_up()
    if not job.locked:
        Store.writing = _unlocked  # type: ignore[assignment]
    waiting, go = os.pipe()
    children = [_fork(job, folder, waiting, go) for folder in job.folders]
    os.close(go)  # all begin now
    for child in children:
        os.waitpid(child, 0)


def _fork(job: Job, folder: str, waiting: int, go: int) -> int:
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(waiting, 1)
        # In a single write, so that lines stay complete.
        os.write(1, msgspec.json.encode(_add(job, folder)) + b"\n")
        os._exit(0)
    return child


def _add(job: Job, folder: str) -> BuildResult:
    request = BuildRequest(fake_model(), (Root(folder, folder),))
    busy = 0
    while True:
        try:
            *_, last = build(Store(Path(job.store)), request, FakeEncoder())
            assert isinstance(last, Summary)
            return BuildResult(busy, None)
        except IndexBusy:
            busy += 1
            time.sleep(_PAUSE)
        except BylineError as error:
            return BuildResult(busy, error.message)
        except Exception as error:  # noqa: BLE001  (a fork must end here in any case)
            return BuildResult(busy, f"{type(error).__name__}: {error}")


@contextmanager
def _unlocked(store: Store) -> Iterator[None]:
    (store.folder / "generations").mkdir(parents=True, exist_ok=True)
    yield


if __name__ == "__main__":
    main()
