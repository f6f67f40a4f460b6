"""The parent of a process that asks: what it tells, and how it ended where it ended."""

import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.faults.asker import Setting, Step, Told, Work

ROOT = Path(__file__).parents[2]
_LONGEST = 900.0
"""Seconds after which a step that does not end is given up."""


@dataclass
class Asking:
    """A process that asks an index; another is started where one has ended."""

    setting: Setting
    questions: tuple[str, ...]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """One or none."""

    def begin(self, work: Work, times: int = 1) -> None:
        """Have a step begun."""
        if not self.running:
            self.running = [_started(self.setting)]
        (process,) = self.running
        assert process.stdin
        process.stdin.write(msgspec.json.encode(Step(work, self.questions, times)) + b"\n")
        process.stdin.flush()

    def end(self) -> Told:
        """Wait for what came of the step; that the process was killed or hangs is a crash."""
        (process,) = self.running
        assert process.stdout
        ready, _, _ = select.select([process.stdout], [], [], _LONGEST)
        line = process.stdout.readline() if ready else b""
        if line:
            return msgspec.json.decode(line, type=Told)
        process.kill()
        ended = self.stop()
        return Told("crash", ended if ready else f"no answer after {_LONGEST:.0f} seconds")

    def wait(self, seconds: float) -> None:
        """Let it go on for so long, or until it has told what came of the step."""
        (process,) = self.running
        assert process.stdout
        select.select([process.stdout], [], [], seconds)

    def do(self, work: Work, times: int = 1) -> Told:
        """Do a step to its end; an end of the process is told as a crash."""
        self.begin(work, times)
        return self.end()

    def stop(self) -> str:
        """End the process; gives how it ended."""
        ended = ""
        for process in self.running:
            assert process.stdin
            process.stdin.close()
            code = process.wait()
            ended = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        self.running = []
        return ended


def _started(setting: Setting) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.asker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(msgspec.json.encode(setting) + b"\n")
    return process


@contextmanager
def asking(setting: Setting, questions: tuple[str, ...]) -> Iterator[Asking]:
    """Give a process that asks, and end it."""
    asked = Asking(setting, questions)
    try:
        yield asked
    finally:
        asked.stop()
