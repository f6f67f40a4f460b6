"""`byline chat --web` in its own process, with fake models."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.tui.terminal import environment

PATIENCE = 60.0
"""Seconds in which a server starts or ends."""
SERVED = [sys.executable, "-m", "tests.tui.web.faked", "chat", "--web", "--port"]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def socket(self) -> str:
        return f"ws://localhost:{self.port}/ws"

    def running(self) -> list[int]:
        """IDs of the server and its child processes that are still running."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):  # it just ended
                state, _, group, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(group) == self.process.pid and state != "Z":
                    found.append(int(folder.name))
        return found


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """Serve the chat; it is reachable when this yields."""
    port = free_port()
    process = subprocess.Popen(
        [*SERVED, str(port)],
        cwd=home, env=environment(home), stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stderr
    try:
        announced = process.stderr.readline().decode()
        assert f"http://localhost:{port} " in announced
        yield Served(port, process)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            process.stderr.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
        return port
