"""The real chat on a pseudo-terminal, driven by keys; every byte that it writes is kept."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tui.terminal import environment

ENTER, TAB, ESCAPE, F1 = "\r", "\t", "\x1b", "\x1bOP"
SEQUENCE = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|P[^\x1b]*\x1b\\)")
COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_PATIENCE = 120
"""Seconds until something that does not come is taken never to come."""


def control(letter: str) -> str:
    return chr(ord(letter) - ord("a") + 1)


@dataclass
class Terminal:
    """A chat that runs."""

    process: "subprocess.Popen[bytes]"
    fd: int
    written: bytes = b""
    seen: int = 0
    """How much had been written when a key was pressed last."""

    def press(self, keys: str) -> None:
        self.seen = len(self.written)
        os.write(self.fd, keys.encode())

    def until(self, words: str) -> None:
        """Wait until these words are drawn, in one style, since a key was pressed last."""
        end = time.monotonic() + _PATIENCE
        while words not in self.plain(self.seen):
            if time.monotonic() > end or not self._read(end):
                raise AssertionError(f"never drawn: {words}: {self.plain(self.seen)!r}")

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
        try:
            part = os.read(self.fd, 65536) if ready else b""
        except OSError:  # how Linux tells that the other end is closed
            return False
        self.written += part
        return bool(part)

    def close(self) -> int:
        """Leave the chat; gives its exit code."""
        self.press(control("q"))
        while self._read(time.monotonic() + _PATIENCE):
            pass
        return self.process.wait(_PATIENCE)

    def plain(self, start: int = 0) -> str:
        """Give what was written without what steers the terminal in well-formed sequences."""
        return SEQUENCE.sub("", self.written[start:].decode(errors="replace"))

    @property
    def sequences(self) -> list[str]:
        text = self.written.decode(errors="replace")
        return [match[0] for match in SEQUENCE.finditer(text)]


@contextmanager
def running(
    home: Path, *arguments: str, size: tuple[int, int], more: Mapping[str, str] = {}
) -> Iterator[Terminal]:
    here, there = pty.openpty()
    columns, rows = size
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    variables = environment(home, {**COLOURS, **more}) | {"VISUAL": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tui.chat.faked", *arguments],
        stdin=there, stdout=there, stderr=there, cwd=home, env=variables, start_new_session=True,
    )  # fmt: skip
    os.close(there)
    try:
        yield Terminal(process, here)
    finally:
        process.kill()
        process.wait()
        os.close(here)
