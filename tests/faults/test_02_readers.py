"""Readers ask while the index is rebuilt: each answer is of one edition, without errors."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from index.storage.store import Store
from tests.faults.conftest import Battery, Figure
from tests.faults.editions import write_edition
from tests.faults.naive_builds import overwrite
from tests.faults.processes import ROOT
from tests.faults.reader_worker import visit
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
        """Run readers until the block ends; each has asked once before it begins."""
        with subprocess.Popen(
            [sys.executable, "-m", "tests.faults.reader_worker",
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
        """Return the readers' errors, and answers of an edition that is not the generation's."""
        lines = self.log.read_text(encoding="utf-8").splitlines()
        faults = [line for line in lines if line.startswith("fault")]
        for line in set(lines) - set(faults):
            name, edition, _ = line.split()
            if self.editions.get(name) != int(edition):
                faults.append(f"generation {name} answered of edition {edition}")
        return faults

    def answered(self) -> Counter[str]:
        """Return how many questions each generation answered."""
        count_of: Counter[str] = Counter()
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if not line.startswith("fault"):
                name, _, questions = line.split()
                count_of[name] += int(questions)
        return count_of


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(Library(tmp_path))
    newsroom.publish(0)
    return newsroom


def test_every_answer_is_of_one_edition(
    newsroom: Newsroom, battery: Battery, figure: Figure
) -> None:
    rebuilds = battery.pick(8, 200)
    with newsroom.readers(READERS):
        for edition in range(1, rebuilds + 1):
            newsroom.publish(edition)
    faults = newsroom.faults()
    assert not faults, "\n".join(faults[:20])
    answered = newsroom.answered()
    assert len(answered) > 1
    figure(
        f"{answered.total():,} answers by {READERS} readers of {len(answered)} generations "
        f"during {rebuilds} rebuilds: 0 errors, 0 mixed"
    )


def test_readers_of_an_index_that_is_overwritten_find_errors_and_mixed_editions(
    newsroom: Newsroom, battery: Battery, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    halfway: list[str] = []

    def ask(_step: str) -> None:
        halfway.append(visit(newsroom.library.store, battery.chance("overwritten")))

    monkeypatch.setattr(Store, "publish", lambda store, name: overwrite(store, name, ask))
    with newsroom.readers(2):
        for edition in range(1, 6):
            newsroom.publish(edition)
    found = [line for line in halfway if line.startswith("fault")]
    assert found
    counts = f"{len(found)} of {len(halfway)} readers that came halfway"
    figure(f"planted: a build that overwrites: {counts}, {len(newsroom.faults())} others: faults")
