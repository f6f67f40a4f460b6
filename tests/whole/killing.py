"""Builds that are killed, and what an index may answer afterwards."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from index.errors import NoIndex
from index.store import Store
from qa.answers import Milliseconds, Reply
from qa.bot import Bot
from tests.qa.fakes import QuickEncoder, SentenceReader
from tests.whole.builder import Fault, Job

ROOT = Path(__file__).parents[2]
_LONGEST = 60.0
"""Seconds after which a build that waits for a step it never reaches is given up."""
QUESTIONS = (
    "Ship 3 of article 2 left the port",
    "Boat 11 of article 5 left the port",
    "Who left article 20 late?",
    "It was dark.",
)
Outcome = Literal["none", "old", "new"]
Answers = tuple[Reply, ...]


@dataclass
class Told:
    """What a build told before it ended, and when, in seconds after its start."""

    lines: list[tuple[float, str]] = field(default_factory=list)

    def at(self, line: str) -> float:
        """When a line was told."""
        return next(when for when, told in self.lines if told == line)

    @property
    def finished(self) -> bool:
        return any(told == "done" for _, told in self.lines)

    @property
    def stage(self) -> str:
        """What it was at, by the first word of what it told last."""
        return self.lines[-1][1].split()[0].lower() if self.lines else "start"

    @property
    def embedded(self) -> int:
        """Vectors that it told it had finished."""
        steps = [told.split() for _, told in self.lines]
        return max((int(step[1]) for step in steps if step[0] == "EMBED"), default=0)


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
        while not told.finished:
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

    def _line_before(self, due: float | None) -> str:
        """Give the next line, or nothing once it is due."""
        assert self.process.stdout
        wait = None if due is None else max(0.0, due - time.monotonic())
        ready, _, _ = select.select([self.process.stdout], [], [], wait)
        return self._line() if ready else ""


@contextmanager
def builder() -> Iterator[Builder]:
    """Start a builder, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.whole.builder"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, cwd=ROOT,
    ) as process:  # fmt: skip
        try:
            yield Builder(process)
        finally:
            assert process.stdin
            process.stdin.close()


def answers(store: Store) -> Answers:
    """Ask the current index everything."""
    bot = Bot.over(store.open(), QuickEncoder(), SentenceReader(), 0.0)
    try:
        bot.index.generation.check()
        return tuple(
            replace(bot.ask(question, most=5), milliseconds=Milliseconds(0, 0, 0))
            for question in QUESTIONS
        )
    finally:
        bot.close()


@dataclass(frozen=True)
class Checker:
    """What an index may answer after a kill."""

    old: Answers | None
    """Nothing where there was no index before."""
    new: Answers

    def outcome(self, store: Store) -> Outcome:
        """Tell which index answers. Raises AssertionError where it is neither, whole."""
        try:
            found = answers(store)
        except NoIndex:
            assert self.old is None, "the old index is gone"
            return "none"
        except Exception as error:
            raise AssertionError(f"the index cannot be asked: {error}") from error
        if found == self.new:
            return "new"
        assert found == self.old, "the answers are neither those of the old nor of the new index"
        return "old"


def one_step(line: str) -> Callable[[str], bool]:
    """Wait for a line."""
    return lambda told: told == line


def job(store: Store, news: Path, fault: Fault = "", wait_at: str = "") -> Job:
    return Job(str(store.folder), str(news), fault, wait_at)
