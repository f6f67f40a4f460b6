"""What every test shares: Hypothesis's settings, fewer collections, no waiting for the disk."""

import gc
import os
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
_TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of the slow folders as slow."""
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
