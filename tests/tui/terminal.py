"""`byline` in a separate process, on a pipe or a pseudo-terminal, with fake models."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.tui.fakes import FOREIGN, home_variables

ROOT = Path(__file__).parents[2]
FAKED = [sys.executable, "-m", "tests.tui.faked"]
SEVERAL = """
import json, sys
from tests.tui.fakes import FakeModels, replace_for_good
from tui.cli.main import run
FakeModels().stand_in(replace_for_good)
for command in json.loads(sys.argv[1]):
    run(command)
"""
PLAIN = {"NO_COLOR": "1"}
STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b]8;;[!-~]*\x1b\\")
"""Colours, and the beginnings and ends of links."""


def environment(home: Path, more: Mapping[str, str] = {}) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | home_variables(home) | {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | dict(more)


def on_terminal(
    home: Path, *arguments: str, columns: int = 80, more: Mapping[str, str] = {}
) -> str:
    """Run `byline` on a terminal of this width and return what it wrote."""
    return _on_terminal(home, [*FAKED, *arguments], columns, more)


def all_on_terminal(
    home: Path, commands: Sequence[Sequence[str]], columns: int = 80, more: Mapping[str, str] = {}
) -> str:
    """Run several `byline` commands on a terminal, in one process."""
    command = [sys.executable, "-c", SEVERAL, json.dumps(commands)]
    return _on_terminal(home, command, columns, more)


def _on_terminal(home: Path, command: list[str], columns: int, more: Mapping[str, str]) -> str:
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        command,
        stdin=there, stdout=there, stderr=there, cwd=home, env=environment(home, more),
    )  # fmt: skip
    os.close(there)
    written = b""
    try:
        while part := os.read(here, 4096):
            written += part
    except OSError:  # Linux: the other end is closed
        pass
    finally:
        os.close(here)
        process.wait()
    return written.decode().replace("\r\n", "\n")


def piped(
    home: Path, arguments: list[str], more: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*FAKED, *arguments],
        cwd=home, env=environment(home, more), capture_output=True, check=False,
    )  # fmt: skip
