"""Readers that ask without a pause: `python -m tests.faults.readers INDEX LOG HOW-MANY`.

Each says a line on standard output when it has asked once, and ends when standard input does. For
every index that it opens it adds a line to the log: the generation, the edition that answered, and
how many questions it asked; or what went wrong.
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
from tests.faults.editions import editions_of, questions
from tests.qa.fakes import QuickEncoder, SentenceReader

ROUNDS = 4
"""At most so many rounds of questions are asked of an index before the current one is opened."""


def main(index: str, log: str, count: str) -> None:
    assert faiss
    assert tantivy
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    readers = [_fork(index, file, number) for number in range(int(count))]
    for reader in readers:
        _, status = os.waitpid(reader, 0)
        if status:
            _tell(file, f"fault reader ended with status {status}")


def _fork(index: str, log: int, number: int) -> int:
    reader = os.fork()
    if reader == 0:
        _read(Store(Path(index)), log, random.Random(number))
        os._exit(0)
    return reader


def _read(store: Store, log: int, chance: random.Random) -> None:
    said = False
    while not _is_over():
        _tell(log, visit(store, chance))
        if not said:
            os.write(1, b"asked\n")
            said = True


def visit(store: Store, chance: random.Random) -> str:
    """Open the current index and ask it some rounds of questions; tell what came of it."""
    try:
        bot = Bot.from_index(store.open(), QuickEncoder(), SentenceReader(), 0.0)
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


def _tell(log: int, line: str) -> None:
    os.write(log, " ".join(line.split()).encode(errors="replace") + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
