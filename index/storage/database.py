"""SQLite files that are written once, whole, and only read from then on."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from index.errors import IndexDamaged, IndexUnreadable

Row = tuple[Any, ...]
_REFUSED = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
"""SQLite's codes, without what they go into, for what the system does not let it do."""


def open_written(path: Path) -> sqlite3.Connection:
    """Open a written file; it never changes, so no lock or journal is ever made.

    Raises IndexDamaged, as IndexUnreadable where the system does not let it be opened.
    """
    try:
        address = f"file:{quote(str(path))}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise _told(error, str(path)) from error


def fetch(connection: sqlite3.Connection, sql: str, *values: int | bytes) -> list[Row]:
    """Give the rows of a query over a written file. Raises as `open_written` does."""
    try:
        return connection.execute(sql, values).fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        # sqlite3 decodes its own messages, and a garbled schema stands in them.
        raise _told(error, "a table of the index") from error


def _told(error: Exception, what: str) -> IndexDamaged:
    """Tell what the system refused from what is not as it was written."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    # A file that was cut short is an error of the disk to SQLite.
    refused = code != sqlite3.SQLITE_IOERR_SHORT_READ and code & 0xFF in _REFUSED
    return IndexUnreadable(what, str(error)) if refused else damaged(f"cannot be read ({error})")


def fetch_checked(connection: sqlite3.Connection, sql: str, *values: int | bytes) -> list[Row]:
    """Give whole rows without their check sums. Raises IndexDamaged where one does not fit."""
    rows = fetch(connection, sql, *values)
    if any(_crc32(row[:-1]) != row[-1] for row in rows):
        raise damaged("is not as it was written")
    return [row[:-1] for row in rows]


def with_crc32(row: Row) -> Row:
    """Put a check sum at the end of a row."""
    return (*row, _crc32(row))


def damaged(how: str) -> IndexDamaged:
    """Give the error for a table; of several only that it is one matters to a person."""
    return IndexDamaged(f"a table of the index {how}; run `byline index --full`")


def _crc32(row: Row) -> int:
    return zlib.crc32(msgspec.msgpack.encode(row))


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
