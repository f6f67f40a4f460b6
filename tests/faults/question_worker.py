"""Asks an index in a process that may be killed: `python -m tests.faults.question_worker`.

Reads the setting and then steps as lines of JSON, and writes the result of each step as a line.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from sqlite3 import Connection
from typing import Literal
from unittest.mock import patch

import msgspec

from index.check import check
from index.disk.durable_files import FileRecord
from index.errors import BylineError
from index.storage.database import Row, fetch
from index.storage.store import Store
from qa.answers import Citation, Quote
from qa.bot import Bot
from qa.reader.check import check_readers
from qa.reader.shipped import FAST_READER
from tests.fakes import FakeEncoder, fake_model
from tests.faults.quote_check import citations_of
from tests.qa.fakes import FewSentences

Work = Literal["open and ask", "open", "ask", "close", "check"]
Trust = Literal["sizes", "everything", "rows", "maps"]
"""What is not checked: the content of a file that has its size; any file; the checksums of rows and
the quotes either; that nobody truncates a mapped file."""


class Step(msgspec.Struct):
    """What to do."""

    work: Work
    questions: tuple[str, ...] = ()
    times: int = 1
    """How often all questions are asked."""


class Setting(msgspec.Struct):
    """Which index to ask, and how."""

    store: str
    cache: str
    trust: Trust | None = None


class Cited(msgspec.Struct, frozen=True):
    """The parts of a citation that can be right or wrong."""

    file: str
    path: str
    status: str
    answer: Quote
    sentence: Quote
    title: str
    dates: tuple[str, ...]


class StepResult(msgspec.Struct, frozen=True):
    """The result of a step."""

    kind: Literal["done", "error", "crash"]
    """`error` is one for users, `crash` is any other."""
    message: str = ""
    replies: tuple[tuple[Cited, ...], ...] = ()
    """The citations for each question."""
    states: tuple[tuple[str, str], ...] = ()
    """What a check found: subjects and their states."""


class QuestionWorker:
    """An index that is asked."""

    def __init__(self, setting: Setting) -> None:
        self.store = Store(Path(setting.store))
        self.cache = Path(setting.cache)
        self.bot: Bot | None = None

    def run(self, step: Step) -> StepResult:
        """Do a step; report whatever is raised."""
        try:
            return self._run(step)
        except BylineError as error:
            return StepResult("error", f"{error.title}: {error.message}")
        except BaseException as error:  # noqa: BLE001  (a panic of Rust is no Exception)
            return StepResult("crash", f"{type(error).__name__}: {error}")

    def _run(self, step: Step) -> StepResult:
        match step.work:
            case "check":
                findings = (*check(self.store, self.cache), *check_readers(FAST_READER, self.cache))
                states = tuple((finding.subject, finding.state) for finding in findings)
                return StepResult("done", states=states)
            case "open and ask":
                self._open()
                try:
                    return self._ask(step)
                finally:
                    self._close()
            case "open":
                self._open()
                return self._ask(step)
            case "ask":
                return self._ask(step)
            case "close":
                self._close()
                return StepResult("done")

    def _open(self) -> None:
        self._close()
        self.bot = Bot.from_index(self.store.open(), FakeEncoder(), FewSentences(), 0.0)

    def _close(self) -> None:
        if self.bot is not None:
            self.bot.close()
        self.bot = None

    def _ask(self, step: Step) -> StepResult:
        replies: tuple[tuple[Cited, ...], ...] = ()
        for _ in range(step.times):
            # A step without questions needs no open index.
            asked = [self._opened.ask(question) for question in step.questions]
            replies = tuple(tuple(map(_record, citations_of(reply))) for reply in asked)
        return StepResult("done", replies=replies)

    @property
    def _opened(self) -> Bot:
        assert self.bot is not None, "no index is open"
        return self.bot


def _record(citation: Citation) -> Cited:
    return Cited(
        citation.file, citation.path, citation.status, citation.answer, citation.sentence,
        citation.title, tuple(day.isoformat() for day in citation.dates),
    )  # fmt: skip


@contextmanager
def trusting(trust: Trust | None) -> Iterator[None]:
    """Plant a fault that a check must find."""

    def faults(folder: Path, files: Mapping[str, FileRecord], *_: object) -> list[str]:
        return [
            f"{name}: size mismatch"
            for name, record in files.items()
            if trust == "sizes" and (folder / name).stat().st_size != record.size
        ]

    def unchecked(connection: Connection, sql: str, *values: int) -> list[Row]:
        return [row[:-1] for row in fetch(connection, sql, *values)]

    with ExitStack() as patches:
        put = patches.enter_context
        # No model of this machine made the index.
        put(patch("index.check.find_model", lambda name, **_: fake_model(name=name)))
        if trust is not None:
            put(patch("index.storage.hash_cache.file_faults", faults))
            put(patch("index.models.model_cache.file_faults", faults))
        if trust == "rows":
            for table in ("catalog", "passage_table"):
                put(patch(f"index.storage.{table}.fetch_checked", unchecked))
            put(patch("qa.citations._is_in_place", lambda *_: True))
        if trust == "maps":
            put(patch("index.search.keywords.private_copy", nullcontext))
        yield


def main() -> None:
    """Do step after step until standard input is closed."""
    setting = msgspec.json.decode(sys.stdin.readline(), type=Setting)
    with trusting(setting.trust):
        worker = QuestionWorker(setting)
        while line := sys.stdin.readline():
            result = worker.run(msgspec.json.decode(line, type=Step))
            # In a single write, so that a kill leaves complete lines.
            os.write(1, msgspec.json.encode(result) + b"\n")


if __name__ == "__main__":
    main()
