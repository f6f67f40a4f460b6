"""`byline chat --web` in a process of its own, over one article; its models are fakes."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.json_lines import LineDecoder
from tests.tui.terminal import environment, piped
from tui.session_files import Event

SERVED = [sys.executable, "-m", "tests.tui.web.faked", "chat", "--web"]
SOLD = "The mill was sold in May."
REST = "Nobody knows who bought it."
LINK = "https://example.org/elsewhere"
EVENTS: LineDecoder[Event] = LineDecoder(Event)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def kept(self) -> list[Event]:
        """What the conversations of this home hold."""
        files = (self.home / "data" / "byline" / "sessions").glob("*.jsonl")
        return [EVENTS.decode(line) for file in files for line in file.read_bytes().splitlines()]


def index_article(home: Path) -> None:
    article = home / "news" / "mill.txt"
    article.parent.mkdir()
    article.write_text(f"Mill sold\n\n{SOLD}\n\n{REST} {LINK} tells.\n", encoding="utf-8")
    assert piped(home, ["index", "news"], {}).returncode == 0


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Served]:
    """Serve the chat; it is reached as soon as this gives it."""
    port = free_port()
    process = subprocess.Popen(
        [*SERVED, "--port", str(port), *arguments],
        cwd=home, env=environment(home), stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr
    try:
        told = process.stderr.readline().decode()
        assert told == f"Byline is at http://localhost:{port} (ctrl+c ends it)\n"
        yield Served(home, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.stderr.close()
        process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port: int = free.getsockname()[1]
        return port
