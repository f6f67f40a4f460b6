"""The real chat on a pseudo-terminal, driven by keys; everything that it writes is recorded."""

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
"""Seconds to wait for an output."""


def control(letter: str) -> str:
    return chr(ord(letter) - ord("a") + 1)


@dataclass
class Terminal:
    """A running chat."""

    process: "subprocess.Popen[bytes]"
    fd: int
    written: bytes = b""
    before_key: int = 0
    """Number of bytes written before the last key."""

    def press(self, keys: str) -> None:
        self.before_key = len(self.written)
        os.write(self.fd, keys.encode())

    def until(self, words: str) -> None:
        """Wait until these words are drawn after the last key, in one style."""
        end = time.monotonic() + _PATIENCE
        while words not in self.plain(self.before_key):
            if time.monotonic() > end or not self._read(end):
                raise AssertionError(f"not drawn: {words}: {self.plain(self.before_key)!r}")

    def _read(self, end: float) -> bool:
        ready, _, _ = select.select([self.fd], [], [], max(0, end - time.monotonic()))
        try:
            part = os.read(self.fd, 65536) if ready else b""
        except OSError:  # the other end is closed
            return False
        self.written += part
        return bool(part)

    def close(self) -> int:
        """Quit the chat, and return its exit code."""
        self.press(control("q"))
        while self._read(time.monotonic() + _PATIENCE):
            pass
        return self.process.wait(_PATIENCE)

    def plain(self, start: int = 0) -> str:
        """Return what was written without well-formed control sequences."""
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
