"""A disk that is full after any 4 KiB of a build: a clear error, and the old index answers."""

import msgspec
import pytest

from index.storage.store import Store
from tests.faults.build_worker import Job
from tests.faults.conftest import Battery, Figure
from tests.faults.disks import PAGE, Disk, LimitedFiles, TrappedWrites, sizes, small_disk
from tests.faults.injection import FileLimit
from tests.faults.scenario import BUILDS, Kind, Scenario, faults_after
from tests.faults.trapper import Trapper


def limits(scenario: Scenario, disk: Disk, count: int) -> list[tuple[Kind, int]]:
    """Return all steps of 4 KiB of both kinds of builds, or some of them and the last of each."""
    store = Store(scenario.folder / "updated")
    steps = range(0, disk.needed(store) + 2 * PAGE, PAGE)
    chosen = steps[:: max(1, len(BUILDS) * len(steps) // count)]
    return [(kind, left) for kind in BUILDS for left in (*chosen, steps[-1])]


def check_full(scenario: Scenario, disk: Disk, battery: Battery, figure: Figure) -> None:
    faults: list[str] = []
    errors = finished = 0
    for kind, left in limits(scenario, disk, battery.pick(10, 1_000_000)):
        limited = disk.build(kind, left)
        found = faults_after(scenario, kind, limited.store, limited.log, limited.make_room)
        faults += [f"{left} bytes left: {fault}" for fault in found]
        errors += not limited.log.finished
        finished += limited.log.finished
    assert not faults, "\n".join(faults)
    assert errors
    assert finished
    figure(f"{disk.label}: {errors} builds too large, {finished} with room enough: 0 bad")


def test_where_files_may_not_grow_the_old_index_answers(
    scenario: Scenario, battery: Battery, figure: Figure
) -> None:
    check_full(scenario, LimitedFiles(scenario), battery, figure)


def test_where_writes_are_partial_and_then_fail_the_old_index_answers(
    trapper: Trapper, battery: Battery, figure: Figure
) -> None:
    check_full(trapper.scenario, TrappedWrites(trapper), battery, figure)


def test_on_a_full_small_file_system_the_old_index_answers(
    scenario: Scenario, battery: Battery, figure: Figure
) -> None:
    with small_disk(scenario) as disk:
        check_full(scenario, disk, battery, figure)


def test_the_checks_find_that_a_build_that_saves_as_faiss_does_publishes_half(
    scenario: Scenario, figure: Figure
) -> None:
    def job(name: str) -> Job:
        naive = scenario.job(Store(scenario.folder / name), "saves as FAISS does")
        return msgspec.structs.replace(naive, dimension=512)

    # With 512 dimensions the vectors are the largest file, and end within a page.
    complete = scenario.builder.build(job("complete"))
    assert complete.finished
    size = max(sizes(Store(scenario.folder / "complete")))
    assert size % PAGE
    cut = msgspec.structs.replace(job("cut"), fault=FileLimit(size // PAGE * PAGE))
    assert scenario.builder.build(cut).finished
    with pytest.raises(AssertionError, match=r"vectors\.f16 has \d+ of \d+ passages"):
        scenario.checker("first build").outcome(Store(scenario.folder / "cut"))
    figure("planted: a build that saves as FAISS does, one page short: done, and unreadable")
