import os
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamaged, IndexUnreadable
from index.search.vector_file import VectorFile, VectorWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    writer = VectorWriter(tmp_path / "vectors.f16")
    writer.put(range(3), np.eye(3, 4, dtype=np.float32))
    writer.finish(3)
    return writer.path


@pytest.mark.parametrize("call", ["open", "pread"])
def test_an_error_of_the_system_is_not_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(IndexUnreadable) as raised:
        VectorFile(path, 4).read(range(3))
    assert raised.value.reason == f"{path}: Input/output error"


def test_a_missing_or_truncated_file_is_damaged(path: Path) -> None:
    rows = VectorFile(path, 4)
    os.truncate(path, 23)  # of three rows of eight bytes
    assert rows.read(range(2)).shape == (2, 4)
    with pytest.raises(IndexDamaged, match="run `byline index --full`"):
        rows.read(range(3))
    path.unlink()
    with pytest.raises(IndexDamaged, match="run `byline index --full`"):
        VectorFile(path, 4)
