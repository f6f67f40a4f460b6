"""Files in a generation's folder that no build wrote, and what they may mean."""

import sqlite3
from collections.abc import Collection
from pathlib import Path

from index.storage.generation import LOCKS, MANIFEST

_JOURNALS = ("-wal", "-shm", "-journal")
_MENDED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""SQLite's releases in which the WAL-reset race is mended, the last of them for good."""


def strangers(folder: Path, files: Collection[str]) -> tuple[str, ...]:
    """Tell of files that are not among those written; SQLite's version only where it matters.

    A journal beside the catalog: another program opened it for writing, which Byline never does.
    """
    known = {*files, MANIFEST}
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = (path for path in found if path.name not in LOCKS)
    return tuple(
        _described(path) for path in names if path.relative_to(folder).as_posix() not in known
    )


def _described(path: Path) -> str:
    if not path.name.endswith(_JOURNALS):
        return f"{path} is not of the index"
    hazard = (
        ""
        if _is_mended(sqlite3.sqlite_version_info)
        else (f"; SQLite {sqlite3.sqlite_version} can damage a file that two programs write")
    )
    return f"{path} shows that another program opened the index for writing{hazard}"


def _is_mended(version: tuple[int, ...]) -> bool:
    """Tell whether a version is free of the WAL-reset race of 3.7.0 to 3.51.2."""
    branch = any(version[:2] == mended[:2] and version >= mended for mended in _MENDED)
    return branch or version >= _MENDED[-1] or version < (3, 7)
