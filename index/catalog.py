"""The articles and passages of one generation, in SQLite."""

import os
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from index.articles import Found, Root, Signature
from index.errors import IndexDamaged
from index.files import sync_file
from index.passages import Passage
from index.reading import Article
from index.spans import Span

_SCHEMA = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY, root INTEGER NOT NULL, relative BLOB NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, seen_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, encoding TEXT NOT NULL, line_count INTEGER NOT NULL,
    title TEXT NOT NULL, date TEXT NOT NULL,
    first_passage INTEGER NOT NULL, passage_count INTEGER NOT NULL,
    crc32 INTEGER NOT NULL
) STRICT;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY, article INTEGER NOT NULL REFERENCES articles,
    byte_start INTEGER NOT NULL, byte_end INTEGER NOT NULL,
    line INTEGER NOT NULL, "column" INTEGER NOT NULL,
    text TEXT NOT NULL, sentences BLOB NOT NULL, key BLOB NOT NULL,
    crc32 INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as a generation holds it."""

    id: int
    found: Found
    seen_ns: int
    """When its signature was taken, in nanoseconds since the epoch."""
    article: Article
    passages: range
    """Ids of its passages."""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as a generation holds it."""

    id: int
    article_id: int
    passage: Passage
    key: bytes
    """SHA-256 of the text that it was embedded as."""


@dataclass(frozen=True)
class Catalog:
    """An opened, read-only catalog.

    Every row has a check sum, for SQLite does not see most damage to its file. The methods raise
    IndexDamaged for a row that is missing or is not as it was written.
    """

    connection: sqlite3.Connection
    roots: Sequence[Root]

    @classmethod
    def open(cls, path: Path, roots: Sequence[Root]) -> "Catalog":
        """Open a published catalog; it never changes, so no lock or journal is ever made."""
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise IndexDamaged(f"{path} cannot be opened; run `byline index --full`") from error
        return cls(connection, roots)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def articles(self) -> list[StoredArticle]:
        """Give all articles, in order."""
        rows = self._checked("SELECT * FROM articles ORDER BY id")
        return [self._article(row) for row in rows]

    def article(self, article_id: int) -> StoredArticle:
        """Give one article."""
        return self._article(self._one("SELECT * FROM articles WHERE id = ?", article_id))

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Give passages in the order of the ids."""
        return [_passage(self._one("SELECT * FROM passages WHERE id = ?", one)) for one in ids]

    def passages_of(self, article: StoredArticle) -> list[StoredPassage]:
        """Give an article's passages in order."""
        rows = self._checked("SELECT * FROM passages WHERE article = ? ORDER BY id", article.id)
        return [_passage(row) for row in rows]

    def passage_keys(self) -> Iterator[tuple[bytes, int]]:
        """Yield each passage's key and id."""
        yield from self._rows("SELECT key, id FROM passages")

    def counts(self) -> tuple[int, int]:
        """Count articles and passages."""
        sql = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages)"
        (row,) = self._rows(sql)
        return row[0], row[1]

    def _one(self, sql: str, row_id: int) -> tuple[Any, ...]:
        rows = self._checked(sql, row_id)
        if len(rows) != 1 or rows[0][0] != row_id:
            raise _damaged("lacks what the rest of the index speaks of")
        return rows[0]

    def _checked(self, sql: str, *values: int) -> list[tuple[Any, ...]]:
        rows = self._rows(sql, *values)
        if any(_crc32(row[:-1]) != row[-1] for row in rows):
            raise _damaged("is not as it was written")
        return [row[:-1] for row in rows]

    def _rows(self, sql: str, *values: int) -> list[tuple[Any, ...]]:
        try:
            return self.connection.execute(sql, values).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise _damaged("cannot be read") from error

    def _article(self, row: tuple[Any, ...]) -> StoredArticle:
        article_id, root, relative, size, mtime, ctime, inode, seen, *rest = row
        sha256, encoding, line_count, title, day, first, count = rest
        return StoredArticle(
            article_id,
            Found(self.roots[root], os.fsdecode(relative), Signature(size, mtime, ctime, inode)),
            seen,
            Article(sha256, encoding, line_count, title, (date.fromisoformat(day),) if day else ()),
            range(first, first + count),
        )


def write_catalog(
    path: Path,
    roots: Sequence[Root],
    articles: Iterable[tuple[StoredArticle, Sequence[StoredPassage]]],
) -> None:
    """Write a new catalog. Raises OSError where the disk takes no more."""
    numbers = {root: number for number, root in enumerate(roots)}
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # Nobody sees the file before it is whole and synced, so a journal would only cost.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for stored, passages in articles:
            row = _with_crc32(_article_row(stored, numbers[stored.found.root]))
            connection.execute(f"INSERT INTO articles VALUES ({_marks(row)})", row)  # noqa: S608
            for passage in passages:
                values = _with_crc32(_passage_row(passage))
                sql = f"INSERT INTO passages VALUES ({_marks(values)})"  # noqa: S608
                connection.execute(sql, values)
        connection.execute("CREATE INDEX passages_by_article ON passages (article)")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"{path.name}: {error}") from error
    finally:
        connection.close()
    sync_file(path)


def _damaged(how: str) -> IndexDamaged:
    return IndexDamaged(f"passages.sqlite {how}; run `byline index --full`")


def _crc32(row: tuple[Any, ...]) -> int:
    return zlib.crc32(msgspec.msgpack.encode(row))


def _with_crc32(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row, _crc32(row))


def _marks(row: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(row))


def _article_row(stored: StoredArticle, root: int) -> tuple[Any, ...]:
    found, article = stored.found, stored.article
    signature = found.signature
    return (
        stored.id, root, os.fsencode(found.relative),
        signature.size, signature.mtime_ns, signature.ctime_ns, signature.inode, stored.seen_ns,
        article.sha256, article.encoding, article.line_count,
        article.title, "".join(day.isoformat() for day in article.dates),
        stored.passages.start, len(stored.passages),
    )  # fmt: skip


def _passage_row(stored: StoredPassage) -> tuple[Any, ...]:
    passage = stored.passage
    places = [place for span in passage.sentences for place in (span.start, span.end)]
    return (
        stored.id, stored.article_id, passage.byte_start, passage.byte_end,
        passage.line, passage.column, passage.text,
        struct.pack(f"<{len(places)}I", *places), stored.key,
    )  # fmt: skip


def _passage(row: tuple[Any, ...]) -> StoredPassage:
    passage_id, article, byte_start, byte_end, line, column, text, sentences, key = row
    places = struct.unpack(f"<{len(sentences) // 4}I", sentences)
    spans = tuple(Span(*pair) for pair in zip(places[::2], places[1::2], strict=True))
    passage = Passage(text, byte_start, byte_end, line, column, spans)
    return StoredPassage(passage_id, article, passage, key)
