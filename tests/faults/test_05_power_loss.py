"""Power lost before any call of a build: what is on the disk opens as the old or the new index."""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import mkdtemp

import pytest

from index.storage.store import Store
from tests.faults.beneath import Trap
from tests.faults.calls import Call, read_calls
from tests.faults.choosing import choose
from tests.faults.conftest import Battery, Figure
from tests.faults.naive import Naive
from tests.faults.power import Change, Fate, History, Tree, always, by_chance, digest, lay_out
from tests.faults.stage import Kind, go_on, set_stage
from tests.faults.trapping import Trapper, set_trap

KINDS: tuple[Kind, ...] = ("first build", "update")
INDEX = Path("deep") / "index"
"""Where the index is below the folder that is recorded."""
FATES: dict[str, Callable[[Change], Fate]] = {
    "all lost": always(Fate.LOST, Fate.LOST),
    "names without data": always(Fate.KEPT, Fate.LOST),
    "names and zeros": always(Fate.KEPT, Fate.ZEROS),
    "data without names": always(Fate.LOST, Fate.KEPT),
    "all kept": always(Fate.KEPT, Fate.KEPT),
}
"""How all that was not synced may fare."""
CHANCES = 3
"""How often, at each moment, each change fares by chance of its own."""


@dataclass(frozen=True)
class Record:
    """A build that was recorded."""

    kind: Kind
    folder: Path
    calls: list[Call]
    history: History


@pytest.fixture(scope="module")
def trapper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapper]:
    with set_stage(tmp_path_factory.mktemp("powerless")) as stage:
        yield set_trap(stage)


def record(trapper: Trapper, kind: Kind, naive: Naive = "") -> Record:
    """Build, and record the calls."""
    outer = Path(mkdtemp(prefix="recorded-", dir=trapper.stage.folder))
    folder, before, log = outer / "now", outer / "before", outer / "log"
    folder.mkdir()
    store = trapper.stage.store(kind, f"{outer.name}/now/{INDEX}")
    shutil.copytree(folder, before)
    told = trapper.build(store, Trap(folder=str(folder), log=str(log)), naive)
    assert told.finished
    calls = read_calls(log, folder)
    return Record(kind, folder, calls, History.of(before, calls))


@dataclass(frozen=True)
class Loss:
    """A moment at which the power is lost, and what becomes of what was not synced."""

    record: Record
    cut: int
    """The number of the first call that is not made."""
    fate: str
    build_again: bool

    @property
    def is_done(self) -> bool:
        """Whether the build had come to its end."""
        return self.cut == len(self.record.calls)

    def tree(self, chance: random.Random) -> Tree:
        return self.record.history.after(self.cut, FATES.get(self.fate) or by_chance(chance))


def losses(record: Record, count: int, chance: random.Random) -> list[Loss]:
    """Every loss there can be, or so many; where there are fewer, not all are built upon."""
    fates = [*FATES, *(f"by chance {number}" for number in range(CHANCES))]
    total = len(record.calls)
    every = [Loss(record, cut, fate, True) for cut in range(total + 1) for fate in fates]
    chosen = choose(every, count, lambda loss: loss.cut > total * 4 // 5, chance)
    if len(chosen) == len(every):
        return every
    return [replace(loss, build_again=number % 4 == 0) for number, loss in enumerate(chosen)]


@dataclass
class Judge:
    """Tells what is wrong with what disks hold; what was seen before is not looked at again."""

    trapper: Trapper
    seen: dict[tuple[str, bool, bool], str] = field(default_factory=dict)
    """By the digest of all that is on a disk, and by what is asked of it."""

    def faults(self, chosen: Sequence[Loss], chance: random.Random) -> list[str]:
        found = [(loss, self._fault(loss, loss.tree(chance))) for loss in chosen]
        return [
            f"{loss.record.kind}, before call {loss.cut}, {loss.fate}: {fault}"
            for loss, fault in found
            if fault
        ]

    def _fault(self, loss: Loss, tree: Tree) -> str:
        key = (f"{loss.record.kind} {digest(tree)}", loss.is_done, loss.build_again)
        if key not in self.seen:
            self.seen[key] = _fault(self.trapper, loss, tree)
        return self.seen[key]


def _fault(trapper: Trapper, loss: Loss, tree: Tree) -> str:
    """Tell what is wrong with what is on the disk; empty where nothing is."""
    stage, folder = trapper.stage, trapper.stage.folder / "after"
    checker, store = stage.checker(loss.record.kind), Store(folder / INDEX)
    lay_out(tree, folder)
    try:
        outcome = checker.outcome(store)
        if loss.is_done:
            assert outcome == "new", f"the build was done, and the {outcome} index answers"
        if loss.build_again:
            go_on(stage, store)
            assert checker.outcome(store) == "new"
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what the battery looks for)
        return f"{type(error).__name__}: {error}"
    finally:
        shutil.rmtree(folder)
    return ""


def test_the_record_holds_all_that_a_build_changes(trapper: Trapper) -> None:
    made = record(trapper, "first build")
    there = {
        path.relative_to(made.folder).as_posix(): path.read_bytes()
        for path in made.folder.rglob("*")
        if path.is_file()
    }
    tree = made.history.after(len(made.calls), FATES["all kept"])
    assert {path: data for path, data in tree.items() if not path.endswith("/")} == there


def test_whatever_the_disk_kept_opens_as_the_old_or_the_new_index(
    trapper: Trapper, battery: Battery, figure: Figure
) -> None:
    chance = battery.chance("power")
    records = [record(trapper, kind) for kind in KINDS]
    count = battery.pick(60, 1_000_000) // len(KINDS)
    chosen = [loss for made in records for loss in losses(made, count, chance)]
    judge = Judge(trapper)
    faults = judge.faults(chosen, chance)
    assert not faults, "\n".join(faults)
    calls = ", ".join(f"{len(made.calls)} calls of the {made.kind}" for made in records)
    figure(
        f"{len(chosen):,} losses of power within {calls}, {len(judge.seen):,} different disks: "
        "0 bad"
    )


@pytest.mark.parametrize("naive", ["never syncs", "publishes first"])
def test_a_naive_build_is_found_to_lose_the_index(
    trapper: Trapper, naive: Naive, battery: Battery, figure: Figure
) -> None:
    chance = battery.chance(naive)
    made = record(trapper, "update", naive)
    # A build that is done has published, whatever it left unsynced.
    done = [loss for loss in losses(made, 1_000_000, chance) if loss.is_done]
    chosen = [*losses(made, 16, chance), *done]
    faults = Judge(trapper).faults(chosen, chance)
    assert faults
    figure(f"planted: a build that {naive}: {len(faults)} of {len(chosen)} losses of power bad")
