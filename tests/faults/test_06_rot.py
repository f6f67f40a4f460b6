"""Files of the index that rot: a check finds all of it, and asking never cites a line wrongly."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.faults.asker import Told, Trust
from tests.faults.asking import Asking, asking
from tests.faults.conftest import Battery, Figure
from tests.faults.rotting import KINDS, Damage, damaged, draw
from tests.faults.soundness import QUESTIONS, Shelved, shelved

SMALL, LARGE = 240, 10_000


@dataclass
class Found:
    """What came of damage."""

    tried: int = 0
    harmless: int = 0
    unfound: list[str] = field(default_factory=list)
    """Damage that a check did not see."""
    crashes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Citations that do not stand where they say."""
    others: list[str] = field(default_factory=list)
    """Answers other than those of the undamaged index, in spite of looking at every file."""
    ends: Counter[str] = field(default_factory=Counter)
    """How asking ended."""

    def take(self, damage: Damage, told: Told, shelf: Shelved) -> None:
        """Count how asking ended."""
        self.tried += 1
        self.ends[told.kind] += 1
        if told.kind == "crash":
            self.crashes.append(f"{damage}: {told.message}")
        self.wrong += [f"{damage}: {one}" for one in shelf.wrong(told)]

    def __str__(self) -> str:
        return (
            f"{self.tried} damaged files: {len(self.unfound)} not found, {len(self.crashes)} "
            f"crashes, {len(self.wrong)} lines cited wrongly; {self.ends['error']} clear errors, "
            f"{self.ends['done']} answered rightly, {self.harmless} harmless"
        )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelved:
    return shelved(tmp_path_factory.mktemp("rot"))


def is_harmless(damage: Damage) -> bool:
    """Tell whether nothing ever reads what was damaged.

    Of a lock and of the file that marks a folder as an index only being there counts, and the name
    of the generation may be followed by white space.
    """
    if damage.path.name == "CURRENT":
        return damage.after.strip(b" \n\0") == damage.before.strip(b" \n\0")
    if damage.path.name == "writer.lock" or damage.path.name.startswith(".tantivy-"):
        return True
    presence = damage.path.suffix == ".lock" or damage.path.name == "byline-index"
    return presence and damage.kind != "delete"


def drawn(shelf: Shelved, count: int, source: random.Random, cache: bool) -> Iterator[Damage]:
    """Choose damage, to each file in turn as often as to any other."""
    files = [path for path in shelf.files() if cache or shelf.cache not in path.parents]
    older = shelf.older()
    for number in range(count):
        path = files[number % len(files)]
        alike = [one for one in older if one.suffix == path.suffix]
        others = alike if any(one.read_bytes() != path.read_bytes() for one in alike) else files
        yield draw(path, KINDS[number // len(files) % len(KINDS)], others, source)


def rot(shelf: Shelved, count: int, source: random.Random, trust: Trust = "") -> Found:
    """Damage files before they are opened; check and ask each time."""
    found = Found()
    with asking(shelf.setting(trust), QUESTIONS) as asked:
        whole = asked.do("ask afresh")
        assert whole.kind == "done"
        assert not shelf.wrong(whole)
        assert {state for _, state in asked.do("check").states} == {"ok"}
        for damage in drawn(shelf, count, source, cache=True):
            with damaged(damage):
                _take(found, damage, asked, whole, shelf)
    return found


def _take(found: Found, damage: Damage, asked: Asking, whole: Told, shelf: Shelved) -> None:
    told, checked = asked.do("ask afresh"), asked.do("check")
    found.take(damage, told, shelf)
    if checked.kind == "crash":
        found.crashes.append(f"checking, {damage}: {checked.message}")
    if told.kind == "done" and told.replies != whole.replies:
        found.others.append(str(damage))
    sound = {state for _, state in checked.states} == {"ok"}
    if is_harmless(damage):
        found.harmless += 1
        assert told.replies == whole.replies, damage
    elif sound:
        found.unfound.append(str(damage))


def rot_behind(shelf: Shelved, count: int, source: random.Random, open_before: bool) -> Found:
    """Damage files behind the back of who has them open, or of who opens them and trusts them."""
    found = Found()
    with asking(shelf.setting("everything"), QUESTIONS) as asked:
        for damage in drawn(shelf, count, source, cache=False):
            if open_before:
                opened = asked.do("open")
                assert opened.kind == "done", opened
            with damaged(damage):
                found.take(damage, asked.do("ask" if open_before else "ask afresh"), shelf)
    return found


def test_a_check_finds_all_damage_and_asking_is_right_or_refused(
    shelf: Shelved, battery: Battery, figure: Figure
) -> None:
    found = rot(shelf, battery.pick(SMALL, LARGE), battery.chance("rot"))
    figure(str(found))
    assert (found.unfound, found.crashes, found.wrong, found.others) == ([], [], [], [])
    # A quarter of the files or less is such that nothing reads what is in them.
    assert found.harmless < found.tried / 3


@pytest.mark.parametrize("open_before", [False, True], ids=["trusted", "open"])
def test_damage_that_nobody_looks_for_is_refused_and_never_cited(
    shelf: Shelved, battery: Battery, figure: Figure, open_before: bool
) -> None:
    count = battery.pick(SMALL // 2, LARGE // 2)
    found = rot_behind(shelf, count, battery.chance(f"behind {open_before}"), open_before)
    figure(f"{'open before' if open_before else 'trusted'}: {found}")
    assert (found.crashes, found.wrong) == ([], [])


def test_a_check_that_looks_at_sizes_alone_is_caught(
    shelf: Shelved, battery: Battery, figure: Figure
) -> None:
    found = rot(shelf, battery.pick(80, 500), battery.chance("sizes"), "sizes")
    figure(f"planted, sizes alone: {found}")
    assert len(found.unfound) > found.tried / 20


def misspelt(shelf: Shelved) -> Damage:
    """Change a letter of every sentence in the catalog, which is no damage that SQLite sees."""
    (catalog,) = (one for one in shelf.files() if one.name == "passages.sqlite")
    before = catalog.read_bytes()
    return Damage(catalog, "flip", before, before.replace(b" late on day ", b" late in day "))


def test_rows_believed_without_check_sums_are_caught(shelf: Shelved, figure: Figure) -> None:
    told: dict[Trust, Told] = {}
    for trust in ("everything", "rows"):
        with asking(shelf.setting(trust), QUESTIONS) as asked, damaged(misspelt(shelf)):
            told[trust] = asked.do("ask afresh")
    wrong = len(shelf.wrong(told["rows"]))
    figure(f"planted, rows believed: {wrong} lines cited wrongly")
    assert wrong >= len(QUESTIONS)
    assert told["everything"].kind == "error"
