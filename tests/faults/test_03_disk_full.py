"""A disk that is full after any 4 KiB of a build: a clear error, and the old index answers."""

from collections.abc import Iterator

import msgspec
import pytest

from index.storage.store import Store
from tests.faults.beneath import FileLimit
from tests.faults.builder import Job
from tests.faults.conftest import Battery, Figure
from tests.faults.disks import PAGE, Disk, LimitedFiles, TrappedWrites, sizes, small_disk
from tests.faults.disturbed import faults_after
from tests.faults.stage import Kind, Stage, set_stage
from tests.faults.trapping import set_trap

KINDS: tuple[Kind, ...] = ("first build", "update")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with set_stage(tmp_path_factory.mktemp("full")) as stage:
        yield stage


def steps(stage: Stage, disk: Disk, count: int) -> list[tuple[Kind, int]]:
    """Every step of 4 KiB of both kinds of builds, or so many of them and the last of each."""
    store = Store(stage.folder / "updated")
    every = range(0, disk.needed(store) + 2 * PAGE, PAGE)
    chosen = every[:: max(1, len(KINDS) * len(every) // count)]
    return [(kind, left) for kind in KINDS for left in (*chosen, every[-1])]


def check_full(stage: Stage, disk: Disk, battery: Battery, figure: Figure) -> None:
    faults: list[str] = []
    errors = finished = 0
    for kind, left in steps(stage, disk, battery.pick(10, 1_000_000)):
        filled = disk.build(kind, left)
        found = faults_after(stage, kind, filled.store, filled.told, filled.make_room)
        faults += [f"{left} bytes left: {fault}" for fault in found]
        errors += not filled.told.finished
        finished += filled.told.finished
    assert not faults, "\n".join(faults)
    assert errors
    assert finished
    figure(f"{disk.what}: {errors} builds too large, {finished} with room enough: 0 bad")


def test_where_no_file_may_grow_the_old_index_answers(
    stage: Stage, battery: Battery, figure: Figure
) -> None:
    check_full(stage, LimitedFiles(stage), battery, figure)


def test_where_writes_take_a_part_and_then_nothing_the_old_index_answers(
    stage: Stage, battery: Battery, figure: Figure
) -> None:
    check_full(stage, TrappedWrites(set_trap(stage)), battery, figure)


def test_on_a_small_file_system_that_is_full_the_old_index_answers(
    stage: Stage, battery: Battery, figure: Figure
) -> None:
    with small_disk(stage) as disk:
        check_full(stage, disk, battery, figure)


def test_a_build_that_leaves_saving_to_faiss_is_found_to_publish_half(
    stage: Stage, figure: Figure
) -> None:
    def job(name: str) -> Job:
        naive = stage.job(Store(stage.folder / name), "saves as FAISS does")
        return msgspec.structs.replace(naive, dimension=512)

    # Of so many dimensions that the vectors are the largest file, and end within a page.
    whole = stage.builder.build(job("whole"))
    assert whole.finished
    size = max(sizes(Store(stage.folder / "whole")))
    assert size % PAGE
    cut = msgspec.structs.replace(job("cut"), beneath=FileLimit(size // PAGE * PAGE))
    assert stage.builder.build(cut).finished
    with pytest.raises(AssertionError, match=r"vectors\.f16 holds \d+ of 331 passages"):
        stage.checker("first build").outcome(Store(stage.folder / "cut"))
    figure("planted: a build that saves as FAISS does, one page short: done, and unreadable")
