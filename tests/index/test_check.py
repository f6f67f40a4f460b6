import sqlite3
from pathlib import Path

import pytest

from index.check import unexpected_files

FILES = ("passages.sqlite", "keywords/a.term")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keywords").mkdir()
    for name in (*FILES, "manifest.json", "keywords/.tantivy-meta.lock"):
        (tmp_path / name).touch()
    return tmp_path


def test_the_files_that_a_build_wrote_are_expected(folder: Path) -> None:
    assert unexpected_files(folder, FILES) == []


def test_any_other_file_is_reported(folder: Path) -> None:
    (folder / "keywords" / "b.term").touch()
    (message,) = unexpected_files(folder, FILES)
    assert "unexpected file" in message
    assert f"{folder}/keywords/b.term" in message


@pytest.mark.parametrize(
    ("version", "has_race"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((3, 6, 23), False),
    ],
)
def test_the_sqlite_version_is_named_only_if_it_has_the_race(
    folder: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], has_race: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    monkeypatch.setattr(sqlite3, "sqlite_version", ".".join(map(str, version)))
    assert unexpected_files(folder, FILES) == []
    (folder / "passages.sqlite-wal").touch()
    (message,) = unexpected_files(folder, FILES)
    assert f"{folder}/passages.sqlite-wal" in message
    assert "another program opened the index for writing" in message
    assert ("SQLite" in message) == has_race
