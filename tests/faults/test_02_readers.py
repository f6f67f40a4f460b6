"""Readers ask while the index is rebuilt: each answer is of one edition, and there is no error."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.storage.store import Store
from tests.faults.building import ROOT
from tests.faults.conftest import Battery, Figure
from tests.faults.editions import write_edition
from tests.faults.naive import overwrite
from tests.faults.readers import visit
from tests.qa.fakes import Library

READERS = 8


@dataclass(frozen=True)
class Newsroom:
    """A library that is rebuilt edition by edition."""

    library: Library
    editions: dict[str, int] = field(default_factory=dict)
    """The edition of each generation."""

    @property
    def log(self) -> Path:
        return self.library.folder / "log"

    def publish(self, edition: int) -> None:
        write_edition(self.library.news, edition)
        assert self.library.index().published
        self.editions[self.library.store.current()] = edition

    @contextmanager
    def readers(self, count: int) -> Iterator[None]:
        """Have readers ask all the time; each of them has asked once before."""
        with subprocess.Popen(
            [sys.executable, "-m", "tests.faults.readers",
             self.library.store.folder, self.log, str(count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        ) as process:  # fmt: skip
            assert process.stdin
            assert process.stdout
            for _ in range(count):
                assert process.stdout.readline() == b"asked\n"
            try:
                yield
            finally:
                process.stdin.close()
                process.wait()

    def faults(self) -> list[str]:
        """What the readers found wrong, and answers of an edition that the generation has not."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        faults = [line for line in lines if line.startswith("fault")]
        for line in set(lines) - set(faults):
            name, edition, _ = line.split()
            if self.editions.get(name) != int(edition):
                faults.append(f"generation {name} answered of edition {edition}")
        return faults

    def asked(self) -> Counter[str]:
        """How many questions each generation answered."""
        counted: Counter[str] = Counter()
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if not line.startswith("fault"):
                name, _, asked = line.split()
                counted[name] += int(asked)
        return counted


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    room = Newsroom(Library(tmp_path))
    room.publish(0)
    return room


def test_every_answer_is_of_one_edition(
    newsroom: Newsroom, battery: Battery, figure: Figure
) -> None:
    rebuilds = battery.pick(12, 200)
    with newsroom.readers(READERS):
        for edition in range(1, rebuilds + 1):
            newsroom.publish(edition)
    faults = newsroom.faults()
    assert not faults, "\n".join(faults[:20])
    asked = newsroom.asked()
    assert len(asked) > 1
    figure(
        f"{asked.total():,} answers by {READERS} readers of {len(asked)} generations "
        f"during {rebuilds} rebuilds: 0 errors, 0 mixed"
    )


def test_readers_of_an_index_that_is_overwritten_find_errors_and_mixes(
    newsroom: Newsroom, battery: Battery, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    halfway: list[str] = []

    def ask(_step: str) -> None:
        halfway.append(visit(newsroom.library.store, battery.chance("overwritten")))

    monkeypatch.setattr(Store, "publish", lambda store, name: overwrite(store, name, ask))
    with newsroom.readers(2):
        for edition in range(1, 7):
            newsroom.publish(edition)
    found = [line for line in halfway if line.startswith("fault")]
    assert found
    told = f"{len(found)} of {len(halfway)} readers that came halfway"
    figure(f"planted: a build that overwrites: {told}, {len(newsroom.faults())} others: faults")
