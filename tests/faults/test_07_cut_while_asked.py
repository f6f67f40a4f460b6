"""Files of the index are cut short, overwritten, replaced while it is asked: nothing kills it."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.asker import Told, Trust
from tests.faults.asking import Asking, asking
from tests.faults.conftest import Battery, Figure
from tests.faults.rotting import overwrite
from tests.faults.soundness import QUESTIONS, Shelved, shelved

SMALL, LARGE = 30, 2_000
ASKED = 3
"""Times that the questions are asked, one after another, while a file is cut."""


def emptied(path: Path, _data: bytes, _source: random.Random) -> None:
    os.truncate(path, 0)


def halved(path: Path, data: bytes, source: random.Random) -> None:
    os.truncate(path, source.randrange(len(data) or 1))


def overwritten(path: Path, data: bytes, source: random.Random) -> None:
    overwrite(path, source.randbytes(len(data)))


def replaced(path: Path, data: bytes, source: random.Random) -> None:
    other = path.with_name("other")
    other.write_bytes(source.randbytes(len(data)))
    other.replace(path)


def deleted(path: Path, _data: bytes, _source: random.Random) -> None:
    path.unlink()


Cut = Callable[[Path, bytes, random.Random], None]
CUTS: tuple[Cut, ...] = (emptied, halved, overwritten, replaced, deleted)


@dataclass
class Seen:
    """What came of asking while files were cut."""

    ends: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self, what: str, told: Told, shelf: Shelved) -> None:
        """Count how asking ended."""
        self.ends[told.kind] += 1
        self.crashes += [f"{what}: {told.message}"] if told.kind == "crash" else []
        self.wrong += [f"{what}: {one}" for one in shelf.wrong(told)]

    def __str__(self) -> str:
        return (
            f"{self.ends.total()} times cut while asked: {len(self.crashes)} crashes, "
            f"{len(self.wrong)} lines cited wrongly; {self.ends['done']} answered rightly, "
            f"{self.ends['error']} clear errors"
        )


@contextmanager
def mending(paths: list[Path]) -> Iterator[dict[Path, bytes]]:
    """Give the contents of files, and put them back."""
    kept = {path: path.read_bytes() for path in paths}
    try:
        yield kept
    finally:
        for path, data in kept.items():
            overwrite(path, data)


def cut_while_asked(
    shelf: Shelved,
    count: int,
    source: random.Random,
    trust: Trust = "everything",
    cuts: Sequence[Cut] = CUTS,
) -> Seen:
    """Cut one file or all of them while the index is opened or asked, again and again."""
    seen = Seen()
    files = [one for one in shelf.files() if shelf.cache not in one.parents]
    with asking(shelf.setting(trust), QUESTIONS) as asked:
        longest = _seconds_to_ask(asked)
        for number in range(count):
            chosen = files if number % 3 == 0 else [files[number % len(files)]]
            cut = source.choice(cuts)
            with mending(chosen) as kept:
                asked.begin("ask afresh" if number % 5 == 4 else "ask", ASKED)
                asked.wait(source.uniform(0, longest))
                for path, data in kept.items():
                    cut(path, data, source)
                told = asked.end()
            what = chosen[0].name if len(chosen) == 1 else "all files"
            seen.take(f"{cut.__name__} {what}", told, shelf)
            opened = asked.do("open")
            assert opened.kind == "done", opened
    return seen


def _seconds_to_ask(asked: Asking) -> float:
    opened = asked.do("open")
    assert opened.kind == "done", opened
    began = time.monotonic()
    asked.do("ask", ASKED)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelved:
    return shelved(tmp_path_factory.mktemp("cut"))


def test_no_cut_kills_the_process_that_asks(
    shelf: Shelved, battery: Battery, figure: Figure
) -> None:
    seen = cut_while_asked(shelf, battery.pick(SMALL, LARGE), battery.chance("cut"))
    figure(str(seen))
    assert (seen.crashes, seen.wrong) == ([], [])


def test_keywords_that_are_mapped_where_they_stand_are_caught(
    shelf: Shelved, battery: Battery, figure: Figure
) -> None:
    seen = cut_while_asked(
        shelf, battery.pick(6, 100), battery.chance("mapped"), "maps", (emptied,)
    )
    figure(f"planted, mapped where they stand: {seen}")
    assert any("SIGBUS" in crash for crash in seen.crashes)
