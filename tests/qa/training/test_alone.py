"""The training file by itself, as it is sent to a machine with a GPU."""

import runpy
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

from qa.training import train_packed
from qa.training.base import write_pieces
from qa.training.train_packed import Packed, join_pieces
from tests.qa.training.networks import tiny_network

pytestmark = pytest.mark.slow

ABSENT = ("byline", "eval", "index", "msgspec", "peft", "qa", "tui")
"""Packages that the other machine does not have."""


def examples() -> Packed:
    """Return twenty questions with a passage each, all of them answered by its first token."""
    window = [1, 5, 6, 2, 10, 11, 12, 2]
    return Packed(
        np.array(window * 20, dtype=np.uint16),
        np.arange(8, 161, 8),
        np.full(20, 4),
        np.full(20, 4),
        np.full((20, 2), 4),
        np.arange(20),
    )


@pytest.mark.usefixtures("one_thread")
def test_the_file_trains_adapters_in_a_folder_without_byline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(train_packed.__file__, tmp_path / "train_packed.py")
    examples().save(tmp_path / "packed")
    tiny_network().save_pretrained(tmp_path / "encoder")
    write_pieces(tmp_path / "encoder", tmp_path / "base", size=2_000)
    assert len(list((tmp_path / "base").glob("model.safetensors.*"))) > 1
    for name in list(sys.modules):
        if name.partition(".")[0] in ABSENT:
            monkeypatch.setitem(sys.modules, name, None)
    options = ["--rank", "2", "--epochs", "3", "--batch", "64"]
    monkeypatch.setattr(sys, "argv", ["train_packed.py", "packed", "base", "out", *options])
    monkeypatch.chdir(tmp_path)
    runpy.run_path("train_packed.py", run_name="__main__")
    trained = load_file(tmp_path / "out")
    assert "qa_outputs.weight" in trained
    assert sum(name.endswith(".up") for name in trained) == 6


def test_damaged_and_missing_pieces_are_refused(tmp_path: Path) -> None:
    tiny_network().save_pretrained(tmp_path / "encoder")
    write_pieces(tmp_path / "encoder", tmp_path / "base", size=2_000)
    first = min((tmp_path / "base").glob("model.safetensors.*"))
    first.write_bytes(first.read_bytes()[:-1] + b"?")
    with pytest.raises(ValueError, match="damaged or incomplete"):
        join_pieces(tmp_path / "base")
    first.unlink()
    with pytest.raises(ValueError, match="damaged or incomplete"):
        join_pieces(tmp_path / "base")
