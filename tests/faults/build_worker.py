"""Builds in separate processes, to be killed or to fail: `python -m tests.faults.build_worker`.

Reads a job as JSON from a line of standard input and forks a process that builds. It waits for
another line before it reaps that process, so that the process id stays valid until then. The build
writes its id, each step, the trap's counts, and its end, a line each.
"""

import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path

import faiss
import filelock
import msgspec
import tantivy
from pytest import MonkeyPatch

from index.articles.files import Root
from index.articles.sentences import sentences
from index.articles.spans import Span
from index.articles.tokens import count
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.errors import BylineError
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model, fake_vectors
from tests.faults.injection import Fault, NoFault, TrapUnavailable, inject
from tests.faults.naive_builds import Naive, plant

NO_FAULT = NoFault()


class Job(msgspec.Struct):
    """What to build, and what fails."""

    store: str
    news: str
    naive: Naive | None = None
    wait_at: str | None = None
    """The line after which the build waits to be killed."""
    fault: Fault = NO_FAULT
    dimension: int = FakeEncoder.dimension


def main() -> None:
    warm_up()
    while line := sys.stdin.readline():
        job = msgspec.json.decode(line, type=Job)
        child = os.fork()
        if child == 0:
            _write(f"pid {os.getpid()}")
            _write(_run(job))
            os._exit(0)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        _write(f"ended {status}")


def warm_up() -> None:
    """Import what a build imports, so that a kill hits a build at work."""
    assert faiss
    assert filelock
    assert tantivy
    count("a")
    list(sentences("A. B.", Span(0, 5)))
    fake_vectors([str(number) for number in range(400)])  # most words of the articles


def _run(job: Job) -> str:
    """Build; return how it ended."""
    try:
        return _build(job)
    except TrapUnavailable as error:
        return f"untrapped: {error.strerror}"
    except BylineError as error:
        return f"failed {type(error).__name__}: {error.message!a}"
    except BaseException as error:  # noqa: BLE001  (a fork must end here in any case)
        with suppress(OSError):  # fails too where files may not grow
            traceback.print_exc()
        return f"crashed {type(error).__name__}: {str(error)!a}"


def _build(job: Job) -> str:
    def step(line: str) -> None:
        _write(line)
        if line == job.wait_at:
            signal.pause()

    if job.naive is not None:
        plant(job.naive, MonkeyPatch(), step)
    counts = inject(job.fault)
    request = BuildRequest(fake_model(), (Root("news", job.news),))
    try:
        for event in build(Store(Path(job.store)), request, FakeEncoder(dimension=job.dimension)):
            if not isinstance(event, Summary):
                step(f"{event.stage.name} {event.done} {event.total}")
    finally:
        _write(f"trapped {counts().calls} {counts().growth}")
    return "done"


def _write(line: str) -> None:
    # In a single write, so that a kill leaves complete lines.
    os.write(1, line.encode() + b"\n")


if __name__ == "__main__":
    main()
