"""The parent of a build worker: runs builds, kills them, and collects their output."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from tests.faults.build_worker import Job
from tests.faults.injection import TrapCounts
from tests.faults.processes import ROOT, TIMEOUT

_ENDS = frozenset({"done", "failed", "crashed", "untrapped:"})


@dataclass
class BuildLog:
    """The lines that a build wrote, each with the seconds since its start."""

    lines: list[tuple[float, str]] = field(default_factory=list)

    def time_of(self, line: str) -> float:
        """Return when a line was written."""
        return next(seconds for seconds, written in self.lines if written == line)

    @property
    def end(self) -> str | None:
        """How the build ended; None if it was killed."""
        ends = [line for _, line in self.lines if line.split()[0] in _ENDS]
        return ends[0] if ends else None

    @property
    def finished(self) -> bool:
        return self.end == "done"

    @property
    def steps(self) -> list[str]:
        """The lines of progress."""
        return [line for _, line in self.lines if line.split()[0].isupper()]

    @property
    def stage(self) -> str:
        """The last stage, by the first word of the last line."""
        return self.lines[-1][1].split()[0].lower() if self.lines else "start"

    @property
    def embedded(self) -> int:
        """Vectors that the build reported as finished."""
        steps = [step.split() for step in self.steps]
        return max((int(step[1]) for step in steps if step[0] == "EMBED"), default=0)

    @property
    def trap_counts(self) -> TrapCounts:
        (counts,) = [line.split() for _, line in self.lines if line.startswith("trapped ")]
        return TrapCounts(int(counts[1]), int(counts[2]))


@dataclass(frozen=True)
class Builder:
    """The process that forks builds."""

    process: subprocess.Popen[bytes]

    def build(
        self,
        job: Job,
        kill_after: float | None = None,
        kill_at: Callable[[str], bool] | None = None,
    ) -> BuildLog:
        """Run a build; kill it some seconds after its start, or after a line that it writes."""
        self._send(msgspec.json.encode(job))
        pid = int(self._line().removeprefix("pid "))
        started = time.monotonic()
        log = BuildLog()
        due = started + (TIMEOUT if kill_at or kill_after is None else kill_after)
        while not log.end:
            line = self._line_before(due)
            if line is None:
                os.kill(pid, signal.SIGKILL)
                break
            log.lines.append((time.monotonic() - started, line))
            if kill_at and kill_at(line):
                due = time.monotonic() + (kill_after or 0.0)
                kill_at = None
        self._send(b"")
        while not (line := self._line()).startswith("ended "):
            log.lines.append((time.monotonic() - started, line))
        return log

    def _send(self, line: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the build worker ended"
        return line.decode().strip()

    def _line_before(self, due: float) -> str | None:
        """Return the next line, or None if it does not come in time."""
        assert self.process.stdout
        wait = max(0.0, due - time.monotonic())
        ready, _, _ = select.select([self.process.stdout], [], [], wait)
        return self._line() if ready else None


@contextmanager
def builder() -> Iterator[Builder]:
    """Start a build worker, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.build_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=ROOT,
    ) as process:  # fmt: skip
        try:
            yield Builder(process)
        finally:
            assert process.stdin
            process.stdin.close()


def at_line(line: str) -> Callable[[str], bool]:
    """Return a condition for `kill_at` that holds at one line."""
    return lambda written: written == line
