"""SQLite files that are written once, whole, and only read from then on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from index.errors import IndexDamaged

Row = tuple[Any, ...]


def open_written(path: Path) -> sqlite3.Connection:
    """Open a written file; it never changes, so no lock or journal is ever made.

    Raises IndexDamaged.
    """
    try:
        return sqlite3.connect(written_uri(path), uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise IndexDamaged(f"{path} cannot be opened; run `byline index --full`") from error


def written_uri(path: Path) -> str:
    """Give the address of a written file."""
    return f"file:{quote(str(path))}?mode=ro&immutable=1"


def fetch(connection: sqlite3.Connection, sql: str, *values: int | bytes) -> list[Row]:
    """Give the rows of a query over a written file. Raises IndexDamaged."""
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        # Of several files only the name matters to a person: all are built anew together.
        raise IndexDamaged(f"the index cannot be read ({error}); run `byline index --full`") from (
            error
        )


def create(path: Path, schema: str) -> sqlite3.Connection:
    """Begin a new file."""
    connection = sqlite3.connect(f"file:{quote(str(path))}", isolation_level=None, uri=True)
    # Nobody sees the file before it is whole and synced, so a journal would only cost.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(schema)
    return connection


@contextmanager
def errors_of_the_disk(path: Path) -> Iterator[None]:
    """Raise what SQLite raises as an OSError that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(f"{path.name}: {error}") from error


def marks(count: int) -> str:
    """Give so many question marks for values."""
    return ", ".join("?" * count)
