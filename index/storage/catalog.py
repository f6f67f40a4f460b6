"""The articles and passages of one generation.

The articles are in a small SQLite file that every build writes again, the passages in segments.
"""

import os
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.files import Found, Root, Signature, absolute_path
from index.articles.parse import Article
from index.articles.paths import is_under
from index.disk.durable_files import sync_file
from index.storage.database import (
    ROWS_MISSING,
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
from index.storage.passage_table import PassageTable
from index.storage.records import StoredArticle as StoredArticle
from index.storage.records import StoredPassage as StoredPassage
from index.storage.scope import Scope
from index.storage.selection import Selection, id_array

_SCHEMA = """
CREATE TABLE articles (
    position INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE,
    root INTEGER NOT NULL, relative BLOB NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL, seen_ns INTEGER NOT NULL,
    sha256 TEXT NOT NULL, encoding TEXT NOT NULL, line_count INTEGER NOT NULL,
    title TEXT NOT NULL, date TEXT NOT NULL, fields BLOB NOT NULL,
    first_passage INTEGER NOT NULL, passage_count INTEGER NOT NULL,
    crc32 INTEGER NOT NULL
) STRICT;
CREATE INDEX by_path ON articles (root, relative);
CREATE INDEX by_date ON articles (date, id, first_passage, passage_count);
CREATE TABLE dropped (start INTEGER PRIMARY KEY, stop INTEGER NOT NULL) STRICT;
"""


_BETWEEN_FIELDS, _AFTER_NAME = "\x1f", "\x1e"
"""White space other than a blank, so in no field."""
_ANY = "surrogatepass"


@dataclass(frozen=True, slots=True)
class _Clause:
    """A condition on articles, and the values of its placeholders."""

    sql: str
    values: tuple[int | bytes | str, ...] = ()


class Catalog:
    """An open, read-only catalog.

    Every row has a checksum, because SQLite does not notice most damage to its file. Opening and
    the methods raise IndexDamaged, also if a row is missing or fails its checksum.
    """

    def __init__(
        self, path: Path, roots: Sequence[Root], segments: Sequence[tuple[int, PassageTable]] = ()
    ) -> None:
        """Open the articles; `segments` has the first id and the passages of each, in order."""
        self.connection = open_written(path)
        self.roots = roots
        self.segments = segments

    def articles(self) -> list[StoredArticle]:
        """Return all articles, in the order in which they were found."""
        rows = fetch_checked(self.connection, "SELECT * FROM articles ORDER BY position")
        return [self._article(row) for row in rows]

    def spread(self, count: int) -> list[StoredArticle]:
        """Return at most `count` articles, evenly spread over all, in the order of `articles`."""
        step = max(1, -(-self.counts()[0] // count))
        sql = "SELECT * FROM articles WHERE position % ? = 0 ORDER BY position"
        return [self._article(row) for row in fetch_checked(self.connection, sql, step)]

    def paths(self) -> list[str]:
        """Return the absolute paths of all articles, in the order in which they were found."""
        rows = fetch(self.connection, "SELECT root, relative FROM articles ORDER BY position")
        return [absolute_path(self.roots[root], os.fsdecode(relative)) for root, relative in rows]

    def sizes_and_times(self) -> dict[str, tuple[int, int]]:
        """Return the size and the modification time (nanoseconds) of each file, by its path."""
        sql = "SELECT root, relative, size, mtime_ns FROM articles ORDER BY position"
        return {
            absolute_path(self.roots[root], os.fsdecode(relative)): (size, mtime_ns)
            for root, relative, size, mtime_ns in fetch(self.connection, sql)
        }

    def article(self, article_id: int) -> StoredArticle:
        """Return one article."""
        rows = fetch_checked(self.connection, "SELECT * FROM articles WHERE id = ?", article_id)
        if len(rows) != 1 or rows[0][1] != article_id:
            raise inconsistent(ROWS_MISSING)
        return self._article(rows[0])

    def select(self, scope: Scope) -> Selection:
        """Return the articles in a scope, whose paths are absolute; none if none is in it."""
        clauses = [_where(field.compared) for field in scope.where]
        if scope.has_dates:
            first, last = scope.since or date.min, scope.until or date.max
            days = (first.isoformat(), last.isoformat())
            # The plus keeps SQLite from a row look-up each: it reads the entire index by date.
            clauses.insert(0, _Clause("(+date = '' OR +date BETWEEN ? AND ?)", days))
        found: dict[int, Row] = {}
        for place in self._places(scope.within):
            rows = self._rows(
                "id, first_passage, first_passage + passage_count, date = ''", [*clauses, *place]
            )
            found |= {row[0]: row for row in rows}
        undated = {id_ for id_, row in found.items() if scope.has_dates and row[3]}
        kept = [row[:3] for id_, row in found.items() if id_ not in undated]
        ranges = id_array(kept, 3)
        return Selection(tuple(sorted(ranges[:, 0].tolist())), ranges[:, 1:], len(undated))

    def has(self, path: str) -> bool:
        """Return whether an article is at or under an absolute path."""
        return any(self._rows("1", place) for place in self._places((path,)))

    def dates(self) -> tuple[date, date] | None:
        """Return the first and the last date of an article; None if none has a date."""
        sql = "SELECT min(date), max(date) FROM articles WHERE date > ''"
        ((first, last),) = fetch(self.connection, sql)
        return (date.fromisoformat(first), date.fromisoformat(last)) if first else None

    def _places(self, within: Sequence[str]) -> Iterator[list[_Clause]]:
        """Yield the condition for each place of the paths; without paths, one that all meet."""
        if not within:
            yield []
        for path in within:
            for number, root in enumerate(self.roots):
                if is_under(root.path, path):
                    yield [_Clause("root = ?", (number,))]
                elif is_under(path, root.path):
                    yield [_under(number, path[len(root.path.rstrip("/")) + 1 :])]

    def _rows(self, columns: str, clauses: Sequence[_Clause]) -> list[Row]:
        where = " AND ".join(clause.sql for clause in clauses) or "true"
        values = (value for clause in clauses for value in clause.values)
        sql = f"SELECT {columns} FROM articles WHERE {where}"  # noqa: S608
        return fetch(self.connection, sql, *values)

    def field_values(self) -> dict[str, set[str]]:
        """Return the values of each field that an article has, as they are compared."""
        values: dict[str, set[str]] = defaultdict(set)
        for (fields,) in fetch(self.connection, "SELECT DISTINCT fields FROM articles"):
            for field in _fields(fields):
                values[field.name].add(field.value)
        return values

    def dropped(self) -> tuple[range, ...]:
        """Return the ids within the segments that belong to no passage, in order."""
        rows = fetch(self.connection, "SELECT start, stop FROM dropped ORDER BY start")
        return tuple(range(start, stop) for start, stop in rows)

    def counts(self) -> tuple[int, int]:
        """Return the number of articles and of their passages."""
        sql = "SELECT count(*), coalesce(sum(passage_count), 0) FROM articles"
        (row,) = fetch(self.connection, sql)
        return row[0], row[1]

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """Return passages in the order of the ids."""
        found = {
            stored.id: stored
            for table, members in self._by_segment(ids)
            for stored in table.passages(members)
        }
        return [found[passage_id] for passage_id in _complete(ids, found)]

    def kinds(self, ids: Sequence[int]) -> dict[int, Kind]:
        """Return the kinds of passages, by id."""
        found: dict[int, Kind] = {}
        for table, members in self._by_segment(ids):
            found |= table.kinds(members)
        _complete(ids, found)
        return found

    def with_articles(self, ids: Sequence[int]) -> list[tuple[int, int]]:
        """Return the id of the article of each passage, and its own, in the order of the ids."""
        found: dict[int, int] = {}
        for table, members in self._by_segment(ids):
            found |= table.articles(members)
        return [(found[passage_id], passage_id) for passage_id in _complete(ids, found)]

    def _by_segment(self, ids: Sequence[int]) -> Iterator[tuple[PassageTable, list[int]]]:
        """Yield the table and the ids of the passages of each segment."""
        by_segment: dict[int, list[int]] = {}
        for passage_id in ids:
            by_segment.setdefault(self._segment_of(passage_id), []).append(passage_id)
        for segment, members in by_segment.items():
            yield self.segments[segment][1], members

    def passages_of(self, article: StoredArticle) -> list[StoredPassage]:
        """Return an article's passages in order."""
        if not article.passages:
            return []
        _, passages = self.segments[self._segment_of(article.passages.start)]
        return passages.passages_in(article.passages)

    def find_by_key(self, key: bytes) -> int | None:
        """Return the id of a passage embedded as the text with this key, or None.

        The passage may be one whose article was deleted.
        """
        found = (passages.find_by_key(key) for _, passages in self.segments)
        return next((passage_id for passage_id in found if passage_id is not None), None)

    def _segment_of(self, passage_id: int) -> int:
        """Return the index of a passage's segment; an article's passages are all in one."""
        index = bisect_right(self.segments, passage_id, key=lambda segment: segment[0]) - 1
        if index < 0:
            raise inconsistent(ROWS_MISSING)
        return index

    def _article(self, row: Row) -> StoredArticle:
        _, article_id, root, relative, size, mtime, ctime, inode, seen, *rest = row
        sha256, encoding, line_count, title, day, fields, first, count = rest
        day = date.fromisoformat(day) if day else None
        return StoredArticle(
            article_id,
            Found(self.roots[root], os.fsdecode(relative), Signature(size, mtime, ctime, inode)),
            seen,
            Article(sha256, encoding, line_count, title or None, day, _fields(fields)),
            range(first, first + count),
        )


def _complete(ids: Sequence[int], found: Container[int]) -> Sequence[int]:
    """Return the ids. Raises IndexDamaged if one was not found."""
    if any(passage_id not in found for passage_id in ids):
        raise inconsistent(ROWS_MISSING)
    return ids


def write_articles(
    path: Path, roots: Sequence[Root], articles: Iterable[StoredArticle], dropped: Sequence[range]
) -> None:
    """Write the articles and `Catalog.dropped` to a new file. Raises OSError."""
    numbers = {root: number for number, root in enumerate(roots)}
    with os_errors(path):
        connection = create(path, _SCHEMA)
        try:
            connection.execute("BEGIN")
            connection.executemany(
                f"INSERT INTO articles VALUES ({placeholders(18)})",  # noqa: S608
                (
                    with_crc32((position, *_row(stored, numbers[stored.found.root])))
                    for position, stored in enumerate(articles)
                ),
            )
            connection.executemany(
                "INSERT INTO dropped VALUES (?, ?)", ((ids.start, ids.stop) for ids in dropped)
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
    sync_file(path)


def _row(stored: StoredArticle, root: int) -> Row:
    found, article = stored.found, stored.article
    signature = found.signature
    return (
        stored.id, root, os.fsencode(found.relative),
        signature.size, signature.mtime_ns, signature.ctime_ns, signature.inode, stored.seen_ns,
        article.sha256, article.encoding, article.line_count,
        article.title or "", article.date.isoformat() if article.date else "",
        _written(article.fields), stored.passages.start, len(stored.passages),
    )  # fmt: skip


def _written(fields: Sequence[Field]) -> bytes:
    """Return fields as they are stored: each between two marks, so that it can be searched for."""
    parts = [f"{field.name}{_AFTER_NAME}{field.value}" for field in fields]
    return _BETWEEN_FIELDS.join(["", *parts, ""] if parts else "").encode("utf-8", _ANY)


def _fields(written: bytes) -> tuple[Field, ...]:
    texts = written.decode("utf-8", _ANY).split(_BETWEEN_FIELDS)
    parts = (text.partition(_AFTER_NAME) for text in texts if text)
    return tuple(Field(name, value) for name, _, value in parts)


def _where(field: Field) -> _Clause:
    return _Clause("instr(fields, ?) > 0", (_written([field]),))


def _under(root: int, relative: str) -> _Clause:
    """Return the condition for a file, and for all in it if it is a folder."""
    try:
        name = os.fsencode(relative)
    except UnicodeEncodeError:  # no file has such a name
        return _Clause("false")
    sql = "root = ? AND (relative = ? OR (relative > ? AND relative < ?))"
    return _Clause(sql, (root, name, name + b"/", name + b"0"))  # 0 follows the slash
