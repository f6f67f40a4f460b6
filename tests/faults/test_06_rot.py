"""Damaged files of the index: a check finds all of them, and no line is ever cited wrongly."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from index.storage.store import SCANNED
from tests.faults.conftest import Battery, Figure
from tests.faults.damage import KINDS, Damage, damaged, draw
from tests.faults.question_client import QuestionClient, question_client
from tests.faults.question_worker import StepResult, Trust
from tests.faults.sample_index import QUESTIONS, SampleIndex, Tally, build_sample_index

SMALL, LARGE = 240, 10_000


@dataclass
class DamageTally(Tally):
    """The results of damage."""

    harmless: int = 0
    unfound: list[str] = field(default_factory=list)
    """Damage that a check did not find."""
    others: list[str] = field(default_factory=list)
    """Answers that differ from those of the undamaged index, although every file is checked."""

    def __str__(self) -> str:
        return (
            f"{self.kinds.total()} damaged files: {len(self.unfound)} not found, "
            f"{super().__str__()}, {self.harmless} harmless"
        )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> SampleIndex:
    return build_sample_index(tmp_path_factory.mktemp("rot"))


def is_harmless(damage: Damage) -> bool:
    """Whether no answer depends on what was damaged.

    A lock, and the file that marks a folder as an index, only need to exist; the name of the
    generation may be followed by white space; when files were looked at decides on a note alone.
    """
    if damage.path.name == "CURRENT":
        return damage.after.strip(b" \n\0") == damage.before.strip(b" \n\0")
    if damage.path.name in ("writer.lock", SCANNED) or damage.path.name.startswith(".tantivy-"):
        return True
    only_exists = damage.path.suffix == ".lock" or damage.path.name == "byline-index"
    return only_exists and damage.kind != "delete"


def draw_all(
    index: SampleIndex, count: int, chance: random.Random, cache: bool
) -> Iterator[Damage]:
    """Choose damage to one file after the other, and of one kind after the other."""
    files = [path for path in index.files() if cache or index.cache not in path.parents]
    older = index.older()
    for number in range(count):
        turn, place = divmod(number, len(files))
        path = files[place]
        alike = [other for other in older if other.suffix == path.suffix]
        differ = any(other.read_bytes() != path.read_bytes() for other in alike)
        others = alike if differ else files
        yield draw(path, KINDS[(turn + place) % len(KINDS)], others, chance)


def damage_all(
    index: SampleIndex, count: int, chance: random.Random, trust: Trust | None = None
) -> DamageTally:
    """Damage files before they are opened; check and ask each time."""
    tally = DamageTally(index)
    with question_client(index.setting(trust), QUESTIONS) as client:
        undamaged = client.do("open and ask")
        assert undamaged.kind == "done"
        assert not index.wrong(undamaged)
        assert {state for _, state in client.do("check").states} == {"ok"}
        for damage in draw_all(index, count, chance, cache=True):
            with damaged(damage):
                _add(tally, damage, client, undamaged)
    return tally


def _add(tally: DamageTally, damage: Damage, client: QuestionClient, undamaged: StepResult) -> None:
    result, checked = client.do("open and ask"), client.do("check")
    tally.add(str(damage), result)
    if checked.kind == "crash":
        tally.crashes.append(f"checking, {damage}: {checked.message}")
    if result.kind == "done" and result.replies != undamaged.replies:
        tally.others.append(str(damage))
    is_ok = {state for _, state in checked.states} == {"ok"}
    if is_harmless(damage):
        tally.harmless += 1
        assert result.replies == undamaged.replies, damage
    elif is_ok:
        tally.unfound.append(str(damage))


def damage_unnoticed(
    index: SampleIndex, count: int, chance: random.Random, open_before: bool
) -> DamageTally:
    """Damage files that a reader has open, or that it opens without checking them."""
    tally = DamageTally(index)
    with question_client(index.setting("everything"), QUESTIONS) as client:
        for damage in draw_all(index, count, chance, cache=False):
            if open_before:
                opened = client.do("open")
                assert opened.kind == "done", opened
            with damaged(damage):
                tally.add(str(damage), client.do("ask" if open_before else "open and ask"))
    return tally


def test_a_check_finds_all_damage_and_answers_are_correct_or_refused(
    index: SampleIndex, battery: Battery, figure: Figure
) -> None:
    found = damage_all(index, battery.pick(SMALL, LARGE), battery.chance("rot"))
    figure(str(found))
    assert (found.unfound, found.crashes, found.wrong, found.others) == ([], [], [], [])
    # At most a quarter of the files have contents that nothing reads.
    assert found.harmless < found.kinds.total() / 3


@pytest.mark.parametrize("open_before", [False, True], ids=["trusted", "open"])
def test_damage_that_is_not_checked_for_is_refused_and_never_cited(
    index: SampleIndex, battery: Battery, figure: Figure, open_before: bool
) -> None:
    count = battery.pick(SMALL // 2, LARGE // 2)
    found = damage_unnoticed(index, count, battery.chance(f"unnoticed {open_before}"), open_before)
    figure(f"{'open before' if open_before else 'trusted'}: {found}")
    assert (found.crashes, found.wrong) == ([], [])


def test_a_check_of_sizes_alone_is_caught(
    index: SampleIndex, battery: Battery, figure: Figure
) -> None:
    found = damage_all(index, battery.pick(80, 500), battery.chance("sizes"), "sizes")
    figure(f"planted, only sizes checked: {found}")
    assert len(found.unfound) > found.kinds.total() / 20


def misspell(index: SampleIndex) -> Damage:
    """Change a letter of every sentence in the passages, which SQLite does not notice."""
    (passages,) = (path for path in index.files() if path.name == "passages.sqlite")
    before = passages.read_bytes()
    return Damage(passages, "flip", before, before.replace(b" late on day ", b" late in day "))


def test_rows_that_are_trusted_without_checksums_are_caught(
    index: SampleIndex, figure: Figure
) -> None:
    results: dict[Trust, StepResult] = {}
    for trust in ("everything", "rows"):
        with question_client(index.setting(trust), QUESTIONS) as client, damaged(misspell(index)):
            results[trust] = client.do("open and ask")
    wrong = len(index.wrong(results["rows"]))
    figure(f"planted, rows trusted: {wrong} lines cited wrongly")
    assert wrong >= len(QUESTIONS)
    assert results["everything"].kind == "error"
