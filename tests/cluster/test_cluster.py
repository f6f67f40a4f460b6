"""An index built and asked on a Ray cluster is that of one machine, also when parts of it die."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
import ray

from index.build.events import Progress, Stage, Summary
from index.cluster.build import build_on_cluster
from index.cluster.serve import ClusterStore
from index.errors import ShardLost
from index.models.passage_encoder import Precision, Vectors
from index.shards.store import ShardedStore
from index.storage.store import OpenIndex
from tests.cluster.conftest import Nodes, kill, store_of
from tests.fakes import FakeEncoder
from tests.index.shards.both import Both, audit

SHARDS = 4
KILLS = {"quick": 2, "small": 2, "large": 50}
"""While an index is built, and as many while it is asked."""
EVENTS = 12
"""Events of a build, at one of which something is killed; there are a few more."""
AT_WORK = ("Embedding", "_texts", "_listed", "built")


@dataclass
class SlowEncoder(FakeEncoder):
    """Takes long enough to be killed."""

    seconds: float = 0.05
    batches: list[list[str]] = field(default_factory=list)
    precision: Precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        time.sleep(self.seconds * len(texts) / 8)
        return super().encode(texts)


def _events(
    library: Both, store: ShardedStore, seconds: float = 0.0
) -> Iterator[Progress | Summary]:
    encoder = SlowEncoder(seconds=seconds)
    yield from build_on_cluster(store, library.request, encoder, SHARDS, actors=2)


def _build(library: Both, store: ShardedStore) -> tuple[Summary, set[Stage]]:
    *steps, last = _events(library, store)
    assert isinstance(last, Summary)
    return last, {step.stage for step in steps if isinstance(step, Progress)}


@pytest.fixture(scope="module")
def built(nodes: Nodes, library: Both) -> ShardedStore:
    store: ShardedStore = store_of(library, "built")
    summary, stages = _build(library, store)
    assert summary.articles == summary.added > 40
    assert summary.embedded >= 60
    assert stages == set(Stage)
    return store


def test_an_index_built_on_the_cluster_is_that_of_one_machine(
    library: Both, built: ShardedStore
) -> None:
    assert audit(library, built) == []


def test_a_second_build_embeds_nothing(library: Both, built: ShardedStore) -> None:
    before = built.current()
    assert _build(library, built)[0].embedded == 0
    assert built.current() == before


@contextmanager
def _while_running(act: Callable[[], None], delay: float) -> Iterator[None]:
    """Do something after a delay, while the block runs."""
    timer = threading.Timer(delay, act)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def test_what_dies_in_a_build_is_run_again_and_nothing_is_lost_or_doubled(
    request: pytest.FixtureRequest, nodes: Nodes, library: Both
) -> None:
    size = request.config.getoption("--faults")
    count = request.config.getoption("--fault-count") or KILLS[size]
    seed = request.config.getoption("--fault-seed")
    chance, killed = random.Random(seed), []

    def kill_one(kind: str) -> None:
        if kind == "node":
            nodes.lose_node()
            nodes.replace_lost()
            killed.append(kind)
        elif pids := nodes.processes(*AT_WORK):
            kill(chance.choice(pids))
            killed.append(kind)

    number = 0
    while len(killed) < count:  # sometimes nothing is at work
        number += 1
        kind = "node" if number % 5 == 2 else "process"
        store: ShardedStore = store_of(library, f"killed {number}")
        at = chance.randrange(EVENTS)
        for event, _ in enumerate(_events(library, store, seconds=0.2)):
            if event == at:
                kill_one(kind)
        assert audit(library, store) == [], (seed, number, kind, at)
    request.node.user_properties.append(
        ("figure", f"{len(killed)} kills in {number} builds: 0 lost, 0 doubled, 0 wrong")
    )


def test_questions_go_to_all_shards_and_survive_what_dies(
    request: pytest.FixtureRequest, nodes: Nodes, library: Both, built: ShardedStore
) -> None:
    size = request.config.getoption("--faults")
    count = request.config.getoption("--fault-count") or KILLS[size]
    chance = random.Random(request.config.getoption("--fault-seed"))
    store = ClusterStore(built.folder, timeout=120)
    expected = library.answers(library.store)
    with closing(store.open()) as index:
        bot = library.bot_over(index)
        assert [library.told(bot, question) for question in library.questions] == expected
        for number in range(count):
            act: Callable[[], None] = nodes.lose_node
            if number % 5 != 4:
                pid = chance.choice(nodes.processes("ShardActor"))
                act = partial(kill, pid)
            with _while_running(act, chance.uniform(0.0, 0.2)):
                answers = [library.told(bot, question) for question in library.questions]
            assert answers == expected, number
            nodes.replace_lost()


def test_a_shard_that_does_not_come_back_is_named_or_left_out(
    nodes: Nodes, library: Both, built: ShardedStore
) -> None:
    vector = np.ones(16, np.float32)
    with closing(ClusterStore(built.folder, timeout=20).open()) as index:
        number = _lose_shard(index)
        with pytest.raises(ShardLost, match=f"shard {number} .*--partial"):
            index.generation.vectors.search(vector, 500)
    missing: list[str] = []
    with closing(ClusterStore(built.folder, missing.append, timeout=20).open()) as index:
        number = _lose_shard(index)
        found = index.generation.vectors.search(vector, 500)
        assert 0 < len(found) < index.generation.manifest.passages
        assert library.told(library.bot_over(index), "storm harbour ferry").cited
    assert missing == [f"shard {number} does not answer; the answer is from the others"]


def _lose_shard(index: OpenIndex) -> int:
    """End the actor of a shard for good; returns the shard's number."""
    shards = index.generation.shards  # type: ignore[attr-defined]
    number, (actor,) = next(iter(shards.actors.items()))
    ray.kill(actor)
    return int(number)


def test_replicas_take_over_at_once(nodes: Nodes, library: Both, built: ShardedStore) -> None:
    store = ClusterStore(built.folder, replicas=2, timeout=10)
    with closing(store.open()) as index:
        for actor, *_ in index.generation.shards.actors.values():  # type: ignore[attr-defined]
            ray.kill(actor)
        bot = library.bot_over(index)
        answers = [library.told(bot, question) for question in library.questions]
    assert answers == library.answers(library.store)
