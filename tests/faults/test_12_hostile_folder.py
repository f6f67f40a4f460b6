"""A folder of everything that is not an article, and articles meant to do harm: no effect."""

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
from tests.faults.processes import ROOT, TIMEOUT
from tests.qa.fakes import SentenceReader

_READ_ALL = (1, 2)
"""Numbers of the capabilities to read files regardless of permissions."""


@dataclass(frozen=True)
class Built:
    """What a build wrote until its end."""

    code: int
    seconds: dict[str, float]
    """Processor time for each file that was read."""
    last: str | None
    """The file that was being read at the end; None if all were read."""
    skipped: dict[str, str]
    peak: int
    """Bytes of memory, if the build finished."""
    errors: str


@dataclass(frozen=True)
class HostileFolder:
    """A hostile folder and its index."""

    news: Path
    index: Path
    expected: list[Expected]

    def build(self, naive: str | None = None, patience: float = TIMEOUT) -> Built:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.hostile_build", self.news, self.index,
             *([naive] if naive else [])],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, cwd=ROOT,
            preexec_fn=_drop_capabilities,
        )  # fmt: skip
        assert process.stdout
        assert process.stderr
        seconds: dict[str, float] = {}
        last: str | None = None
        skipped, peak = dict[str, str](), 0
        begun = select.select([process.stdout], [], [], TIMEOUT)
        assert begun[0], "the build never started"
        while select.select([process.stdout], [], [], patience)[0]:
            line = process.stdout.readline()
            if not line:
                break
            record = json.loads(line)
            if "done" in record:
                seconds[last or ""] = record["seconds"]
                last = record["next"]
            else:
                skipped, peak = record["skipped"], record["peak"] * 1024
        else:
            process.kill()
        code = process.wait()
        errors = process.stderr.read().decode(errors="replace")
        process.stdout.close()
        process.stderr.close()
        return Built(code, seconds, last, skipped, peak, errors)


def _drop_capabilities() -> None:
    """Drop the capabilities that let root read any file."""
    drop = 24
    for capability in _READ_ALL:
        ctypes.CDLL(None).prctl(drop, capability, 0, 0, 0)


def faults(folder: HostileFolder, built: Built, indexed: set[str]) -> Iterator[str]:
    """Yield what is wrong."""
    if built.code:
        yield f"ended with {built.code} at {built.last!r}: {built.errors[-300:]}"
        return
    for expected in folder.expected:
        reason = built.skipped.get(expected.path, "")
        if expected.reason not in reason:
            yield f"{expected.path!r} skipped with {reason!r}, not with {expected.reason!r}"
    for path in _everything(folder.news):
        explained = any(built.skipped.get(str(parent)) for parent in (path, *Path(path).parents))
        if path not in indexed and not explained:
            yield f"{path!r} is neither indexed nor explained"
    for path in indexed:
        if not path.startswith(f"{folder.news}/") or not stat.S_ISREG(os.lstat(path).st_mode):
            yield f"{path!r} was read"


def _everything(folder: Path) -> Iterator[str]:
    """Yield all files in a folder, however deep, and links to folders."""
    for parent, folders, files in os.walk(folder, onerror=lambda _: None):
        paths = [f"{parent}/{name}" for name in folders]
        # Unlike Path.is_symlink, it returns False if a path is too long.
        yield from (path for path in paths if os.path.islink(path))  # noqa: PTH114
        yield from (f"{parent}/{name}" for name in files)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, battery: Battery) -> Iterator[HostileFolder]:
    base = tmp_path_factory.mktemp("hostile")
    huge = battery.pick(3, len(hostile_folder.HUGE))
    expected = hostile_folder.make(base / "news", battery.chance("folder"), huge)
    yield HostileFolder(base / "news", base / "index", expected)
    for locked in (base / "news" / "unreadable").iterdir():
        locked.chmod(0o700)
    subprocess.run(["rm", "-rf", base / "news" / "deep"], check=True)  # too deep for others


def test_every_skip_is_explained_and_time_and_memory_are_bounded(
    folder: HostileFolder, figure: Figure
) -> None:
    built = folder.build()
    indexed = set[str]()
    if not built.code:
        bot = Bot.from_index(Store(folder.index).open(), LengthEncoder(), SentenceReader(), 0.0)
        indexed = {article.found.path for article in bot.index.generation.catalog.articles()}
        assert bot.ask("Nobody has the money to dig it out.")
        bot.close()
    found = list(faults(folder, built, indexed))
    slowest = max(built.seconds, key=built.seconds.__getitem__)
    figure(
        f"{len(indexed)} articles, {len(built.skipped)} skips: {len(found)} faults; slowest file "
        f"{built.seconds[slowest]:.1f} s of the processor ({Path(slowest).name}), "
        f"{built.peak >> 20} MiB at most"
    )
    assert found == []
    assert len(indexed) > 40


@pytest.mark.parametrize(
    ("naive", "patience", "message"),
    [
        ("open", 3.0, "ended with -9 at '{news}/becomes-a-pipe.txt'"),
        ("memory", TIMEOUT, "MemoryError"),
        ("backtracking", TIMEOUT, "ended with -27 at '{news}/heading.txt'"),
    ],
)
def test_a_careless_reader_is_caught(
    tmp_path: Path, figure: Figure, naive: str, patience: float, message: str
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "becomes-a-pipe.txt").write_text(hostile_folder.PROSE, encoding="utf-8")
    for number in range(9):
        (news / f"ship-{number}.txt").write_text(hostile_folder.PROSE, encoding="utf-8")
    (news / "heading.txt").write_text(hostile_folder.TRAPS["heading-spaces"], encoding="utf-8")
    careless = HostileFolder(news, tmp_path / "index", [])
    (fault,) = faults(careless, careless.build(naive, patience), set())
    figure(f"planted {naive}: 1 fault")
    assert message.format(news=news) in fault
