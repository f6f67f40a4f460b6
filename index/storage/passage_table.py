"""The passages of one segment, in a SQLite file."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from index.articles.blocks import Edit, Kind
from index.articles.passages import Passage
from index.articles.places import Anchor, AnchorFields
from index.articles.spans import Span
from index.disk.durable_files import sync_file
from index.storage.database import (
    Row,
    create,
    fetch,
    fetch_checked,
    inconsistent,
    open_written,
    os_errors,
    placeholders,
    with_crc32,
)
from index.storage.records import StoredPassage

_SCHEMA = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article INTEGER NOT NULL,
    byte_start INTEGER NOT NULL, byte_end INTEGER NOT NULL,
    line INTEGER NOT NULL, "column" INTEGER NOT NULL,
    text TEXT NOT NULL, sentences BLOB NOT NULL,
    kind TEXT NOT NULL, context TEXT NOT NULL, edits BLOB NOT NULL, leads BLOB NOT NULL,
    anchors BLOB NOT NULL,
    key BLOB NOT NULL,
    crc32 INTEGER NOT NULL
) STRICT;
"""
_INDEX = "CREATE INDEX passages_by_key ON passages (key)"
_EDITS = msgspec.msgpack.Decoder(tuple[Edit, ...])
_ANCHORS = msgspec.msgpack.Decoder(list[AnchorFields])
_LEADS = msgspec.msgpack.Decoder(tuple[str, ...])
AT_ONCE = 500
"""Ids in one query; SQLite accepts at least 999."""


@dataclass(frozen=True, slots=True)
class Move:
    """Passages that are written to another segment, with `shift` added to their ids."""

    ids: range
    shift: int


class PassageTable:
    """An open, read-only table. Opening and the methods raise IndexDamaged."""

    def __init__(self, path: Path) -> None:
        self.connection = open_written(path)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Return those of the passages that are in this table, in any order."""
        found: list[StoredPassage] = []
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            sql = f"SELECT * FROM passages WHERE id IN ({placeholders(len(part))})"  # noqa: S608
            found += map(_passage, fetch_checked(self.connection, sql, *part))
        return found

    def passages_in(self, ids: range) -> list[StoredPassage]:
        """Return the passages in a range of ids, in order."""
        return list(self.in_order(ids))

    def in_order(self, ids: range) -> Iterator[StoredPassage]:
        """Yield the passages in a range of ids, in order."""
        yield from map(_passage, self.rows(ids))

    def kinds(self, ids: Sequence[int]) -> dict[int, Kind]:
        """Return the kinds of those of the passages that are in this table, by id."""
        return {id_: _kind(kind) for id_, kind in self._column("kind", ids)}

    def articles(self, ids: Sequence[int]) -> dict[int, int]:
        """Return the articles of those of the passages that are in this table, by id."""
        return dict(self._column("article", ids))

    def _column(self, name: str, ids: Sequence[int]) -> Iterator[Row]:
        """Yield the ids of passages that are in this table, with one of their columns."""
        for start in range(0, len(ids), AT_ONCE):
            part = ids[start : start + AT_ONCE]
            sql = f"SELECT id, {name} FROM passages WHERE id IN ({placeholders(len(part))})"  # noqa: S608
            yield from fetch(self.connection, sql, *part)

    def rows(self, ids: range) -> Iterator[Row]:
        """Yield the rows in a range of ids, in order, as they are stored."""
        sql = "SELECT * FROM passages WHERE id >= ? AND id < ? ORDER BY id"
        for start in range(ids.start, ids.stop, AT_ONCE):
            stop = min(start + AT_ONCE, ids.stop)
            yield from fetch_checked(self.connection, sql, start, stop)

    def find_by_key(self, key: bytes) -> int | None:
        """Return the id of one passage that was embedded as the text with this key, or None."""
        rows = fetch(self.connection, "SELECT id FROM passages WHERE key = ? LIMIT 1", key)
        return rows[0][0] if rows else None

    def __len__(self) -> int:
        (row,) = fetch(self.connection, "SELECT count(*) FROM passages")
        return int(row[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


class PassageWriter:
    """A new table that is being written; incomplete before `finish`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with os_errors(path):
            self.connection = create(path, _SCHEMA)
            self.connection.execute("BEGIN")

    def add(self, passages: Iterable[StoredPassage]) -> None:
        """Add passages. Raises OSError, for example if the disk is full."""
        self._insert(map(_row, passages))

    def copy(self, table: PassageTable, moves: Iterable[Move]) -> None:
        """Add passages of another table. Raises OSError, or IndexDamaged as that table does."""
        for move in moves:
            self._insert((row[0] + move.shift, *row[1:]) for row in table.rows(move.ids))

    def _insert(self, rows: Iterable[Row]) -> None:
        sql = f"INSERT INTO passages VALUES ({placeholders(15)})"  # noqa: S608
        with os_errors(self.path):
            self.connection.executemany(sql, map(with_crc32, rows))

    def keys(self, ids: range) -> Iterator[bytes]:
        """Yield the keys in a range of ids that were all added, in order."""
        sql = "SELECT key FROM passages WHERE id >= ? AND id < ? ORDER BY id"
        with os_errors(self.path):
            yield from (row[0] for row in self.connection.execute(sql, (ids.start, ids.stop)))

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Return at most 500 passages that were added, in the order of the ids."""
        sql = f"SELECT * FROM passages WHERE id IN ({placeholders(len(ids))})"  # noqa: S608
        with os_errors(self.path):
            rows = {row[0]: row[:-1] for row in self.connection.execute(sql, ids)}
        return [_passage(rows[passage_id]) for passage_id in ids]

    def finish(self) -> None:
        """Complete, close and sync the file. Raises OSError, for example if the disk is full."""
        with os_errors(self.path):
            self.connection.execute(_INDEX)
            self.connection.execute("COMMIT")
        self.close()
        sync_file(self.path)

    def close(self) -> None:
        """Close the file, finished or not."""
        self.connection.close()


def _row(stored: StoredPassage) -> Row:
    passage = stored.passage
    offsets = [offset for span in passage.sentences for offset in (span.start, span.end)]
    return (
        stored.id, stored.article_id, passage.byte_start, passage.byte_end,
        passage.line, passage.column, passage.text, struct.pack(f"<{len(offsets)}I", *offsets),
        passage.kind.value, passage.context, msgspec.msgpack.encode(passage.edits),
        msgspec.msgpack.encode(passage.leads),
        msgspec.msgpack.encode([anchor.fields for anchor in passage.anchors]), stored.key,
    )  # fmt: skip


def _passage(row: Row) -> StoredPassage:
    passage_id, article, byte_start, byte_end, line, column, text, sentences, *rest = row
    kind, context, edits, leads, anchors, key = rest
    offsets = struct.unpack(f"<{len(sentences) // 4}I", sentences)
    spans = tuple(Span(*pair) for pair in zip(offsets[::2], offsets[1::2], strict=True))
    passage = Passage(
        text, byte_start, byte_end, line, column, spans, _kind(kind), context,
        _EDITS.decode(edits),
        _LEADS.decode(leads),
        tuple(map(Anchor.of, _ANCHORS.decode(anchors))),
    )  # fmt: skip
    return StoredPassage(passage_id, article, passage, key)


def _kind(stored: str) -> Kind:
    try:
        return Kind(stored)
    except ValueError as error:
        raise inconsistent(f"no kind of passage is called {stored!r}") from error
