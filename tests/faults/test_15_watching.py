"""Files that change while their index is watched: no change is lost."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.storage.store import Store
from tests.faults.conftest import Battery, Figure
from tests.faults.watched_folder import RandomEdits, contents, index_afresh, wait_until, watching

pytestmark = pytest.mark.slow

SMALL, LARGE = 80, 1_000
NEVER = 1e9
"""Seconds between two sweeps."""
SOON = 20.0
"""Of the watcher's time: a second."""
_BURST = 20
"""Changes that are made without a pause."""


def lost(
    base: Path,
    battery: Battery,
    edits: int,
    sweep_seconds: float,
    drops: Callable[[], bool] = lambda: False,
) -> tuple[int, int]:
    """Change files at random; return how many updates there were, and how many articles differ."""
    news, store, chance = base / "news", Store(base / "index"), battery.chance("watching")
    news.mkdir(parents=True)
    (news / "first.txt").write_text("The port is closed.", encoding="utf-8")
    index_afresh(store, news)
    editor = RandomEdits(news, chance)
    fresh = Store(base / "fresh")
    with watching(store, sweep_seconds, drops) as watched:
        for number in range(edits):
            editor.step()
            if number % _BURST == 0:
                time.sleep(chance.uniform(0, 0.2))
        index_afresh(fresh, news)
        wanted = contents(fresh)
        if sweep_seconds == NEVER and drops():
            wait_until(lambda: watched.is_quiet)
        else:
            wait_until(lambda: watched.is_quiet and contents(store) == wanted)
    found = contents(store)
    if found == wanted:
        return watched.updates, 0
    keyed = [{path: rest for path, *rest in each} for each in (found, wanted)]
    differing = [path for path in keyed[0] | keyed[1] if keyed[0].get(path) != keyed[1].get(path)]
    return watched.updates, len(differing) or 1  # or their order does


def test_no_change_is_lost(tmp_path: Path, battery: Battery, figure: Figure) -> None:
    edits = battery.pick(SMALL, LARGE)
    updates, differing = lost(tmp_path, battery, edits, NEVER)
    figure(f"{edits} edits, moves and deletions in {updates} updates: {differing} articles differ")
    assert differing == 0


def test_the_sweep_finds_what_was_not_reported(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    edits = battery.pick(SMALL, LARGE)
    updates, differing = lost(tmp_path, battery, edits, SOON, lambda: True)
    figure(f"{edits} edits without a report, {updates} sweeps: {differing} articles differ")
    assert differing == 0


def test_dropped_reports_without_a_sweep_are_caught(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    edits = battery.pick(SMALL, SMALL)
    _, differing = lost(tmp_path, battery, edits, NEVER, lambda: True)
    figure(f"planted, reports dropped and no sweep: {edits} edits, {differing} articles differ")
    assert differing
