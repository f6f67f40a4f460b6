"""Asks and rebuilds for a long time: `python -m tests.faults.soak`.

Reads a job as JSON from standard input, and writes the resources of the process after each round to
standard output, a line each.
"""

import ctypes
import gc
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from statistics import median
from typing import Literal

import msgspec

from index.storage.store import Store
from qa.bot import Bot
from tests.fakes import FakeEncoder
from tests.faults.processes import run_module
from tests.qa.fakes import FewSentences, Library

Leak = Literal["handles", "memory"]
_ARTICLES = 40
_QUESTIONS = 5
_LEAKED = 4 << 20
"""Bytes that a memory leak loses in each round."""
MAX_GROWTH = 8 << 20
"""Bytes by which memory may grow between the first and the last quarter of the rounds."""


class Job(msgspec.Struct):
    """How long to run, and which fault is planted."""

    folder: str
    rounds: int
    minutes: float = 0.0
    """Runs for at least this long, whatever the number of rounds."""
    leak: Leak | None = None


class Resources(msgspec.Struct, frozen=True):
    """The resources of a process."""

    handles: int
    deleted: int
    """Deleted files that it maps."""
    memory: int
    """Resident bytes."""


def soak(job: Job) -> list[Resources]:
    """Ask and rebuild in a separate process; return its resources after each round.

    It has one arena of memory: glibc returns nothing from the top of a thread's own arena, so that
    a run keeps a varying multiple of what a keyword writer needs (14 MiB).
    """
    return run_module("soak", job, Resources, MALLOC_ARENA_MAX="1")


def growth(rounds: Sequence[Resources]) -> list[str]:
    """List what grew between the first and the last quarter of the rounds, without warm-up."""
    settled = rounds[len(rounds) // 4 :]
    quarter = max(1, len(settled) // 4)
    first, last = settled[:quarter], settled[-quarter:]
    found = []
    for name in ("handles", "deleted"):
        before, after = (
            max(getattr(resources, name) for resources in part) for part in (first, last)
        )
        if after > before:
            found.append(f"{name}: {before} to {after}")
    before, after = (int(median(resources.memory for resources in part)) for part in (first, last))
    if after - before > MAX_GROWTH:
        found.append(f"memory: {before >> 20} to {after >> 20} MiB")
    return found


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    end = time.monotonic() + 60 * job.minutes
    library = Library(Path(job.folder))
    leaked: list[object] = []
    number = 0
    while number < job.rounds or time.monotonic() < end:
        _round(library, number, job.leak, leaked)
        os.write(1, msgspec.json.encode(_resources()) + b"\n")
        number += 1


def _round(library: Library, number: int, leak: Leak | None, leaked: list[object]) -> None:
    """Change some articles, and rebuild while the old index is asked."""
    with _asking(library.store, number) if number else nullcontext():
        for ship in range(_ARTICLES if not number else 4):
            name = f"{(number + ship) % _ARTICLES}.txt"
            text = f"Ship {ship} left the port in round {number}. " * 8
            library.write(name, text)
        library.index()
    if leak == "handles":
        leaked.append(library.store.open())
    if leak == "memory":
        leaked.append(bytearray(os.urandom(_LEAKED)))


@contextmanager
def _asking(store: Store, number: int) -> Iterator[None]:
    bot = Bot.from_index(store.open(), FakeEncoder(), FewSentences(), 0.0)
    try:
        for ship in range(_QUESTIONS):
            assert bot.ask(f"Which ship {ship} left in round {number - 1}?")
        yield
        assert bot.ask("Who left the port?")
    finally:
        bot.close()


def _resources() -> Resources:
    _trim_memory()
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Resources(
        len(os.listdir("/proc/self/fd")),  # noqa: PTH208  (iterating a Path opens one more)
        sum(line.endswith("(deleted)") for line in maps),
        pages * os.sysconf("SC_PAGE_SIZE"),
    )


def _trim_memory() -> None:
    """Make the allocator return unused memory, of which it keeps a varying amount."""
    gc.collect()
    with suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


if __name__ == "__main__":
    main()
