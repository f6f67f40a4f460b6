"""SIGKILL at any moment of a build leaves the old or the new index, and the next build resumes."""

import shutil
from collections import Counter

import pytest

from index.build.embedding import BATCH
from index.storage.store import Store
from tests.faults.build_client import BuildLog, at_line
from tests.faults.conftest import Battery, Figure
from tests.faults.naive_builds import Naive
from tests.faults.outcomes import Outcome
from tests.faults.scenario import ARTICLES, PASSAGES, Kind, Scenario, build_again


def kinds(count: int) -> list[Kind]:
    spread: tuple[Kind, ...] = ("first build", "update", "first build", "update", "collection")
    return [spread[i % len(spread)] for i in range(count)]


def kill(scenario: Scenario, kind: Kind, store: Store, share: float) -> BuildLog:
    """Kill a build after a share of its usual time; a collection after a share of its own."""
    usual = scenario.without_fault(kind)
    if kind != "collection":
        return scenario.builder.build(scenario.job(store), share * usual.time_of("done"))
    published = usual.steps[-1]
    delay = share * (usual.time_of("done") - usual.time_of(published))
    return scenario.builder.build(scenario.job(store), delay, at_line(published))


def check_that_the_next_build_resumes(
    scenario: Scenario, kind: Kind, store: Store, log: BuildLog, outcome: Outcome
) -> None:
    summary, encoder = build_again(scenario, store)
    assert scenario.checker(kind).outcome(store) == "new"
    assert summary.published == (outcome != "new")
    assert summary.embedded == len(encoder.texts)
    if outcome == "new":
        assert encoder.batches == []
    else:
        reused = scenario.without_fault(kind).embedded - len(encoder.texts)
        assert log.embedded <= reused <= log.embedded + BATCH
    kept = {path.name.removesuffix(".lock") for path in (store.folder / "generations").iterdir()}
    assert kept == {store.current()}


def test_the_scenario_is_as_it_should_be(scenario: Scenario) -> None:
    # The line between their passages is the same everywhere, and embedded once.
    assert scenario.first.embedded == (ARTICLES - 1) * PASSAGES + 2
    # Six articles changed and one was added.
    assert scenario.updated.embedded == 6 * PASSAGES + 1
    assert scenario.checker("update").outcome(Store(scenario.folder / "old")) == "old"
    assert scenario.checker("first build").outcome(Store(scenario.folder / "nothing")) == "none"
    assert scenario.checker("update").new != scenario.checker("update").old


def test_a_kill_leaves_the_old_index_or_the_new_and_the_next_build_goes_on(
    scenario: Scenario, battery: Battery, figure: Figure
) -> None:
    moments = battery.chance("kills")
    seen: Counter[Outcome] = Counter()
    stages: Counter[str] = Counter()
    kills = battery.pick(40, 2_000)
    for number, kind in enumerate(kinds(kills)):
        store = scenario.store(kind, f"killed-{number}")
        log = kill(scenario, kind, store, moments.uniform(0, 1.05))
        outcome = scenario.checker(kind).outcome(store)
        assert kind != "collection" or outcome == "new"
        seen[outcome] += 1
        stages["ended first" if log.finished else log.stage] += 1
        check_that_the_next_build_resumes(scenario, kind, store, log, outcome)
        shutil.rmtree(store.folder)
    after = ", ".join(f"{count} {outcome}" for outcome, count in sorted(seen.items()))
    at = ", ".join(f"{count} {name}" for name, count in sorted(stages.items()))
    figure(f"{kills} kills ({at}): 0 unusable, 0 wrong ({after}); all resumed")


@pytest.mark.parametrize("done", [1, 3, 6])
def test_batches_that_a_killed_build_finished_are_not_embedded_again(
    scenario: Scenario, done: int
) -> None:
    store = scenario.store("first build", f"batches-{done}")
    line = f"EMBED {done * BATCH} {scenario.first.embedded}"
    log = scenario.builder.build(scenario.job(store, wait_at=line), kill_at=at_line(line))
    assert not log.end
    _, encoder = build_again(scenario, store)
    assert len(encoder.texts) == scenario.first.embedded - done * BATCH
    assert scenario.checker("first build").outcome(store) == "new"


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
def test_the_checks_find_that_a_killed_naive_build_loses_the_index(
    scenario: Scenario, kind: Kind, naive: Naive, moment: str, figure: Figure
) -> None:
    store = scenario.store(kind, f"{naive}-{kind}-{moment}")
    steps = [step for step in scenario.without_fault(kind).steps if step.startswith(f"{moment} ")]
    line = steps[0] if steps else moment
    log = scenario.builder.build(scenario.job(store, naive, wait_at=line), kill_at=at_line(line))
    assert not log.end
    with pytest.raises(AssertionError, match="the index cannot be asked: "):
        scenario.checker(kind).outcome(store)
    figure(f"planted: a build that {naive}, killed at “{moment}”: 1 of 1 unusable")
