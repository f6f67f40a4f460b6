"""Articles in two editions, an index of the first, and what an index may answer of the second."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from tests.fakes import fake_model
from tests.faults.beneath import Beneath
from tests.faults.builder import SOUND, Job
from tests.faults.building import Builder, Told, builder
from tests.faults.naive import Naive
from tests.faults.outcomes import Checker, answers
from tests.qa.fakes import QuickEncoder

Kind = Literal["first build", "update", "collection"]
ARTICLES, PASSAGES = 12, 30


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
class Stage:
    """Where builds are disturbed, and how they go alone."""

    folder: Path
    news: Path
    builder: Builder
    first: Told
    updated: Told
    after_first: Checker
    after_update: Checker

    def store(self, kind: Kind, name: str) -> Store:
        """A store as it is before the build that is to be disturbed."""
        store = Store(self.folder / name)
        if kind != "first build":
            shutil.copytree(self.folder / "old", store.folder)
        return store

    def alone(self, kind: Kind) -> Told:
        return self.first if kind == "first build" else self.updated

    def checker(self, kind: Kind) -> Checker:
        return self.after_first if kind == "first build" else self.after_update

    def job(
        self, store: Store, naive: Naive = "", wait_at: str = "", beneath: Beneath = SOUND
    ) -> Job:
        return Job(str(store.folder), str(self.news), naive, wait_at, beneath)


@contextmanager
def set_stage(folder: Path) -> Iterator[Stage]:
    news, old = folder / "news", Store(folder / "old")
    with builder() as running:

        def build_alone(store: Store) -> Told:
            told = running.build(Job(str(store.folder), str(news)))
            assert told.finished
            return told

        write_articles(news, 1)
        build_alone(old)
        write_articles(news, 2)
        shutil.copytree(old.folder, folder / "updated")
        updated = build_alone(Store(folder / "updated"))
        first = build_alone(Store(folder / "first"))
        new = answers(Store(folder / "first"))
        assert answers(Store(folder / "updated")) == new
        after_update = Checker((answers(old),), new)
        yield Stage(folder, news, running, first, updated, Checker((), new), after_update)


def go_on(stage: Stage, store: Store) -> tuple[Summary, QuickEncoder]:
    """Build again, here and undisturbed."""
    encoder = QuickEncoder()
    request = BuildRequest(fake_model(), (Root("news", str(stage.news)),))
    *_, summary = build(store, request, encoder)
    assert isinstance(summary, Summary)
    return summary, encoder
