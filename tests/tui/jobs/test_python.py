"""Byline is started in a folder of articles; nothing there may be executed."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tui.terminal import ROOT
from tui.jobs import subprocess_job
from tui.jobs.python import PYTHON
from tui.web import server

CANARY = "print('the folder ran its own code')"


def output_in(folder: Path, command: Sequence[str]) -> str:
    ended = subprocess.run(
        [*command, "-c", "import tui"],
        cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ended.stdout


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    (tmp_path / "tui.py").write_text(CANARY, encoding="utf-8")
    return tmp_path


def test_child_processes_import_no_modules_from_the_current_folder(hostile: Path) -> None:
    assert output_in(hostile, PYTHON) == ""
    for command in (subprocess_job.COMMAND, server.COMMAND):
        assert command[: len(PYTHON)] == PYTHON


def test_other_python_processes_do_import_them(hostile: Path) -> None:
    assert "its own code" in output_in(hostile, [sys.executable])
