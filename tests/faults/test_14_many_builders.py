"""Eight builds at once lose no article; memory and handles stay as they are for hours."""

from contextlib import closing
from pathlib import Path

import pytest

from index.errors import BylineError
from index.storage.store import Store
from tests.faults.conftest import Battery, Figure
from tests.faults.crowd import build_at_once
from tests.faults.soaking import Leak, Soak, growth, soak

BUILDERS = 8
ARTICLES = 3
"""Of each builder's folder."""
ROUNDS = 20
MINUTES = 60


def folders(base: Path) -> list[Path]:
    """Write a folder of articles for each builder."""
    made = [base / f"news{number}" for number in range(BUILDERS)]
    for folder in made:
        folder.mkdir()
        for number in range(ARTICLES):
            story = f"Ship {number} of {folder.name} left the port."
            (folder / f"{number}.txt").write_text(story, encoding="utf-8")
    return made


def lost(store: Store, news: list[Path]) -> list[str]:
    """Tell what an index does not answer that the builders added."""
    wanted = {str(path) for folder in news for path in folder.iterdir()}
    try:
        with closing(store.open()) as index:
            index.generation.check()
            kept = {one.found.path for one in index.generation.catalog.articles()}
    except BylineError:
        return sorted(wanted)
    return sorted(wanted - kept)


def crowded(base: Path, locked: bool = True) -> tuple[int, list[str], list[str]]:
    """Let eight build at once; gives how often one had to wait, what failed, what was lost."""
    base.mkdir()
    news, store = folders(base), Store(base / "index")
    ends = build_at_once(store, news, locked)
    failures = [one.failure for one in ends if one.failure]
    assert len(ends) == BUILDERS
    return sum(one.busy for one in ends), failures, lost(store, news)


def test_eight_builds_at_once_lose_no_article(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    times = battery.pick(2, 50)
    waits = 0
    for number in range(times):
        busy, failures, missing = crowded(tmp_path / str(number))
        assert (failures, missing) == ([], [])
        waits += busy
    assert waits
    articles = times * BUILDERS * ARTICLES
    figure(f"{times} times 8 builds at once, {waits} waits: 0 of {articles} articles lost")


def test_without_the_lock_the_same_checker_finds_articles_lost(
    tmp_path: Path, figure: Figure
) -> None:
    _, failures, missing = crowded(tmp_path / "unlocked", locked=False)
    assert missing
    told = f"{len(missing)} of {BUILDERS * ARTICLES} articles lost"
    figure(f"planted, no lock: {told}, {len(failures)} builds failed")


def test_memory_and_handles_stay_as_they_are(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    minutes = battery.pick(0, MINUTES) if battery.large else 0
    held = soak(Soak(str(tmp_path), ROUNDS, minutes))
    assert growth(held) == []
    first, last = held[len(held) // 4], held[-1]
    figure(
        f"{len(held)} rounds of asking and rebuilding ({minutes or 'under 1'} minutes): handles "
        f"{first.handles} to {last.handles}, memory {first.memory >> 20} to {last.memory >> 20} MiB"
    )


@pytest.mark.parametrize("leak", ["handles", "memory"])
def test_what_leaks_is_noticed(tmp_path: Path, leak: Leak, figure: Figure) -> None:
    found = growth(soak(Soak(str(tmp_path), ROUNDS, leak=leak)))
    assert any(one.startswith(leak) for one in found), found
    figure(f"planted, a leak of {leak}: {'; '.join(found)}")
