"""A power cut before any call of a build leaves a disk that opens as the old or the new index."""

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp

import pytest

from index.storage.store import Store
from tests.faults.conftest import Battery, Figure
from tests.faults.injection import Trap
from tests.faults.naive_builds import Naive
from tests.faults.power_model import (
    Change,
    Fate,
    History,
    Tree,
    always,
    at_random,
    digest,
    write_tree,
)
from tests.faults.scenario import BUILDS, Kind, build_again, sample
from tests.faults.syscall_log import Call, read_calls
from tests.faults.trapper import Trapper

INDEX = Path("deep") / "index"
"""Path of the index in the recorded folder."""
FATES: dict[str, Callable[[Change], Fate]] = {
    "all lost": always(Fate.LOST, Fate.LOST),
    "names without data": always(Fate.KEPT, Fate.LOST),
    "names and zeros": always(Fate.KEPT, Fate.ZEROS),
    "data without names": always(Fate.LOST, Fate.KEPT),
    "all kept": always(Fate.KEPT, Fate.KEPT),
}
"""Fates that all unsynced changes may share."""
RANDOM_FATES = 3
"""How often, at each moment, each change has a random fate."""


@dataclass(frozen=True)
class RecordedBuild:
    """A recorded build."""

    kind: Kind
    folder: Path
    calls: list[Call]
    history: History


def record(trapper: Trapper, kind: Kind, naive: Naive | None = None) -> RecordedBuild:
    """Build and record the calls."""
    outer = Path(mkdtemp(prefix="recorded-", dir=trapper.scenario.folder))
    folder, before, log = outer / "now", outer / "before", outer / "log"
    folder.mkdir()
    store = trapper.scenario.store(kind, f"{outer.name}/now/{INDEX}")
    shutil.copytree(folder, before)
    result = trapper.build(store, Trap(folder=str(folder), log=str(log)), naive)
    assert result.finished
    calls = read_calls(log, folder)
    return RecordedBuild(kind, folder, calls, History.of(before, calls))


@dataclass(frozen=True)
class PowerCut:
    """A moment at which the power is cut, and the fate of unsynced changes."""

    build: RecordedBuild
    before: int
    """Number of the first call that is not build."""
    fate: str
    builds_again: bool

    @property
    def is_done(self) -> bool:
        """Whether the build had finished."""
        return self.before == len(self.build.calls)

    def tree(self, chance: random.Random) -> Tree:
        return self.build.history.after(self.before, FATES.get(self.fate) or at_random(chance))


def power_cuts(build: RecordedBuild, count: int, chance: random.Random) -> list[PowerCut]:
    """Return all power cuts, or some of them; only some of the latter build again."""
    fates = [*FATES, *(f"at random {number}" for number in range(RANDOM_FATES))]
    total = len(build.calls)
    cuts = [PowerCut(build, number, fate, True) for number in range(total + 1) for fate in fates]
    chosen = sample(cuts, count, lambda cut: cut.before > total * 4 // 5, chance)
    if len(chosen) == len(cuts):
        return cuts
    return [replace(cut, builds_again=number % 4 == 0) for number, cut in enumerate(chosen)]


@dataclass
class Judge:
    """Finds what is wrong with the contents of disks; the same contents are checked only once."""

    trapper: Trapper
    seen: dict[tuple[str, bool, bool], str | None] = field(default_factory=dict)
    """By the hash of the disk's contents, and by what is checked."""

    def faults(self, chosen: Sequence[PowerCut], chance: random.Random) -> list[str]:
        found = [(cut, self._fault(cut, cut.tree(chance))) for cut in chosen]
        return [
            f"{cut.build.kind}, before call {cut.before}, {cut.fate}: {fault}"
            for cut, fault in found
            if fault
        ]

    def _fault(self, cut: PowerCut, tree: Tree) -> str | None:
        key = (f"{cut.build.kind} {digest(tree)}", cut.is_done, cut.builds_again)
        if key not in self.seen:
            self.seen[key] = _fault(self.trapper, cut, tree)
        return self.seen[key]


def _fault(trapper: Trapper, cut: PowerCut, tree: Tree) -> str | None:
    """Return what is wrong with the contents of a disk, or None."""
    scenario, folder = trapper.scenario, trapper.scenario.folder / "after"
    checker, store = scenario.checker(cut.build.kind), Store(folder / INDEX)
    write_tree(tree, folder)
    try:
        outcome = checker.outcome(store)
        if cut.is_done:
            assert outcome == "new", f"the build was done, and the {outcome} index answers"
        if cut.builds_again:
            build_again(scenario, store)
            assert checker.outcome(store) == "new"
    except Exception as error:  # noqa: BLE001  (any exception is a fault)
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder)
    return None


def test_the_record_has_everything_that_a_build_changes(trapper: Trapper) -> None:
    build = record(trapper, "first build")
    expected = {
        path.relative_to(build.folder).as_posix(): path.read_bytes()
        for path in build.folder.rglob("*")
        if path.is_file()
    }
    tree = build.history.after(len(build.calls), FATES["all kept"])
    assert {path: data for path, data in tree.items() if not path.endswith("/")} == expected


def test_whatever_the_disk_kept_opens_as_the_old_or_the_new_index(
    trapper: Trapper, battery: Battery, figure: Figure
) -> None:
    chance = battery.chance("power")
    builds = [record(trapper, kind) for kind in BUILDS]
    count = battery.pick(60, 1_000_000) // len(BUILDS)
    chosen = [cut for build in builds for cut in power_cuts(build, count, chance)]
    judge = Judge(trapper)
    faults = judge.faults(chosen, chance)
    assert not faults, "\n".join(faults)
    calls = ", ".join(f"{len(build.calls)} calls of the {build.kind}" for build in builds)
    figure(f"{len(chosen):,} power cuts within {calls}, {len(judge.seen):,} different disks: 0 bad")


@pytest.mark.parametrize("naive", ["never syncs", "publishes first"])
def test_the_checks_find_that_a_naive_build_loses_the_index(
    trapper: Trapper, naive: Naive, battery: Battery, figure: Figure
) -> None:
    chance = battery.chance(naive)
    build = record(trapper, "update", naive)
    # A build that is done has published, whatever it left unsynced.
    done = [cut for cut in power_cuts(build, 1_000_000, chance) if cut.is_done]
    chosen = [*power_cuts(build, 16, chance), *done]
    faults = Judge(trapper).faults(chosen, chance)
    assert faults
    figure(f"planted: a build that {naive}: {len(faults)} of {len(chosen)} power cuts bad")
