"""Whichever write, fsync, rename or open of a build fails, what is published is complete."""

import errno
from dataclasses import dataclass

import msgspec
import pytest

from index.errors import BylineError
from index.storage.store import Store
from tests.faults.build_client import BuildLog
from tests.faults.conftest import Battery, Figure
from tests.faults.injection import Trap
from tests.faults.naive_builds import Naive
from tests.faults.python_calls import PythonCalls
from tests.faults.scenario import BUILDS, Kind, Scenario, build_again, faults_after, sample
from tests.faults.trapper import Trapper

WAYS = (
    Trap(error=errno.EIO),
    Trap(error=errno.EIO, lasting=True),
    Trap(error=errno.ENOSPC, lasting=True),
    Trap(error=0),
)
"""One call fails, all calls from it on fail, or a write writes half."""


@dataclass(frozen=True)
class Case:
    """One way to make a build fail."""

    kind: Kind
    trap: Trap


def calls_of(trapper: Trapper, kind: Kind, naive: Naive | None = None, only: str = "") -> int:
    """Return the number of calls of a build without a fault."""
    store = trapper.scenario.store(kind, f"counted-{kind}-{naive}")
    log = trapper.build(store, Trap(only=only), naive)
    assert log.finished
    return log.trap_counts.calls


def faults_of(trapper: Trapper, case: Case, naive: Naive | None = None) -> list[str]:
    store = trapper.scenario.store(case.kind, "failing")
    log = trapper.build(store, case.trap, naive)
    faults = faults_after(trapper.scenario, case.kind, store, log)
    return [f"call {case.trap.failing}, {case.trap.error}: {fault}" for fault in faults]


def test_whichever_call_fails_nothing_bad_is_published(
    trapper: Trapper, battery: Battery, figure: Figure
) -> None:
    calls = {kind: calls_of(trapper, kind) for kind in BUILDS}
    cases = [
        Case(kind, msgspec.structs.replace(way, failing=number))
        for kind in BUILDS
        for number in range(calls[kind])
        for way in WAYS
    ]
    chosen = sample(
        cases,
        battery.pick(40, len(cases)),
        lambda case: (case.trap.failing or 0) > calls[case.kind] * 4 // 5,
        battery.chance("calls"),
    )
    faults = [fault for case in chosen for fault in faults_of(trapper, case)]
    assert not faults, "\n".join(faults)
    counted = ", ".join(f"{count} in the {kind}" for kind, count in calls.items())
    figure(
        f"{len(chosen)} of {len(cases)} failures, {len(WAYS)} ways at each call ({counted}): 0 bad"
    )


def build_in_process(scenario: Scenario, store: Store) -> BuildLog:
    try:
        build_again(scenario, store)
    except BylineError as error:
        return BuildLog([(0.0, f"failed {type(error).__name__}: {error.message!a}")])
    return BuildLog([(0.0, "done")])


def test_whichever_python_call_fails_nothing_bad_is_published(
    scenario: Scenario, battery: Battery, figure: Figure
) -> None:
    def build_failing(number: int | None) -> tuple[int, list[str]]:
        store = scenario.store("update", "failing")
        calls = PythonCalls(store.folder, number)
        with pytest.MonkeyPatch.context() as patch:
            calls.patch(patch)
            log = build_in_process(scenario, store)
        return calls.count, faults_after(scenario, "update", store, log)

    total, faults_without_failure = build_failing(None)
    assert faults_without_failure == []
    tried = min(battery.pick(8, total), total)
    faults: list[str] = []
    for number in battery.chance("calls of Python").sample(range(total), tried):
        faults += [f"call {number}: {fault}" for fault in build_failing(number)[1]]
    assert not faults, "\n".join(faults)
    figure(f"{tried} of {total} Python calls fail: 0 bad")


@pytest.mark.parametrize(
    ("naive", "only"), [("saves as FAISS does", "vectors.f16"), ("publishes first", "vectors.f16")]
)
def test_the_checks_find_that_naive_builds_publish_what_is_bad_when_a_call_fails(
    trapper: Trapper, naive: Naive, only: str, battery: Battery, figure: Figure
) -> None:
    calls = calls_of(trapper, "update", naive, only)
    step = max(1, calls // battery.pick(8, calls))
    numbers = range(0, calls, step)
    traps = [Trap(error=errno.ENOSPC, only=only, failing=number) for number in numbers]
    bad = [faults_of(trapper, Case("update", trap), naive) for trap in traps]
    found = sum(map(bool, bad))
    assert found
    figure(f"planted: a build that {naive}: {found} of {len(bad)} failures publish what is bad")
