"""Readers that ask continuously: `python -m tests.faults.reader_worker INDEX LOG COUNT`.

Each writes a line to standard output when it has asked once, and ends when standard input does. For
every index that it opens it adds a line to the log: the generation, the edition that answered, and
the number of questions, or what failed.
"""

import os
import random
import select
import sys
from pathlib import Path

import faiss
import tantivy

from index.storage.store import Store
from qa.bot import Bot
from tests.fakes import FakeEncoder
from tests.faults.editions import editions_of, questions
from tests.qa.fakes import FewSentences

ROUNDS = 4
"""Rounds of questions, at most, before a reader opens the current index again."""


def main(index: str, log: str, count: str) -> None:
    assert faiss
    assert tantivy
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    readers = [_fork(index, file, number) for number in range(int(count))]
    for reader in readers:
        _, status = os.waitpid(reader, 0)
        if status:
            _log(file, f"fault reader ended with status {status}")


def _fork(index: str, log: int, number: int) -> int:
    reader = os.fork()
    if reader == 0:
        _read(Store(Path(index)), log, random.Random(number))
        os._exit(0)
    return reader


def _read(store: Store, log: int, chance: random.Random) -> None:
    has_asked = False
    while not _is_over():
        _log(log, visit(store, chance))
        if not has_asked:
            os.write(1, b"asked\n")
            has_asked = True


def visit(store: Store, chance: random.Random) -> str:
    """Open the current index and ask some rounds of questions; return a line for the log."""
    try:
        bot = Bot.from_index(store.open(), FakeEncoder(), FewSentences(), 0.0)
    except BaseException as error:  # noqa: BLE001  (a panic of tantivy is no Exception)
        return f"fault {type(error).__name__}: {error!s:.300}"
    try:
        seen: set[int] = set()
        asked = 0
        for _ in range(chance.randint(1, ROUNDS)):
            for question in questions(chance.randrange):
                seen |= editions_of(bot.ask(question, limit=5))
                asked += 1
        if len(seen) != 1:
            return f"fault editions {sorted(seen)} answered at once"
        return f"{bot.index.name} {seen.pop()} {asked}"
    except BaseException as error:  # noqa: BLE001
        return f"fault {type(error).__name__}: {error!s:.300}"
    finally:
        bot.close()


def _is_over() -> bool:
    ready, _, _ = select.select([0], [], [], 0)
    return bool(ready)


def _log(log: int, line: str) -> None:
    os.write(log, " ".join(line.split()).encode(errors="replace") + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
