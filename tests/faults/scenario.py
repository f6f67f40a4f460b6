"""Articles in two editions, an index of the first, and what must hold after a failed update."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model
from tests.faults.build_client import Builder, BuildLog, builder
from tests.faults.build_worker import NO_FAULT, Job
from tests.faults.injection import Fault
from tests.faults.naive_builds import Naive
from tests.faults.outcomes import Checker, Outcome, answers

Kind = Literal["first build", "update", "collection"]
BUILDS: tuple[Kind, ...] = ("first build", "update")
ARTICLES, PASSAGES = 12, 30
T = TypeVar("T")


def write_articles(news: Path, edition: int) -> None:
    """Write 12 articles of 30 passages; the second edition changes 6, drops one and adds one."""
    news.mkdir(exist_ok=True)
    for number in range(ARTICLES):
        changed = edition == 2 and number % 2
        ship = "Boat" if changed else "Ship"
        passages = (
            f"{ship} {i} of article {number} left the port {i * number} hours late. It was dark."
            for i in range(PASSAGES)
        )
        text = "\n\nAdvertisement\n\n".join(passages)
        (news / f"{number}.txt").write_text(text + "\n", encoding="utf-8")
    if edition == 2:
        (news / "4.txt").rename(news / "20.txt")
        (news / "20.txt").write_text("A tug left article 20 late.", encoding="utf-8")


@dataclass(frozen=True)
class Scenario:
    """Where builds fail, and how they go without a fault."""

    folder: Path
    news: Path
    builder: Builder
    first: BuildLog
    updated: BuildLog
    after_first: Checker
    after_update: Checker

    def store(self, kind: Kind, name: str) -> Store:
        """Return a store as it is before a build of this kind."""
        store = Store(self.folder / name)
        if kind != "first build":
            shutil.copytree(self.folder / "old", store.folder)
        return store

    def without_fault(self, kind: Kind) -> BuildLog:
        return self.first if kind == "first build" else self.updated

    def checker(self, kind: Kind) -> Checker:
        return self.after_first if kind == "first build" else self.after_update

    def job(
        self,
        store: Store,
        naive: Naive | None = None,
        wait_at: str | None = None,
        fault: Fault = NO_FAULT,
    ) -> Job:
        return Job(str(store.folder), str(self.news), naive, wait_at, fault)


@contextmanager
def prepare_scenario(folder: Path) -> Iterator[Scenario]:
    news, old = folder / "news", Store(folder / "old")
    with builder() as running:

        def build_without_fault(store: Store) -> BuildLog:
            log = running.build(Job(str(store.folder), str(news)))
            assert log.finished
            return log

        write_articles(news, 1)
        build_without_fault(old)
        write_articles(news, 2)
        shutil.copytree(old.folder, folder / "updated")
        updated = build_without_fault(Store(folder / "updated"))
        first = build_without_fault(Store(folder / "first"))
        new = answers(Store(folder / "first"))
        assert answers(Store(folder / "updated")) == new
        after_update = Checker(answers(old), new)
        yield Scenario(folder, news, running, first, updated, Checker(None, new), after_update)


def build_again(scenario: Scenario, store: Store) -> tuple[Summary, FakeEncoder]:
    """Build in this process, without a fault."""
    encoder = FakeEncoder()
    request = BuildRequest(fake_model(), (Root("news", str(scenario.news)),))
    *_, summary = build(store, request, encoder)
    assert isinstance(summary, Summary)
    return summary, encoder


def faults_after(
    scenario: Scenario,
    kind: Kind,
    store: Store,
    log: BuildLog,
    make_room: Callable[[], None] = lambda: None,
) -> list[str]:
    """List what is wrong with an index after a build, and after the next one; delete the index.

    `make_room` is called before the next build.
    """
    checker = scenario.checker(kind)
    try:
        outcome = checker.outcome(store)
        faults = _faults_of_end(log, outcome)
        make_room()
        build_again(scenario, store)
        assert checker.outcome(store) == "new"
    except Exception as error:  # noqa: BLE001  (any exception is a fault)
        faults = [f"{type(error).__name__}: {error}"]
    shutil.rmtree(store.folder, ignore_errors=True)
    return [f"{kind}, {log.end or 'hung'}: {fault}" for fault in faults]


def _faults_of_end(log: BuildLog, outcome: Outcome) -> list[str]:
    if log.finished:
        return [] if outcome == "new" else [f"done, but the {outcome} index answers"]
    kind, _, message = (log.end or "").partition(": ")
    faults = []
    if kind != "failed IndexUnwritable" or "\\n" in message or "Errno" in message:
        faults.append("no clear error of one line")
    if "was not changed" in message and outcome == "new":
        faults.append("the new index answers")
    return faults


def sample(
    items: Sequence[T], count: int, is_late: Callable[[T], bool], chance: random.Random
) -> list[T]:
    """Choose some items at random, half of them late ones, because the end of a build publishes."""
    if count >= len(items):
        return list(items)
    late = [item for item in items if is_late(item)]
    tail = min(count // 2, len(late))
    return [*chance.sample(items, count - tail), *chance.sample(late, tail)]
