"""Byline is started in a folder of articles: nothing there may be run."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tui.terminal import ROOT
from tui.jobs import subprocess_job as background
from tui.jobs.python import PYTHON
from tui.web import server

CANARY = "print('the folder ran its own code')"


def told_from(folder: Path, command: Sequence[str]) -> str:
    ended = subprocess.run(
        [*command, "-c", "import tui"],
        cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ended.stdout


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "tui.py").write_text(CANARY, encoding="utf-8")
    return tmp_path


def test_a_folder_lends_no_modules_to_the_processes_started_in_it(hostile: Path) -> None:
    assert told_from(hostile, PYTHON) == ""
    for command in (background.COMMAND, server.COMMAND):
        assert command[: len(PYTHON)] == PYTHON


def test_it_would_to_any_other(hostile: Path) -> None:
    assert "its own code" in told_from(hostile, [sys.executable])
