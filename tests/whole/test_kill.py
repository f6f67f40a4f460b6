"""SIGKILL at any moment of a build leaves the old or the new index, whole; the next one goes on."""

import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from index.articles import Root
from index.build import BuildRequest, build
from index.embedding import BATCH
from index.progress import Summary
from index.store import Store
from tests.fakes import fake_model
from tests.qa.fakes import QuickEncoder
from tests.whole.builder import Fault
from tests.whole.killing import Answers, Builder, Checker, Told, answers, builder, job, one_step

Kind = Literal["first build", "update", "collection"]
ARTICLES, PASSAGES = 12, 30
PUBLISHED = "WRITE 5 5"


def write_articles(news: Path, edition: int) -> None:
    """Write 12 articles of 30 passages; the second edition changes 7, drops one and adds one."""
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
    """Articles, an index of their first edition, and what an index may answer of the second."""

    folder: Path
    news: Path
    builder: Builder
    old: Answers
    updated: Told
    first: Told

    def store(self, kind: Kind, name: str) -> Store:
        """A store as it is before the build that is to be killed."""
        store = Store(self.folder / name)
        if kind != "first build":
            shutil.copytree(self.folder / "old", store.folder)
        return store

    def checker(self, kind: Kind) -> Checker:
        reference = "first" if kind == "first build" else "updated"
        before = None if kind == "first build" else self.old
        return Checker(before, answers(Store(self.folder / reference)))

    def kill(self, kind: Kind, store: Store, share: float) -> Told:
        """Kill a build after a share of the time that it took alone; of a collection, its own."""
        alone = self.first if kind == "first build" else self.updated
        if kind != "collection":
            return self.builder.build(job(store, self.news), share * alone.at("done"))
        after = share * (alone.at("done") - alone.at(PUBLISHED))
        return self.builder.build(job(store, self.news), after, one_step(PUBLISHED))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("killed")
    news, old = folder / "news", Store(folder / "old")
    with builder() as running:
        write_articles(news, 1)
        assert running.build(job(old, news)).finished
        write_articles(news, 2)
        shutil.copytree(old.folder, folder / "updated")
        updated = running.build(job(Store(folder / "updated"), news))
        first = running.build(job(Store(folder / "first"), news))
        assert updated.finished
        assert first.finished
        yield Stage(folder, news, running, answers(old), updated, first)


def go_on(stage: Stage, store: Store) -> tuple[Summary, QuickEncoder]:
    """Build again, here."""
    encoder = QuickEncoder()
    request = BuildRequest(fake_model(), (Root("news", str(stage.news)),))
    *_, summary = build(store, request, encoder)
    assert isinstance(summary, Summary)
    return summary, encoder


def kinds(count: int) -> list[Kind]:
    spread: tuple[Kind, ...] = ("first build", "update", "first build", "update", "collection")
    return [spread[i % len(spread)] for i in range(count)]


def test_the_stage_is_as_it_should_be(stage: Stage) -> None:
    assert stage.first.embedded == (ARTICLES - 1) * PASSAGES + 1
    # Six articles changed and one came.
    assert stage.updated.embedded == 6 * PASSAGES + 1
    assert stage.checker("update").outcome(Store(stage.folder / "old")) == "old"
    assert stage.checker("first build").outcome(Store(stage.folder / "nothing")) == "none"
    assert stage.old != answers(Store(stage.folder / "updated"))


def test_a_kill_leaves_the_old_index_or_the_new_and_the_next_build_goes_on(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    moments = random.Random(request.config.getoption("--kill-seed"))
    seen: Counter[str] = Counter()
    for number, kind in enumerate(kinds(request.config.getoption("--kills"))):
        store = stage.store(kind, f"killed-{number}")
        checker = stage.checker(kind)
        told = stage.kill(kind, store, moments.uniform(0, 1.05))
        outcome = checker.outcome(store)
        seen[f"{kind}, {told.stage}: {outcome}"] += 1
        assert kind != "collection" or outcome == "new"

        summary, encoder = go_on(stage, store)
        assert checker.outcome(store) == "new"
        assert summary.published == (outcome != "new")
        assert summary.embedded == len(encoder.texts)
        if outcome == "new":
            assert encoder.batches == []
        else:
            alone = stage.first if kind == "first build" else stage.updated
            spared = alone.embedded - len(encoder.texts)
            assert told.embedded <= spared <= told.embedded + BATCH
        generations = [path.name for path in (store.folder / "generations").iterdir()]
        assert sorted(generations) == [store.current(), f"{store.current()}.lock"]
        shutil.rmtree(store.folder)
    sys.stdout.write(f"{dict(sorted(seen.items()))}\n")


@pytest.mark.parametrize("done", [1, 3, 6])
def test_batches_finished_before_a_kill_are_not_embedded_again(stage: Stage, done: int) -> None:
    store = stage.store("first build", f"batches-{done}")
    line = f"EMBED {done * BATCH} {stage.first.embedded}"
    waiting = job(store, stage.news, wait_at=line)
    told = stage.builder.build(waiting, kill_at=one_step(line))
    assert not told.finished
    _, encoder = go_on(stage, store)
    assert len(encoder.texts) == stage.first.embedded - done * BATCH
    assert stage.checker("first build").outcome(store) == "new"


@pytest.mark.parametrize(
    ("kind", "fault", "moment"),
    [
        ("first build", "publishes first", "WRITE 1 5"),
        ("first build", "publishes first", "WRITE 3 5"),
        ("update", "publishes first", "WRITE 2 5"),
        ("update", "collects first", "collected"),
    ],
)
def test_a_build_that_is_not_atomic_is_caught(
    stage: Stage, kind: Kind, fault: Fault, moment: str
) -> None:
    store = stage.store(kind, f"{fault}-{kind}-{moment}")
    waiting = job(store, stage.news, fault, wait_at=moment)
    told = stage.builder.build(waiting, kill_at=one_step(moment))
    assert not told.finished
    with pytest.raises(AssertionError, match="the index cannot be asked: "):
        stage.checker(kind).outcome(store)
