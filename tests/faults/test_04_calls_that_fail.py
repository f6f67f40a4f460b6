"""Whichever write, fsync, rename or open of a build fails: what is published is whole."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import pytest

from index.errors import BylineError
from index.storage.store import Store
from tests.faults.beneath import Trap
from tests.faults.building import Told
from tests.faults.choosing import choose
from tests.faults.conftest import Battery, Figure
from tests.faults.disturbed import faults_after
from tests.faults.naive import Naive
from tests.faults.python_calls import PythonCalls
from tests.faults.stage import Kind, Stage, go_on, set_stage
from tests.faults.trapping import Trapper, set_trap

KINDS: tuple[Kind, ...] = ("first build", "update")
WAYS = (
    Trap(error=errno.EIO),
    Trap(error=errno.EIO, lasting=True),
    Trap(error=errno.ENOSPC, lasting=True),
    Trap(error=0),
)
"""A call fails, every call from then on does, and a write writes half."""


@dataclass(frozen=True)
class Case:
    """One way in which a build is made to fail."""

    kind: Kind
    trap: Trap


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with set_stage(tmp_path_factory.mktemp("failing")) as stage:
        yield stage


@pytest.fixture(scope="module")
def trapper(stage: Stage) -> Trapper:
    return set_trap(stage)


def calls_of(trapper: Trapper, kind: Kind, naive: Naive = "", only: str = "") -> int:
    """Count the calls of a build that nothing happens to."""
    store = trapper.stage.store(kind, f"counted-{kind}-{naive}")
    told = trapper.build(store, Trap(only=only), naive)
    assert told.finished
    return told.seen.calls


def faults_of(trapper: Trapper, case: Case, naive: Naive = "") -> list[str]:
    store = trapper.stage.store(case.kind, "failing")
    told = trapper.build(store, case.trap, naive)
    faults = faults_after(trapper.stage, case.kind, store, told)
    return [f"call {case.trap.failing}, {case.trap.error}: {fault}" for fault in faults]


def test_whichever_call_fails_nothing_bad_is_published(
    trapper: Trapper, battery: Battery, figure: Figure
) -> None:
    calls = {kind: calls_of(trapper, kind) for kind in KINDS}
    cases = [
        Case(kind, msgspec.structs.replace(way, failing=number))
        for kind in KINDS
        for number in range(calls[kind])
        for way in WAYS
    ]
    chosen = choose(
        cases,
        battery.pick(40, len(cases)),
        lambda case: case.trap.failing > calls[case.kind] * 4 // 5,
        battery.chance("calls"),
    )
    faults = [fault for case in chosen for fault in faults_of(trapper, case)]
    assert not faults, "\n".join(faults)
    counted = ", ".join(f"{count} in the {kind}" for kind, count in calls.items())
    figure(
        f"{len(chosen)} of {len(cases)} failures, {len(WAYS)} ways at each call ({counted}): 0 bad"
    )


def build_here(stage: Stage, store: Store) -> Told:
    try:
        go_on(stage, store)
    except BylineError as error:
        return Told([(0.0, f"failed {type(error).__name__}: {error.message!a}")])
    return Told([(0.0, "done")])


def test_whichever_call_of_python_fails_nothing_bad_is_published(
    stage: Stage, battery: Battery, figure: Figure
) -> None:
    def build_failing(number: int) -> tuple[int, list[str]]:
        store = stage.store("update", "failing")
        calls = PythonCalls(store.folder, number)
        with pytest.MonkeyPatch.context() as patch:
            calls.patch(patch)
            told = build_here(stage, store)
        return calls.count, faults_after(stage, "update", store, told)

    total, none = build_failing(-1)
    assert none == []
    tried = min(battery.pick(8, total), total)
    faults: list[str] = []
    for number in battery.chance("calls of Python").sample(range(total), tried):
        faults += [f"call {number}: {fault}" for fault in build_failing(number)[1]]
    assert not faults, "\n".join(faults)
    figure(f"{tried} of {total} calls of Python's fail: 0 bad")


@pytest.mark.parametrize(
    ("naive", "only"),
    [("saves as FAISS does", "vectors.f16"), ("publishes first", "vectors.f16")],
)
def test_a_call_that_fails_in_a_naive_build_is_found_to_publish_what_is_bad(
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
