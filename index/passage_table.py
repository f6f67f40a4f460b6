"""The passages of one segment, in a SQLite file."""

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.database import (
    Row,
    create,
    errors_of_the_disk,
    fetch,
    marks,
    open_written,
    written_uri,
)
from index.files import sync_file
from index.passages import Passage
from index.spans import Span
from index.stored import StoredPassage

_SCHEMA = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article INTEGER NOT NULL,
    byte_start INTEGER NOT NULL, byte_end INTEGER NOT NULL,
    line INTEGER NOT NULL, "column" INTEGER NOT NULL,
    text TEXT NOT NULL, sentences BLOB NOT NULL, key BLOB NOT NULL
) STRICT;
"""
_INDEX = "CREATE INDEX passages_by_key ON passages (key)"
_AT_ONCE = 500
"""Ids in one query; SQLite takes 999 at least."""


@dataclass(frozen=True, slots=True)
class Text:
    """A passage's text, and whose it is."""

    id: int
    article_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """Passages that are written into another segment, with `shift` added to their ids."""

    ids: range
    shift: int


@dataclass(frozen=True)
class PassageTable:
    """An opened, read-only table."""

    connection: sqlite3.Connection

    @classmethod
    def open(cls, path: Path) -> "PassageTable":
        """Open a written table. Raises IndexDamaged."""
        return cls(open_written(path))

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Give those of the passages that are here, in any order."""
        return [
            _passage(row)
            for start in range(0, len(ids), _AT_ONCE)
            for row in _among(self.connection, "*", ids[start : start + _AT_ONCE])
        ]

    def within(self, ids: range) -> list[StoredPassage]:
        """Give the passages of a range of ids, in order."""
        sql = "SELECT * FROM passages WHERE id >= ? AND id < ? ORDER BY id"
        return [_passage(row) for row in fetch(self.connection, sql, ids.start, ids.stop)]

    def texts(self, ids: range) -> Iterator[Text]:
        """Yield the texts of a range of ids, in order, one by one."""
        sql = "SELECT id, article, text FROM passages WHERE id >= ? AND id < ? ORDER BY id"
        yield from (Text(*row) for row in self.connection.execute(sql, (ids.start, ids.stop)))

    def ids_of(self, key: bytes) -> Iterator[int]:
        """Yield the id of one passage that was embedded as the text of this key, if there is."""
        sql = "SELECT id FROM passages WHERE key = ? LIMIT 1"
        yield from (row[0] for row in fetch(self.connection, sql, key))

    def __len__(self) -> int:
        (row,) = fetch(self.connection, "SELECT count(*) FROM passages")
        return int(row[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


@dataclass(frozen=True)
class PassageWriter:
    """A table that is being written; nothing of it counts before `finish`."""

    path: Path
    connection: sqlite3.Connection

    @classmethod
    def create(cls, path: Path) -> "PassageWriter":
        """Begin a new table."""
        with errors_of_the_disk(path):
            connection = create(path, _SCHEMA)
            connection.execute("BEGIN")
        return cls(path, connection)

    def add(self, passages: Iterable[StoredPassage]) -> None:
        """Add passages. Raises OSError where the disk takes no more."""
        sql = f"INSERT INTO passages VALUES ({marks(9)})"  # noqa: S608
        with errors_of_the_disk(self.path):
            self.connection.executemany(sql, map(_row, passages))

    def take(self, path: Path, moves: Iterable[Move]) -> None:
        """Add passages of another table."""
        sql = (
            'INSERT INTO passages SELECT id + ?, article, byte_start, byte_end, line, "column", '
            "text, sentences, key FROM other.passages WHERE id >= ? AND id < ?"
        )
        with errors_of_the_disk(self.path):
            self.connection.execute("COMMIT")
            self.connection.execute("ATTACH ? AS other", (written_uri(path),))
            self.connection.execute("BEGIN")
            self.connection.executemany(
                sql, ((move.shift, move.ids.start, move.ids.stop) for move in moves)
            )
            self.connection.execute("COMMIT")
            self.connection.execute("DETACH other")
            self.connection.execute("BEGIN")

    def keys(self, ids: range) -> Iterator[bytes]:
        """Yield the keys of a range of ids that are all there, in order."""
        sql = "SELECT key FROM passages WHERE id >= ? AND id < ? ORDER BY id"
        with errors_of_the_disk(self.path):
            yield from (row[0] for row in self.connection.execute(sql, (ids.start, ids.stop)))

    def texts(self, ids: Sequence[int]) -> list[Text]:
        """Give the texts of at most 500 passages that are there, in the order of the ids."""
        with errors_of_the_disk(self.path):
            rows = _among(self.connection, "id, article, text", ids)
        texts = {row[0]: Text(*row) for row in rows}
        return [texts[passage_id] for passage_id in ids]

    def finish(self) -> None:
        """Write all of it out. Raises OSError where the disk takes no more."""
        with errors_of_the_disk(self.path):
            self.connection.execute(_INDEX)
            self.connection.execute("COMMIT")
        self.close()
        sync_file(self.path)

    def close(self) -> None:
        """Let the file go, as far as it was written."""
        self.connection.close()


def _among(connection: sqlite3.Connection, columns: str, ids: Sequence[int]) -> list[Row]:
    sql = f"SELECT {columns} FROM passages WHERE id IN ({marks(len(ids))})"  # noqa: S608
    return fetch(connection, sql, *ids)


def _row(stored: StoredPassage) -> Row:
    passage = stored.passage
    places = [place for span in passage.sentences for place in (span.start, span.end)]
    return (
        stored.id, stored.article_id, passage.byte_start, passage.byte_end,
        passage.line, passage.column, passage.text,
        struct.pack(f"<{len(places)}I", *places), stored.key,
    )  # fmt: skip


def _passage(row: Row) -> StoredPassage:
    passage_id, article, byte_start, byte_end, line, column, text, sentences, key = row
    places = struct.unpack(f"<{len(sentences) // 4}I", sentences)
    spans = tuple(Span(*pair) for pair in zip(places[::2], places[1::2], strict=True))
    passage = Passage(text, byte_start, byte_end, line, column, spans)
    return StoredPassage(passage_id, article, passage, key)
