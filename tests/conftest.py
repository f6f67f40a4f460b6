"""What every test shares: Hypothesis's settings, what runs first, no waiting for the disk."""

import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from tests.options import pytest_addoption as pytest_addoption
from tests.options import pytest_terminal_summary as pytest_terminal_summary
from tests.real import real as real

settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("ci", deadline=None, max_examples=100)
settings.load_profile("ci" if os.environ.get("CI") else "quick")

SYNCING = (
    "faults",
    "index/disk",
    "index/storage/test_store.py",
    "index/build/test_embedding_log.py",
)
"""Tests of what reaches the disk, below the folder of tests; all others need not wait for it."""
SLOW_FOLDERS = ("faults", "end_to_end")
LONGEST = """
    end_to_end/test_first_ask faults/test_10_hostile_text faults/test_12_hostile_folder
    tui/test_terminal tui/chat/test_pictures faults/test_14_many_builders faults/test_13_offline
    faults/test_11_questions tui/chat/test_chat tui/web/test_browser index/models/test_onnx_export
    end_to_end/test_real_model end_to_end/test_imports faults/test_09_moving_articles
    faults/test_06_rot faults/test_10_report_in_a_browser tui/chat/source/test_pane_large
    qa/training/test_train_packed tui/chat/test_app tui/web/test_server eval/report/test_html
    faults/test_02_readers faults/test_03_disk_full faults/test_04_calls_that_fail
""".split()
"""Test files that take longest, in the order in which they start; workers take a file at a time.

The first one prepares the real models, for which others that need them would have to wait.
"""
ROOM = 6 * 2**30
"""Bytes that a file system in memory must have free to hold what tests write."""
_TESTS = Path(__file__).parent


def pytest_configure() -> None:
    """Write in memory where there is room: nothing waits for a disk, and none wears out."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of the slow folders as slow; put the files that take longest first."""
    rank = {name: place for place, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(_TESTS).with_suffix("").as_posix()
        return rank.get(name, len(rank))

    items.sort(key=place)
    for item in items:
        if item.path.relative_to(_TESTS).parts[0] in SLOW_FOLDERS:
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Collect garbage less often, and none of what was imported."""
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture(autouse=True)
def quick_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Confirm every fsync of an open file at once."""
    path = request.path.relative_to(_TESTS).as_posix()
    if not path.startswith(SYNCING):
        monkeypatch.setattr("os.fsync", lambda descriptor: os.fstat(descriptor) and None)
