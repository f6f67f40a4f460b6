"""The parent of a question worker: sends it steps and reads their results."""

import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from tests.faults.processes import ROOT, TIMEOUT
from tests.faults.question_worker import Setting, Step, StepResult, Work


@dataclass
class QuestionClient:
    """A process that asks an index; restarted if it has ended."""

    setting: Setting
    questions: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None

    def begin(self, work: Work, times: int = 1) -> None:
        """Begin a step."""
        if self.process is None:
            self.process = _start(self.setting)
        assert self.process.stdin
        self.process.stdin.write(msgspec.json.encode(Step(work, self.questions, times)) + b"\n")
        self.process.stdin.flush()

    def end(self) -> StepResult:
        """Wait for the result of the step; a process that was killed or hangs is a crash."""
        assert self.process
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
        line = self.process.stdout.readline() if ready else b""
        if line:
            return msgspec.json.decode(line, type=StepResult)
        self.process.kill()
        ended = self.stop()
        return StepResult("crash", ended if ready else f"no answer after {TIMEOUT:.0f} seconds")

    def wait(self, seconds: float) -> None:
        """Wait some seconds, or until the step has a result."""
        assert self.process
        assert self.process.stdout
        select.select([self.process.stdout], [], [], seconds)

    def do(self, work: Work, times: int = 1) -> StepResult:
        """Do a step to its end."""
        self.begin(work, times)
        return self.end()

    def stop(self) -> str:
        """End the process; return how it ended."""
        if self.process is None:
            return "not running"
        assert self.process.stdin
        self.process.stdin.close()
        code = self.process.wait()
        self.process = None
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _start(setting: Setting) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.question_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    assert process.stdin
    process.stdin.write(msgspec.json.encode(setting) + b"\n")
    return process


@contextmanager
def question_client(setting: Setting, questions: tuple[str, ...]) -> Iterator[QuestionClient]:
    """Return a process that asks, and end it."""
    client = QuestionClient(setting, questions)
    try:
        yield client
    finally:
        client.stop()
