"""Asking and rebuilding without end: `python -m tests.faults.soaking`.

Reads a soak as JSON from standard input. After each round it tells what the process holds, a line
each on standard output.
"""

import ctypes
import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Literal

import msgspec

from index.storage.store import Store
from qa.bot import Bot
from tests.qa.fakes import Library, QuickEncoder, SentenceReader

ROOT = Path(__file__).parents[2]
Leak = Literal["", "handles", "memory"]
_ARTICLES = 40
_QUESTIONS = 5
_LOST = 4 << 20
"""Bytes that a leak of memory loses in each round."""
MOST_GROWTH = 24 << 20
"""Bytes by which memory may differ between the first and the last quarter of the rounds.

Allocators settle only after hundreds of rounds; in an hour the smallest leak goes past it.
"""


class Soak(msgspec.Struct):
    """How long, and what is to go wrong."""

    folder: str
    rounds: int
    minutes: float = 0.0
    """Goes on for so long, however many rounds that are; 0 where the rounds decide."""
    leak: Leak = ""


class Held(msgspec.Struct, frozen=True):
    """What a process holds."""

    handles: int
    deleted: int
    """Files that it maps and that are no longer there."""
    memory: int
    """Bytes that are resident."""


def soak(job: Soak) -> list[Held]:
    """Ask and rebuild in a process of its own; gives what it held after each round."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.soaking"],
        input=msgspec.json.encode(job), stdout=subprocess.PIPE, cwd=ROOT, check=True,
    )  # fmt: skip
    return [msgspec.json.decode(line, type=Held) for line in ended.stdout.splitlines()]


def growth(held: Sequence[Held]) -> list[str]:
    """Tell what grew between the first and the last quarter of the rounds, warming up left out."""
    settled = held[len(held) // 4 :]
    quarter = max(1, len(settled) // 4)
    first, last = settled[:quarter], settled[-quarter:]
    found = []
    for name in ("handles", "deleted"):
        before, after = (max(getattr(one, name) for one in part) for part in (first, last))
        if after > before:
            found.append(f"{name}: {before} to {after}")
    before, after = (int(median(one.memory for one in part)) for part in (first, last))
    if after - before > MOST_GROWTH:
        found.append(f"memory: {before >> 20} to {after >> 20} MiB")
    return found


def main() -> None:
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Soak)
    end = time.monotonic() + 60 * job.minutes
    library = Library(Path(job.folder))
    lost: list[object] = []
    number = 0
    while number < job.rounds or time.monotonic() < end:
        _round(library, number, job.leak, lost)
        os.write(1, msgspec.json.encode(_held()) + b"\n")
        number += 1


def _round(library: Library, number: int, leak: Leak, lost: list[object]) -> None:
    """Change some articles, rebuild while the old index is being asked, and ask the new one."""
    with _asked(library.store, number) if number else _nobody():
        for one in range(_ARTICLES if not number else 4):
            name = f"{(number + one) % _ARTICLES}.txt"
            text = f"Ship {one} left the port in round {number}. " * 20
            library.write(name, text)
        library.index()
    if leak == "handles":
        lost.append(library.store.open())
    if leak == "memory":
        lost.append(bytearray(os.urandom(_LOST)))


@contextmanager
def _asked(store: Store, number: int) -> Iterator[None]:
    bot = Bot.from_index(store.open(), QuickEncoder(), SentenceReader(), 0.0)
    try:
        for one in range(_QUESTIONS):
            assert bot.ask(f"Which ship {one} left in round {number - 1}?")
        yield
        assert bot.ask("Who left the port?")
    finally:
        bot.close()


@contextmanager
def _nobody() -> Iterator[None]:
    yield


def _held() -> Held:
    _give_back()
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Held(
        len(os.listdir("/proc/self/fd")),  # noqa: PTH208  (a path per descriptor would be one more)
        sum(line.endswith("(deleted)") for line in maps),
        pages * os.sysconf("SC_PAGE_SIZE"),
    )


def _give_back() -> None:
    """Have the allocator give back what nobody holds: it keeps more or less by chance."""
    gc.collect()
    with suppress(AttributeError, OSError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)


if __name__ == "__main__":
    main()
