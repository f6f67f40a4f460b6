"""How fast the chat starts, and how fast it echoes keys while an index is rebuilt."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.bench.figures import Figure, percentiles
from eval.bench.indexing import write_articles
from index.build.events import Stage
from tui.jobs.python import PYTHON

_ROUNDS = 5
_KEYS = 60
_PAUSE = 0.15
"""Seconds between two keys."""
_TIMEOUT = 60.0
_SIZE = (40, 120)
"""Rows and columns of the terminal."""
INPUT = "sk the articles"
"""Of the input's placeholder; its first letter is under the cursor."""
CHANGED = "Articles changed"
"""Of the offer to update the index."""
UPDATED = "Index updated"
"""Of the summary of an update."""
_FIRST_LETTER = 0x3B1
"""Small alpha; no other Greek letters are on the screen."""
_REBUILD = "\x1b[15~"
"""What a terminal sends for F5."""


def bench_chat(passages: int, on_progress: Callable[[str], None]) -> list[Figure]:
    """Measure in a pseudo-terminal, with separate data and settings but the user's models.

    The first frame is timed from the start of the process until it shows the input.
    """
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        news = home / "news"
        on_progress("indexing one article")
        write_articles(news, 10)
        environment = _environment(home)
        _run("index", str(news), environment=environment)
        _run("ask", "Is it ready?", environment=environment)
        on_progress("first frames")
        frames, bares = [], []
        for _ in range(_ROUNDS):
            with _chat(environment) as chat:
                frames.append(chat.until(INPUT))
            bares.append(_timed_import())
        write_articles(home / "more", passages)
        (home / "more").rename(news / "more")
        with _chat(environment) as chat:
            chat.until(INPUT)
            chat.until(CHANGED)
            on_progress("keypresses, nothing else running")
            letters = [chr(_FIRST_LETTER + number % 24) for number in range(_KEYS)]
            idle = [chat.echo(letter) for letter in letters]
            on_progress(f"keypresses while {passages:,} passages are indexed")
            chat.write(_REBUILD)
            chat.until(Stage.EMBED.value)
            busy = []
            for letter in letters:
                busy.append(chat.echo(letter))
                if UPDATED in chat.seen:
                    break
    return [
        Figure("chat's first frame", median(frames), "s", "Textual alone", median(bares)),
        *percentiles("echo of a key while indexing", busy, "nothing else running", median(idle)),
        Figure("keys pressed while indexing", len(busy)),
    ]


@dataclass
class _Terminal:
    """A chat in a pseudo-terminal."""

    end: int
    """File descriptor of our end."""
    began: float
    seen: str = ""
    """Output since the last key."""

    def write(self, keys: str) -> None:
        self.seen = ""
        os.write(self.end, keys.encode())

    def until(self, text: str) -> float:
        """Wait for a text; return the seconds since the start."""
        deadline = time.perf_counter() + _TIMEOUT
        while text not in self.seen:
            left = deadline - time.perf_counter()
            if left <= 0 or not self.read(left):
                raise TimeoutError(f"the chat did not show {text!r}")
        return time.perf_counter() - self.began

    def echo(self, letter: str) -> float:
        """Press a key; return the milliseconds until its letter appears."""
        time.sleep(_PAUSE)
        while self.read(0):
            pass
        pressed = time.perf_counter()
        self.write(letter)
        self.until(letter)
        return 1000 * (time.perf_counter() - pressed)

    def read(self, timeout: float) -> bool:
        """Take the output that comes within some seconds; return whether any came."""
        came = bool(select.select([self.end], [], [], timeout)[0])
        if came:
            self.seen += os.read(self.end, 1 << 16).decode(errors="replace")
        return came


@contextmanager
def _chat(environment: Mapping[str, str]) -> Iterator[_Terminal]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *_SIZE, 0, 0))
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603
        [*PYTHON, "-m", "tui", "chat", "--new"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield _Terminal(ours, began)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _environment(home: Path) -> dict[str, str]:
    """Return an environment with data and settings under `home`; prepared models are the user's."""
    folders = {"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BYLINE_")}
    return kept | folders | {"TERM": "xterm-256color"}


def _run(*arguments: str, environment: Mapping[str, str]) -> None:
    subprocess.run(  # noqa: S603
        [*PYTHON, "-m", "tui", *arguments], env=environment, capture_output=True, check=False
    )


def _timed_import() -> float:
    began = time.perf_counter()
    code = "import textual.app, textual.widgets; from textual.widgets import TextArea, Footer"
    subprocess.run([*PYTHON, "-c", code], check=True)  # noqa: S603
    return time.perf_counter() - began
