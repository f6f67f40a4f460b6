"""`byline serve` in a process of its own, for the benchmarks of HTTP."""

import itertools
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

from eval.bench.child import resident
from eval.bench.figures import MEGABYTE
from tui.jobs.python import PYTHON

COMMAND = (*PYTHON, "-m", "tui", "serve")
"""Starts the server; options follow."""
_RATE = "1000000"


@dataclass
class Server:
    """A running server."""

    origin: str
    token: str
    process: "subprocess.Popen[str]"
    log: list[str] = field(default_factory=list)
    """What it wrote since it was reachable, by lines."""

    @property
    def port(self) -> int:
        """Its port on 127.0.0.1."""
        return int(self.origin.rpartition(":")[2])

    @property
    def megabytes(self) -> float:
        """Its resident memory."""
        return resident("VmRSS", self.process.pid) / MEGABYTE


@contextmanager
def served(folder: Path | None) -> Iterator[Server]:
    """Serve an index, the default one for None, at any rate of requests."""
    options = ["--port", "0", "--rate", _RATE]
    options += [] if folder is None else ["--index", str(folder)]
    command = [*COMMAND, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stderr
            lines = itertools.takewhile(bool, iter(process.stderr.readline, ""))
            found = (re.search(r"(http://\S+)/\?token=(\S+)", line) for line in lines)
            address = next(match for match in found if match)
            server = Server(address[1], address[2], process)
            # A full pipe would stop the server.
            Thread(target=_keep, args=(process.stderr, server.log), daemon=True).start()
            yield server
        finally:
            process.terminate()


def _keep(written: IO[str], log: list[str]) -> None:
    log.extend(written)
