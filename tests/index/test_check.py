import sqlite3
from pathlib import Path

import pytest

from index.check import strangers

FILES = ("passages.sqlite", "keywords/a.term")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keywords").mkdir()
    for name in (*FILES, "manifest.json", "keywords/.tantivy-meta.lock"):
        (tmp_path / name).touch()
    return tmp_path


def test_what_a_build_wrote_is_no_stranger(folder: Path) -> None:
    assert strangers(folder, FILES) == ()


def test_any_other_file_is_told(folder: Path) -> None:
    (folder / "keywords" / "b.term").touch()
    assert strangers(folder, FILES) == (f"{folder}/keywords/b.term is not of the index",)


@pytest.mark.parametrize(
    ("version", "is_hazard"),
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
def test_the_version_of_sqlite_is_told_only_where_it_matters(
    folder: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], is_hazard: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    monkeypatch.setattr(sqlite3, "sqlite_version", ".".join(map(str, version)))
    assert strangers(folder, FILES) == ()
    (folder / "passages.sqlite-wal").touch()
    (told,) = strangers(folder, FILES)
    assert told.startswith(f"{folder}/passages.sqlite-wal shows that another program opened")
    assert ("SQLite" in told) == is_hazard
