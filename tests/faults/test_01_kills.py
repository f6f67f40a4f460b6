"""SIGKILL at any moment of a build leaves the old or the new index, whole; the next one goes on."""

import shutil
from collections import Counter
from collections.abc import Iterator

import pytest

from index.build.embedding import BATCH
from index.storage.store import Store
from tests.faults.building import Told, one_step
from tests.faults.conftest import Battery, Figure
from tests.faults.naive import Naive
from tests.faults.outcomes import Outcome
from tests.faults.stage import ARTICLES, PASSAGES, Kind, Stage, go_on, set_stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with set_stage(tmp_path_factory.mktemp("killed")) as stage:
        yield stage


def kinds(count: int) -> list[Kind]:
    spread: tuple[Kind, ...] = ("first build", "update", "first build", "update", "collection")
    return [spread[i % len(spread)] for i in range(count)]


def kill(stage: Stage, kind: Kind, store: Store, share: float) -> Told:
    """Kill a build after a share of the time that it took alone; of a collection, its own."""
    alone = stage.alone(kind)
    if kind != "collection":
        return stage.builder.build(stage.job(store), share * alone.at("done"))
    published = alone.steps[-1]
    after = share * (alone.at("done") - alone.at(published))
    return stage.builder.build(stage.job(store), after, one_step(published))


def check_that_the_next_build_goes_on(
    stage: Stage, kind: Kind, store: Store, told: Told, outcome: Outcome
) -> None:
    summary, encoder = go_on(stage, store)
    assert stage.checker(kind).outcome(store) == "new"
    assert summary.published == (outcome != "new")
    assert summary.embedded == len(encoder.texts)
    if outcome == "new":
        assert encoder.batches == []
    else:
        spared = stage.alone(kind).embedded - len(encoder.texts)
        assert told.embedded <= spared <= told.embedded + BATCH
    left = {path.name.removesuffix(".lock") for path in (store.folder / "generations").iterdir()}
    assert left == {store.current()}


def test_the_stage_is_as_it_should_be(stage: Stage) -> None:
    assert stage.first.embedded == (ARTICLES - 1) * PASSAGES + 1
    # Six articles changed and one came.
    assert stage.updated.embedded == 6 * PASSAGES + 1
    assert stage.checker("update").outcome(Store(stage.folder / "old")) == "old"
    assert stage.checker("first build").outcome(Store(stage.folder / "nothing")) == "none"
    assert (stage.checker("update").new,) != stage.checker("update").old


def test_a_kill_leaves_the_old_index_or_the_new_and_the_next_build_goes_on(
    stage: Stage, battery: Battery, figure: Figure
) -> None:
    moments = battery.chance("kills")
    seen: Counter[Outcome] = Counter()
    stages: Counter[str] = Counter()
    kills = battery.pick(40, 2_000)
    for number, kind in enumerate(kinds(kills)):
        store = stage.store(kind, f"killed-{number}")
        told = kill(stage, kind, store, moments.uniform(0, 1.05))
        outcome = stage.checker(kind).outcome(store)
        assert kind != "collection" or outcome == "new"
        seen[outcome] += 1
        stages["ended first" if told.finished else told.stage] += 1
        check_that_the_next_build_goes_on(stage, kind, store, told, outcome)
        shutil.rmtree(store.folder)
    after = ", ".join(f"{count} {outcome}" for outcome, count in sorted(seen.items()))
    at = ", ".join(f"{count} {stage}" for stage, count in sorted(stages.items()))
    figure(f"{kills} kills ({at}): 0 unusable, 0 wrong ({after}); all went on where they had been")


@pytest.mark.parametrize("done", [1, 3, 6])
def test_batches_finished_before_a_kill_are_not_embedded_again(stage: Stage, done: int) -> None:
    store = stage.store("first build", f"batches-{done}")
    line = f"EMBED {done * BATCH} {stage.first.embedded}"
    told = stage.builder.build(stage.job(store, wait_at=line), kill_at=one_step(line))
    assert not told.end
    _, encoder = go_on(stage, store)
    assert len(encoder.texts) == stage.first.embedded - done * BATCH
    assert stage.checker("first build").outcome(store) == "new"


@pytest.mark.parametrize(
    ("kind", "naive", "moment"),
    [
        ("first build", "publishes first", "WRITE 1"),
        ("first build", "publishes first", "WRITE 3"),
        ("update", "publishes first", "WRITE 2"),
        ("update", "collects first", "collected"),
        ("update", "overwrites", "overwritten half"),
    ],
)
def test_a_kill_of_a_naive_build_is_found_to_lose_the_index(
    stage: Stage, kind: Kind, naive: Naive, moment: str, figure: Figure
) -> None:
    store = stage.store(kind, f"{naive}-{kind}-{moment}")
    steps = [step for step in stage.alone(kind).steps if step.startswith(f"{moment} ")]
    line = steps[0] if steps else moment
    told = stage.builder.build(stage.job(store, naive, wait_at=line), kill_at=one_step(line))
    assert not told.end
    with pytest.raises(AssertionError, match="the index cannot be asked: "):
        stage.checker(kind).outcome(store)
    figure(f"planted: a build that {naive}, killed at “{moment}”: 1 of 1 unusable")
