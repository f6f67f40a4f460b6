"""Eight builds at once lose no article; memory and handles do not grow in hours."""

from contextlib import closing
from pathlib import Path

import pytest

from index.errors import BylineError
from index.storage.store import Store
from tests.faults.concurrent_builds import build_at_once
from tests.faults.conftest import Battery, Figure
from tests.faults.soak import Job, Leak, growth, soak

BUILDERS = 8
ARTICLES = 3
"""In each builder's folder."""
ROUNDS = 10
MINUTES = 60


def write_folders(base: Path) -> list[Path]:
    """Write a folder of articles for each builder."""
    folders = [base / f"news{number}" for number in range(BUILDERS)]
    for folder in folders:
        folder.mkdir()
        for number in range(ARTICLES):
            story = f"Ship {number} of {folder.name} left the port."
            (folder / f"{number}.txt").write_text(story, encoding="utf-8")
    return folders


def lost(store: Store, news: list[Path]) -> list[str]:
    """Return the articles that the builders added and the index does not have."""
    wanted = {str(path) for folder in news for path in folder.iterdir()}
    try:
        with closing(store.open()) as index:
            index.generation.check()
            kept = {article.found.path for article in index.generation.catalog.articles()}
    except BylineError:
        return sorted(wanted)
    return sorted(wanted - kept)


def build_concurrently(base: Path, locked: bool = True) -> tuple[int, list[str], list[str]]:
    """Run eight builds at once; return the number of waits, the failures and the lost articles."""
    base.mkdir()
    news, store = write_folders(base), Store(base / "index")
    results = build_at_once(store, news, locked)
    failures = [result.failure for result in results if result.failure]
    assert len(results) == BUILDERS
    return sum(result.busy for result in results), failures, lost(store, news)


def test_eight_builds_at_once_lose_no_article(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    times = battery.pick(2, 50)
    waits = 0
    for number in range(times):
        busy, failures, missing = build_concurrently(tmp_path / str(number))
        assert (failures, missing) == ([], [])
        waits += busy
    assert waits
    articles = times * BUILDERS * ARTICLES
    figure(f"{times} times 8 builds at once, {waits} waits: 0 of {articles} articles lost")


def test_without_the_lock_the_check_finds_lost_articles(tmp_path: Path, figure: Figure) -> None:
    _, failures, missing = build_concurrently(tmp_path / "unlocked", locked=False)
    assert missing
    counts = f"{len(missing)} of {BUILDERS * ARTICLES} articles lost"
    figure(f"planted, no lock: {counts}, {len(failures)} builds failed")


def test_memory_and_handles_do_not_grow(tmp_path: Path, battery: Battery, figure: Figure) -> None:
    minutes = battery.pick(0, MINUTES) if battery.large else 0
    rounds = soak(Job(str(tmp_path), ROUNDS, minutes))
    assert growth(rounds) == []
    first, last = rounds[len(rounds) // 4], rounds[-1]
    figure(
        f"{len(rounds)} rounds of asking and rebuilding ({minutes or 'under 1'} minutes): handles "
        f"{first.handles} to {last.handles}, memory {first.memory >> 20} to {last.memory >> 20} MiB"
    )


@pytest.mark.parametrize("leak", ["handles", "memory"])
def test_a_leak_is_noticed(tmp_path: Path, leak: Leak, figure: Figure) -> None:
    found = growth(soak(Job(str(tmp_path), ROUNDS, leak=leak)))
    assert any(line.startswith(leak) for line in found), found
    figure(f"planted, a leak of {leak}: {'; '.join(found)}")
