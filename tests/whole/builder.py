"""Builds in processes of their own, to be killed: `python -m tests.whole.builder`.

Reads a job as JSON from a line of standard input, forks a process that builds, and waits for
another line before it takes leave of that process, so that its id stays its own until then. The
build tells its id, each step, and its end, a line each.
"""

import os
import shutil
import signal
import sys
import traceback
from pathlib import Path
from typing import Literal

import faiss
import msgspec
import tantivy

from index.articles import Root
from index.build import BuildRequest, build
from index.progress import Summary
from index.sentences import sentences
from index.spans import Span
from index.store import CURRENT, Store
from index.tokens import count
from tests.fakes import FakeEncoder, fake_model

Fault = Literal["", "publishes first", "collects first"]


class Job(msgspec.Struct):
    """What to build; with a fault, so that a checker can be seen to find it."""

    store: str
    news: str
    fault: Fault = ""
    wait_at: str = ""
    """The line after which it waits to be killed; empty where it does not wait."""


def main() -> None:
    warm_up()
    while line := sys.stdin.readline():
        job = msgspec.json.decode(line, type=Job)
        child = os.fork()
        if child == 0:
            _run(job)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        _say(f"ended {status}")


def warm_up() -> None:
    """Load what a build loads, so that a kill meets a build at work."""
    assert faiss
    assert tantivy
    count("a")
    list(sentences("A. B.", Span(0, 5)))


def _run(job: Job) -> None:
    _say(f"pid {os.getpid()}")
    try:
        _plant(job.fault)
        request = BuildRequest(fake_model(), (Root("news", job.news),))
        for event in build(Store(Path(job.store)), request, FakeEncoder()):
            step = "done"
            if not isinstance(event, Summary):
                step = f"{event.stage.name} {event.done} {event.total}"
            _say(step)
            if step == job.wait_at:
                signal.pause()
    except BaseException:  # noqa: BLE001  (a fork must end here, whatever comes)
        traceback.print_exc()
    os._exit(0)


def _plant(fault: Fault) -> None:
    if fault == "publishes first":
        make = Store.new_generation

        def publishes_first(self: Store) -> str:
            name = make(self)
            (self.folder / CURRENT).write_text(f"{name}\n", encoding="ascii")
            return name

        Store.new_generation = publishes_first  # type: ignore[method-assign]
    if fault == "collects first":

        def collects_first(self: Store, name: str) -> None:
            assert name != self.current()
            shutil.rmtree(self.generation_folder(self.current()))
            _say("collected")
            signal.pause()

        Store.publish = collects_first  # type: ignore[method-assign]


def _say(line: str) -> None:
    # In one write, so that a kill leaves whole lines.
    os.write(1, line.encode() + b"\n")


if __name__ == "__main__":
    main()
