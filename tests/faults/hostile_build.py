"""`python -m tests.faults.hostile_build NEWS INDEX NAIVE` indexes a hostile folder.

Memory is limited, and so is the processor time for each file; going over a limit ends the process.
Files in `FLEETING` change just before they are opened. NAIVE names what is done carelessly. Writes
a JSON line for each file that was read, and last what was skipped.
"""

import json
import os
import re
import resource
import signal
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import index.articles.formats.plain_text
from index.articles.files import Root, find
from index.build.events import Progress, Stage, Summary
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import Precision, Vectors
from index.storage.store import Store
from tests.fakes import fake_model
from tests.faults.hostile_folder import FLEETING

MEMORY = 2 << 30
"""Bytes of address space beyond what is in use before the first article."""


@dataclass
class LengthEncoder:
    """An encoder that takes no time."""

    max_tokens: int = 256
    precision: Precision = "float32"

    def count(self, texts: Sequence[str]) -> list[int]:
        return [2 + len(text) // 4 for text in texts]

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 16), dtype=np.float32)
        for number, text in enumerate(texts):
            rows[number, zlib.crc32(text.encode()) % 16] = 1.0
        return rows


def limit_memory() -> None:
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = used * os.sysconf("SC_PAGESIZE") + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def restart_timer() -> None:
    """Start the processor time of the next file."""
    signal.setitimer(signal.ITIMER_PROF, limits.processor)


def make_fleeting(call: Callable[..., Any]) -> Callable[..., Any]:
    """Change the files in `FLEETING` just before they are opened."""

    def call_late(path: Any, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        fleeting = FLEETING.get(Path(path).name) if isinstance(path, str) else None
        if fleeting and os.path.lexists(path):
            fleeting.become(path)
        return call(path, *arguments, **named)

    return call_late


def plant(naive: str | None) -> None:
    """Plant a careless way to read."""
    if naive == "open":
        careful: Any = os.open

        def blocking(path: str, flags: int, *mode: int) -> int:
            return int(careful(path, flags & ~os.O_NONBLOCK, *mode))

        setattr(os, "open", blocking)  # noqa: B010
    elif naive == "memory":
        read = os.read

        def hoarding(descriptor: int, size: int) -> bytes:
            hoard.append(np.empty(256 << 20, dtype=np.uint8))
            return read(descriptor, size)

        os.read = hoarding
    elif naive == "backtracking":
        careless = re.compile(r"(?P<marks>#{1,6})[ \t]+(?=\S)a(?:\s|\s)*b")
        index.articles.formats.plain_text._HEADING = careless
        limits.processor = 3.0


@dataclass
class Limits:
    """The limits for one file."""

    processor: float = 20.0
    """Seconds; ten times what is expected, for slow machines."""


limits = Limits()
hoard: list[object] = []


def write(**record: object) -> None:
    sys.stdout.write(f"{json.dumps(record)}\n")
    sys.stdout.flush()


def main(news: str, folder: str, naive: str | None = None) -> None:
    roots = (Root(news, news),)
    names = [*(item.path for item in find(roots)), None]
    os.open = make_fleeting(os.open)
    os.scandir = make_fleeting(os.scandir)
    plant(naive)
    limit_memory()
    write(done=0, seconds=0.0, next=names[0])
    started = time.process_time()
    restart_timer()
    for event in build(Store(Path(folder)), BuildRequest(fake_model(), roots), LengthEncoder()):
        if isinstance(event, Summary):
            skipped = {file.path: file.reason for file in event.skipped}
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            write(skipped=skipped, articles=event.articles, peak=peak)
        elif isinstance(event, Progress) and event.stage is Stage.READ:
            spent = time.process_time() - started
            write(done=event.done, seconds=spent, next=names[event.done])
            started = time.process_time()
            restart_timer()


if __name__ == "__main__":
    main(*sys.argv[1:])
