"""Asks an index in a process of its own, for it may be killed: `python -m tests.faults.asker`.

Reads a step as JSON from a line of standard input and tells what came of it, a line each.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from sqlite3 import Connection
from typing import Literal
from unittest.mock import patch

import msgspec

from index.articles.passages import Passage
from index.check import check
from index.disk.durable_files import FileRecord
from index.errors import BylineError
from index.storage.database import Row, fetch
from index.storage.store import Store
from qa.answers import Answered, Citation, Quote, Reply
from qa.bot import Bot
from qa.reader.check import check_reader
from qa.reader.protocol import Candidate
from qa.reader.shipped import DEFAULT_READER
from tests.fakes import fake_model
from tests.qa.fakes import QuickEncoder, SentenceReader

_CANDIDATES = 6

Work = Literal["ask afresh", "open", "ask", "close", "check"]
Trust = Literal["", "sizes", "everything", "rows", "maps"]
"""What is taken on trust: that a file of the same size is the same; that every file is as it was
written; that every row is too, and stands in its article; that nobody cuts short what is mapped."""


class Step(msgspec.Struct):
    """What to do."""

    work: Work
    questions: tuple[str, ...] = ()
    times: int = 1
    """How often everything is asked."""


class Setting(msgspec.Struct):
    """Which index to ask, and how."""

    store: str
    cache: str
    trust: Trust = ""


class Cited(msgspec.Struct, frozen=True):
    """A citation, as far as it can be right or wrong."""

    file: str
    path: str
    status: str
    answer: Quote
    sentence: Quote
    title: str
    dates: tuple[str, ...]


class Told(msgspec.Struct, frozen=True):
    """What came of a step."""

    kind: Literal["done", "error", "crash"]
    """`error` is one made for people, `crash` is any other."""
    message: str = ""
    replies: tuple[tuple[Cited, ...], ...] = ()
    """The citations of each question."""
    states: tuple[tuple[str, str], ...] = ()
    """What a check found: subjects and their states."""


class FewSentences(SentenceReader):
    """A reader that gives few candidates, for weighing many takes long."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        return super().read(question, passages)[:_CANDIDATES]


class Asker:
    """An index that is asked."""

    def __init__(self, setting: Setting) -> None:
        self.store = Store(Path(setting.store))
        self.cache = Path(setting.cache)
        self.bots: list[Bot] = []

    def told(self, step: Step) -> Told:
        """Do a step; whatever is raised is told."""
        try:
            return self._done(step)
        except BylineError as error:
            return Told("error", f"{error.title}: {error.message}")
        except BaseException as error:  # noqa: BLE001  (a panic of Rust is no Exception)
            return Told("crash", f"{type(error).__name__}: {error}")

    def _done(self, step: Step) -> Told:
        match step.work:
            case "check":
                found = [
                    (one.subject, one.state)
                    for one in (
                        *check(self.store, self.cache),
                        check_reader(DEFAULT_READER, self.cache),
                    )
                ]
                return Told("done", states=tuple(found))
            case "ask afresh":
                self._open()
                try:
                    return self._asked(step)
                finally:
                    self._close()
            case "open":
                self._open()
                return self._asked(step)
            case "ask":
                return self._asked(step)
            case "close":
                self._close()
                return Told("done")

    def _open(self) -> None:
        self._close()
        self.bots = [Bot.from_index(self.store.open(), QuickEncoder(), FewSentences(), 0.0)]

    def _close(self) -> None:
        for bot in self.bots:
            bot.close()
        self.bots = []

    def _asked(self, step: Step) -> Told:
        replies: tuple[tuple[Cited, ...], ...] = ()
        for _ in range(step.times):
            replies = tuple(_cited(self.bots[0].ask(one)) for one in step.questions)
        return Told("done", replies=replies)


def _cited(reply: Reply) -> tuple[Cited, ...]:
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    return tuple(_record(one) for answer in answers for one in answer.citations)


def _record(one: Citation) -> Cited:
    days = tuple(day.isoformat() for day in one.dates)
    return Cited(one.file, one.path, one.status, one.answer, one.sentence, one.title, days)


@contextmanager
def trusting(trust: Trust) -> Iterator[None]:
    """Plant a fault, so that a checker can be seen to find it."""

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
        # The index was made by no model of this machine.
        put(patch("index.check.find_model", lambda name, **_: fake_model(name=name)))
        if trust in ("sizes", "everything", "rows", "maps"):
            put(patch("index.storage.hash_cache.file_faults", faults))
            put(patch("index.models.model_cache.file_faults", faults))
        if trust == "rows":
            for table in ("article_table", "passage_table"):
                put(patch(f"index.storage.{table}.fetch_checked", unchecked))
            put(patch("qa.citations._is_in_place", lambda *_: True))
        if trust == "maps":
            put(patch("index.search.keywords.private_copy", nullcontext))
        yield


def main() -> None:
    """Do step after step until there is no more to read."""
    setting = msgspec.json.decode(sys.stdin.readline(), type=Setting)
    with trusting(setting.trust):
        asker = Asker(setting)
        while line := sys.stdin.readline():
            told = asker.told(msgspec.json.decode(line, type=Step))
            # In one write, so that a kill leaves whole lines.
            os.write(1, msgspec.json.encode(told) + b"\n")


if __name__ == "__main__":
    main()
