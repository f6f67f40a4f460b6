"""A folder of all that is no article, and names that attack an editor: nothing takes hold."""

import ctypes
import json
import os
import select
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.storage.store import Store
from qa.bot import Bot
from tests.faults import hostile_folder
from tests.faults.conftest import Battery, Figure
from tests.faults.hostile_build import LengthEncoder
from tests.faults.hostile_folder import Expected
from tests.qa.fakes import SentenceReader

ROOT = Path(__file__).parents[2]
PATIENCE = 900.0
"""Seconds without a word after which a build is held up; of the processor it is given less."""
_READ_ALL = (1, 2)
"""Numbers of the capabilities with which files are read whatever their permissions."""


@dataclass(frozen=True)
class Built:
    """What a build told until its end."""

    code: int
    seconds: dict[str, float]
    """Of the processor, for each file that was read."""
    last: str
    """What was being read at the end; empty where all was."""
    skipped: dict[str, str]
    peak: int
    """Bytes of memory, where it came to its end."""
    errors: str


@dataclass(frozen=True)
class Place:
    """A hostile folder, and where its index goes."""

    news: Path
    index: Path
    expected: list[Expected]

    def build(self, naive: str = "", patience: float = PATIENCE) -> Built:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.hostile_build", self.news, self.index, naive],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, cwd=ROOT,
            preexec_fn=_as_anybody,
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        seconds: dict[str, float] = {}
        last, skipped, peak = "", dict[str, str](), 0
        begun = select.select([process.stdout], [], [], PATIENCE)
        assert begun[0], "it never began"
        while select.select([process.stdout], [], [], patience)[0]:
            line = process.stdout.readline()
            if not line:
                break
            told = json.loads(line)
            if "done" in told:
                seconds[last] = told["seconds"]
                last = told["next"]
            else:
                skipped, peak = told["skipped"], told["peak"] * 1024
        else:
            process.kill()
        code = process.wait()
        errors = process.stderr.read().decode(errors="replace")
        process.stdout.close()
        process.stderr.close()
        return Built(code, seconds, last, skipped, peak, errors)


def _as_anybody() -> None:
    """Take from a process what lets the administrator read any file."""
    drop = 24
    for capability in _READ_ALL:
        ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)


def faults(place: Place, built: Built, indexed: set[str]) -> Iterator[str]:
    """Tell what did not hold."""
    if built.code:
        yield f"ended with {built.code} at {built.last!r}: {built.errors[-300:]}"
        return
    for one in place.expected:
        if one.reason not in built.skipped.get(one.path, ""):
            told = built.skipped.get(one.path, "nothing")
            yield f"{one.path!r} skipped with {told!r}, not with {one.reason!r}"
    for path in _everything(place.news):
        explained = any(built.skipped.get(str(one)) for one in (path, *Path(path).parents))
        if path not in indexed and not explained:
            yield f"{path!r} is neither indexed nor explained"
    for path in indexed:
        if not path.startswith(f"{place.news}/") or not stat.S_ISREG(os.lstat(path).st_mode):
            yield f"{path!r} was read"


def _everything(folder: Path) -> Iterator[str]:
    """Give all that is seen in a folder, however deep, and what of it cannot be looked into."""
    for parent, folders, files in os.walk(folder, onerror=lambda _: None):
        paths = [f"{parent}/{one}" for one in folders]
        # Unlike that of Path, it says no where a path is too long.
        yield from (path for path in paths if os.path.islink(path))  # noqa: PTH114
        yield from (f"{parent}/{one}" for one in files)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, battery: Battery) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("hostile")
    huge = battery.pick(3, len(hostile_folder.HUGE))
    expected = hostile_folder.make(folder / "news", battery.chance("folder"), huge)
    yield Place(folder / "news", folder / "index", expected)
    for locked in (folder / "news" / "unreadable").iterdir():
        locked.chmod(0o700)
    subprocess.run(["rm", "-rf", folder / "news" / "deep"], check=True)  # too deep for others


def test_every_skip_is_explained_and_time_and_memory_are_bounded(
    place: Place, figure: Figure
) -> None:
    built = place.build()
    indexed = set[str]()
    if not built.code:
        bot = Bot.from_index(Store(place.index).open(), LengthEncoder(), SentenceReader(), 0.0)
        indexed = {one.found.path for one in bot.index.generation.catalog.articles()}
        assert bot.ask("Nobody has the money to dig it out.")
        bot.close()
    found = list(faults(place, built, indexed))
    slowest = max(built.seconds, key=built.seconds.__getitem__)
    figure(
        f"{len(indexed)} articles, {len(built.skipped)} skips: {len(found)} faults; slowest file "
        f"{built.seconds[slowest]:.1f} s of the processor ({Path(slowest).name}), "
        f"{built.peak >> 20} MiB at most"
    )
    assert found == []
    assert len(indexed) > 40


@pytest.mark.parametrize(
    ("naive", "patience", "told"),
    [
        ("open", 3.0, "ended with -9 at '{news}/becomes-a-pipe.txt'"),
        ("memory", PATIENCE, "MemoryError"),
        ("backtracking", PATIENCE, "ended with -27 at '{news}/heading.txt'"),
    ],
)
def test_a_careless_reader_is_found_out(
    tmp_path: Path, figure: Figure, naive: str, patience: float, told: str
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "becomes-a-pipe.txt").write_text(hostile_folder.PROSE, encoding="utf-8")
    for number in range(9):
        (news / f"ship-{number}.txt").write_text(hostile_folder.PROSE, encoding="utf-8")
    (news / "heading.txt").write_text(hostile_folder.TRAPS["heading-spaces"], encoding="utf-8")
    careless = Place(news, tmp_path / "index", [])
    (fault,) = faults(careless, careless.build(naive, patience), set())
    figure(f"planted {naive}: 1 fault")
    assert told.format(news=news) in fault
