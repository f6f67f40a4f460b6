"""SQLite files that are written once and only read afterwards."""

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
ROWS_MISSING = "rows are missing"
_OS_ERRORS = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)
"""SQLite's primary error codes for what the operating system refuses."""


def open_written(path: Path) -> sqlite3.Connection:
    """Open a finished file; it never changes, so no lock or journal is created.

    Raises IndexDamaged, or its subclass IndexUnreadable if the system refuses to open the file.
    """
    try:
        uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise _read_error(error, str(path)) from error


def fetch(connection: sqlite3.Connection, sql: str, *values: int | bytes | str) -> list[Row]:
    """Return the rows of a query on a finished file. Raises as `open_written` does."""
    try:
        return connection.execute(sql, values).fetchall()
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        # sqlite3 decodes its own messages, which may quote a garbled schema.
        raise _read_error(error, "a table of the index") from error


def _read_error(error: Exception, what: str) -> IndexDamaged:
    """Tell an error of the operating system from a damaged file."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    # SQLite reports a truncated file as an I/O error.
    if code != sqlite3.SQLITE_IOERR_SHORT_READ and code & 0xFF in _OS_ERRORS:
        return IndexUnreadable(what, str(error))
    return inconsistent(f"a table cannot be read ({error})")


def fetch_checked(
    connection: sqlite3.Connection, sql: str, *values: int | bytes | str
) -> list[Row]:
    """Return complete rows without their checksums. Raises IndexDamaged if one does not match."""
    rows = fetch(connection, sql, *values)
    if any(_crc32(row[:-1]) != row[-1] for row in rows):
        raise inconsistent("checksum mismatch in a table")
    return [row[:-1] for row in rows]


def with_crc32(row: Row) -> Row:
    """Append a checksum to a row."""
    return (*row, _crc32(row))


def inconsistent(what: str) -> IndexDamaged:
    """Return the error for a damaged table; which of the tables it is does not help the user."""
    return IndexDamaged(f"the index is inconsistent: {what}; run `byline index --full`")


def _crc32(row: Row) -> int:
    return zlib.crc32(msgspec.msgpack.encode(row))


def create(path: Path, schema: str) -> sqlite3.Connection:
    """Create a file with a schema."""
    connection = sqlite3.connect(f"file:{quote(str(path))}", isolation_level=None, uri=True)
    # Nothing reads the file before it is complete and synced, so a journal has no use.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.executescript(schema)
    return connection


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into an OSError that names the file."""
    try:
        yield
    except sqlite3.Error as error:
        raise OSError(f"{path.name}: {error}") from error


def placeholders(count: int) -> str:
    """Return comma-separated question marks, one for each value."""
    return ", ".join("?" * count)
