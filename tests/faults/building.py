"""Builds that are killed or fail, told line by line."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tests.faults.beneath import Seen
from tests.faults.builder import Job

ROOT = Path(__file__).parents[2]
_LONGEST = 900.0
"""Seconds after which a build that does not end, or never reaches a step, is given up."""
_ENDS = frozenset({"done", "failed", "crashed", "untrapped:"})


@dataclass
class Told:
    """What a build told before it ended, and when, in seconds after its start."""

    lines: list[tuple[float, str]] = field(default_factory=list)

    def at(self, line: str) -> float:
        """When a line was told."""
        return next(when for when, told in self.lines if told == line)

    @property
    def end(self) -> str:
        """How it ended; empty where it was killed first."""
        ends = [told for _, told in self.lines if told.split()[0] in _ENDS]
        return ends[0] if ends else ""

    @property
    def finished(self) -> bool:
        return self.end == "done"

    @property
    def steps(self) -> list[str]:
        """The lines of its progress."""
        return [told for _, told in self.lines if told.split()[0].isupper()]

    @property
    def stage(self) -> str:
        """What it was at, by the first word of what it told last."""
        return self.lines[-1][1].split()[0].lower() if self.lines else "start"

    @property
    def embedded(self) -> int:
        """Vectors that it told it had finished."""
        steps = [step.split() for step in self.steps]
        return max((int(step[1]) for step in steps if step[0] == "EMBED"), default=0)

    @property
    def seen(self) -> Seen:
        """What its trap saw."""
        (told,) = [told.split() for _, told in self.lines if told.startswith("seen ")]
        return Seen(int(told[1]), int(told[2]))


@dataclass(frozen=True)
class Builder:
    """The process that forks builds."""

    process: subprocess.Popen[bytes]

    def build(
        self,
        job: Job,
        kill_after: float | None = None,
        kill_at: Callable[[str], bool] | None = None,
    ) -> Told:
        """Run a build; kill it so many seconds after its start, or after a line it tells."""
        self._send(msgspec.json.encode(job))
        pid = int(self._line().removeprefix("pid "))
        began = time.monotonic()
        told = Told()
        due = began + (_LONGEST if kill_at or kill_after is None else kill_after)
        while not told.end:
            line = self._line_before(due)
            if line:
                told.lines.append((time.monotonic() - began, line))
            if kill_at and kill_at(line):
                due = time.monotonic() + (kill_after or 0.0)
                kill_at = None
            if not line:
                os.kill(pid, signal.SIGKILL)
                break
        self._send(b"")
        while not (line := self._line()).startswith("ended "):
            told.lines.append((time.monotonic() - began, line))
        return told

    def _send(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the builder is gone"
        return line.decode().strip()

    def _line_before(self, due: float) -> str:
        """Give the next line, or nothing once it is due."""
        assert self.process.stdout
        wait = max(0.0, due - time.monotonic())
        ready, _, _ = select.select([self.process.stdout], [], [], wait)
        return self._line() if ready else ""


@contextmanager
def builder() -> Iterator[Builder]:
    """Start a builder, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.builder"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=ROOT,
    ) as process:  # fmt: skip
        try:
            yield Builder(process)
        finally:
            assert process.stdin
            process.stdin.close()


def one_step(line: str) -> Callable[[str], bool]:
    """Wait for a line."""
    return lambda told: told == line
