"""`byline chat --web` in a process of its own, whose models are fakes."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.tui.terminal import environment

SERVED = [sys.executable, "-m", "tests.tui.web.faked", "chat", "--web", "--port"]


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def socket(self) -> str:
        return f"ws://localhost:{self.port}/ws"

    def running(self) -> list[int]:
        """The server and what it started, as far as they still run."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):  # it just ended
                state, _, group, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(group) == self.process.pid and state != "Z":
                    found.append(int(folder.name))
        return found


@contextmanager
def serving(home: Path) -> Iterator[Served]:
    """Serve the chat; it can be reached as soon as this gives it."""
    port = free_port()
    process = subprocess.Popen(
        [*SERVED, str(port)],
        cwd=home, env=environment(home), stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stderr
    try:
        told = process.stderr.readline().decode()
        assert told == f"Byline is at http://localhost:{port} (ctrl+c ends it)\n"
        yield Served(port, process)
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
        return port
