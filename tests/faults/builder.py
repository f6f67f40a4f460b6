"""Builds in processes of their own, to be killed or to fail: `python -m tests.faults.builder`.

Reads a job as JSON from a line of standard input, forks a process that builds, and waits for
another line before it takes leave of that process, so that its id stays its own until then. The
build tells its id, each step, what was seen beneath it, and its end, a line each.
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
from tests.fakes import FakeEncoder, fake_model
from tests.faults.beneath import Beneath, NotTrapped, Sound, lay
from tests.faults.naive import Naive, plant

SOUND = Sound()


class Job(msgspec.Struct):
    """What to build, and what is to go wrong."""

    store: str
    news: str
    naive: Naive = ""
    wait_at: str = ""
    """The line after which it waits to be killed; empty where it does not wait."""
    beneath: Beneath = SOUND
    dimension: int = FakeEncoder.dimension


def main() -> None:
    warm_up()
    while line := sys.stdin.readline():
        job = msgspec.json.decode(line, type=Job)
        child = os.fork()
        if child == 0:
            _say(f"pid {os.getpid()}")
            _say(_run(job))
            os._exit(0)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        _say(f"ended {status}")


def warm_up() -> None:
    """Load what a build loads, so that a kill meets a build at work."""
    assert faiss
    assert filelock
    assert tantivy
    count("a")
    list(sentences("A. B.", Span(0, 5)))


def _run(job: Job) -> str:
    """Build, and tell how it ended."""
    try:
        return _build(job)
    except NotTrapped as error:
        return f"untrapped: {error.strerror}"
    except BylineError as error:
        return f"failed {type(error).__name__}: {error.message!a}"
    except BaseException as error:  # noqa: BLE001  (a fork must end here, whatever comes)
        with suppress(OSError):  # not even that can be written where files may not grow
            traceback.print_exc()
        return f"crashed {type(error).__name__}: {str(error)!a}"


def _build(job: Job) -> str:
    def step(line: str) -> None:
        _say(line)
        if line == job.wait_at:
            signal.pause()

    plant(job.naive, MonkeyPatch(), step)
    seen = lay(job.beneath)
    request = BuildRequest(fake_model(), (Root("news", job.news),))
    try:
        for event in build(Store(Path(job.store)), request, FakeEncoder(dimension=job.dimension)):
            if not isinstance(event, Summary):
                step(f"{event.stage.name} {event.done} {event.total}")
    finally:
        _say(f"seen {seen().calls} {seen().growth}")
    return "done"


def _say(line: str) -> None:
    # In one write, so that a kill leaves whole lines.
    os.write(1, line.encode() + b"\n")


if __name__ == "__main__":
    main()
