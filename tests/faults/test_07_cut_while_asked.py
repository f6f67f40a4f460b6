"""Index files that are truncated, overwritten or replaced while it is asked: nothing kills it."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.conftest import Battery, Figure
from tests.faults.damage import overwrite
from tests.faults.question_client import QuestionClient, question_client
from tests.faults.question_worker import Trust
from tests.faults.sample_index import QUESTIONS, SampleIndex, Tally, build_sample_index

SMALL, LARGE = 30, 2_000
TIMES = 3
"""How often the questions are asked while a file is cut."""
_ATTEMPTS = 5
"""The planted fault needs a file to be cut at the right moment."""


def emptied(path: Path, _data: bytes, _chance: random.Random) -> None:
    os.truncate(path, 0)


def halved(path: Path, data: bytes, chance: random.Random) -> None:
    os.truncate(path, chance.randrange(len(data) or 1))


def overwritten(path: Path, data: bytes, chance: random.Random) -> None:
    overwrite(path, chance.randbytes(len(data)))


def replaced(path: Path, data: bytes, chance: random.Random) -> None:
    other = path.with_name("other")
    other.write_bytes(chance.randbytes(len(data)))
    other.replace(path)


def deleted(path: Path, _data: bytes, _chance: random.Random) -> None:
    path.unlink()


Cut = Callable[[Path, bytes, random.Random], None]
CUTS: tuple[Cut, ...] = (emptied, halved, overwritten, replaced, deleted)


@contextmanager
def restoring(paths: list[Path]) -> Iterator[dict[Path, bytes]]:
    """Yield the contents of files, and restore them."""
    kept = {path: path.read_bytes() for path in paths}
    try:
        yield kept
    finally:
        for path, data in kept.items():
            overwrite(path, data)


def cut_while_asked(
    index: SampleIndex,
    count: int,
    chance: random.Random,
    trust: Trust = "everything",
    cuts: Sequence[Cut] = CUTS,
) -> Tally:
    """Repeatedly change one file or all of them while the index is opened or asked."""
    tally = Tally(index)
    files = [path for path in index.files() if index.cache not in path.parents]
    with question_client(index.setting(trust), QUESTIONS) as client:
        longest = _seconds_to_ask(client)
        for number in range(count):
            chosen = files if number % 3 == 0 else [files[number % len(files)]]
            cut = chance.choice(cuts)
            with restoring(chosen) as kept:
                client.begin("open and ask" if number % 5 == 4 else "ask", TIMES)
                client.wait(chance.uniform(0, longest))
                for path, data in kept.items():
                    cut(path, data, chance)
                result = client.end()
            what = chosen[0].name if len(chosen) == 1 else "all files"
            tally.add(f"{cut.__name__} {what}", result)
            opened = client.do("open")
            assert opened.kind == "done", opened
    return tally


def _seconds_to_ask(client: QuestionClient) -> float:
    opened = client.do("open")
    assert opened.kind == "done", opened
    started = time.monotonic()
    client.do("ask", TIMES)
    return time.monotonic() - started


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SampleIndex:
    return build_sample_index(tmp_path_factory.mktemp("cut"))


def test_a_truncated_file_never_kills_the_process_that_asks(
    index: SampleIndex, battery: Battery, figure: Figure
) -> None:
    tally = cut_while_asked(index, battery.pick(SMALL, LARGE), battery.chance("cut"))
    figure(f"{tally.kinds.total()} times cut while asked: {tally}")
    assert (tally.crashes, tally.wrong) == ([], [])


def test_keywords_that_are_mapped_in_place_are_caught(
    index: SampleIndex, battery: Battery, figure: Figure
) -> None:
    chance, count = battery.chance("mapped"), battery.pick(6, 100)
    for _ in range(_ATTEMPTS):
        tally = cut_while_asked(index, count, chance, "maps", (emptied,))
        if any("SIGBUS" in crash for crash in tally.crashes):
            break
    figure(f"planted, mapped in place: {tally}")
    assert any("SIGBUS" in crash for crash in tally.crashes)
