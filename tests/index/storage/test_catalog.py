import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.articles.fields import Field
from index.articles.files import Found, Root, Signature
from index.articles.parse import Article
from index.articles.passages import Passage
from index.articles.spans import Span
from index.errors import IndexDamaged, IndexUnreadable
from index.storage.catalog import Catalog, StoredArticle, StoredPassage, write_articles
from index.storage.passage_table import Move, PassageTable, PassageWriter
from index.storage.scope import Scope

ROOTS = (Root("news", "/home/ann/news"), Root("../b", "/home/b"))
ODD = os.fsdecode(b"a/caf\xe9.txt")
BIG = (1 << 63) - 1


def passage(text: str, *spans: Span) -> Passage:
    return Passage(text, 7, 7 + len(text.encode()), 3, 5, spans)


def article(number: int, relative: str, passages: range, day: date | None = None) -> StoredArticle:
    found = Found(ROOTS[number % 2], relative, Signature(10, BIG, -5, BIG))
    return StoredArticle(number, found, 99, Article("ab" * 32, "utf-8", 4, "Tïtle", day), passages)


FIRST = article(0, ODD, range(2), date(2010, 5, 12))
SECOND = article(1, "", range(2, 3))
PASSAGES = (
    StoredPassage(0, 0, passage("A\0b 😀.", Span(0, 3), Span(4, 6)), b"k" * 32),
    StoredPassage(1, 0, passage("# Only\r\n\u2028x"), b"l" * 32),
    StoredPassage(2, 1, passage("C.", Span(0, 2)), b"m" * 32),
)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    path = tmp_path / "odd ?#%20name.sqlite"
    write_articles(path, ROOTS, [SECOND, FIRST], [range(3, 9), range(12, 13)])
    tables = ((0, PASSAGES[:2]), (2, PASSAGES[2:]))
    segments = tuple((first, write(tmp_path / f"{first} ?", rows)) for first, rows in tables)
    return Catalog(path, ROOTS, segments)


def write(path: Path, passages: Sequence[StoredPassage]) -> PassageTable:
    writer = PassageWriter(path)
    writer.add(passages)
    writer.finish()
    return PassageTable(path)


def test_articles_come_back_in_the_order_in_which_they_were_written(catalog: Catalog) -> None:
    assert catalog.articles() == [SECOND, FIRST]
    assert catalog.article(1) == SECOND
    assert catalog.dropped() == (range(3, 9), range(12, 13))


def test_a_few_articles_are_taken_evenly_from_all(tmp_path: Path) -> None:
    path = tmp_path / "articles"
    articles = [article(number, f"{number}.txt", range(0)) for number in range(7)]
    write_articles(path, ROOTS, articles, [])
    catalog = Catalog(path, ROOTS)
    assert [one.id for one in catalog.spread(3)] == [0, 3, 6]
    assert [one.id for one in catalog.spread(6)] == [0, 2, 4, 6]
    assert len(catalog.spread(7)) == len(catalog.spread(70)) == 7


def test_passages_of_any_segment_come_back_in_the_order_of_the_ids(catalog: Catalog) -> None:
    assert catalog.passages([2, 0, 1, 0]) == [PASSAGES[i] for i in (2, 0, 1, 0)]
    assert catalog.passages_of(FIRST) == list(PASSAGES[:2])
    assert catalog.passages_of(SECOND) == [PASSAGES[2]]


def test_articles_and_passages_are_counted_and_passages_found_by_key(catalog: Catalog) -> None:
    assert catalog.counts() == (2, 3)
    assert [catalog.find_by_key(bytes([key]) * 32) for key in b"klmx"] == [0, 1, 2, None]


def test_an_open_catalog_is_read_only_and_creates_no_files(
    catalog: Catalog, tmp_path: Path
) -> None:
    for connection in (catalog.connection, catalog.segments[0][1].connection):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("CREATE TABLE x (y)")
    catalog.counts()
    assert len(list(tmp_path.iterdir())) == 3


def test_an_empty_catalog_holds_nothing(tmp_path: Path) -> None:
    write_articles(tmp_path / "c", (), (), ())
    catalog = Catalog(tmp_path / "c", ())
    assert (catalog.counts(), catalog.passages([])) == ((0, 0), [])


def test_a_file_that_is_no_database_or_missing_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"no database" * 1000)
    for path in (tmp_path / "c", tmp_path / "absent"):
        with pytest.raises(IndexDamaged):
            Catalog(path, ()).counts()
        with pytest.raises(IndexDamaged):
            PassageTable(path).passages([1])


def test_a_garbled_schema_is_damage(tmp_path: Path) -> None:
    write_articles(tmp_path / "c", ROOTS, [FIRST], [])
    garbled = (tmp_path / "c").read_bytes().replace(b"TABLE articles (", b"TABLE articles \xce", 1)
    (tmp_path / "c").write_bytes(garbled)
    with pytest.raises(IndexDamaged, match="--full"):
        Catalog(tmp_path / "c", ROOTS).articles()


def test_a_file_that_the_system_refuses_to_open_is_unreadable_not_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexUnreadable, match=r"disk I/O error; .*byline check"):
        PassageTable(tmp_path)


def test_a_failed_write_is_an_os_error_that_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"articles.sqlite: UNIQUE"):
        write_articles(tmp_path / "articles.sqlite", ROOTS, [FIRST, FIRST], [])
    writer = PassageWriter(tmp_path / "passages.sqlite")
    with pytest.raises(OSError, match=r"passages.sqlite: UNIQUE"):
        writer.add([PASSAGES[0], PASSAGES[0]])


def test_passages_are_copied_from_one_table_to_another(tmp_path: Path) -> None:
    source = write(tmp_path / "a", PASSAGES)
    writer = PassageWriter(tmp_path / "b")
    writer.add([replace(PASSAGES[0], id=50)])
    writer.copy(source, [Move(range(2), 0), Move(range(2, 9), 40)])
    writer.add([replace(PASSAGES[0], id=51)])
    writer.finish()
    moved = PassageTable(tmp_path / "b")
    assert len(moved) == 5
    assert moved.passages_in(range(99)) == [
        *PASSAGES[:2],
        replace(PASSAGES[2], id=42),
        replace(PASSAGES[0], id=50),
        replace(PASSAGES[0], id=51),
    ]
    assert [stored.passage.text for stored in moved.in_order(range(1, 50))] == [
        "# Only\r\n\u2028x",
        "C.",
    ]


def tampered(tmp_path: Path, sql: str, *values: object) -> Catalog:
    """Return a catalog after changing one of its files with SQL."""
    articles, passages = tmp_path / "a", tmp_path / "p"
    write_articles(articles, ROOTS, [FIRST, SECOND], [])
    write(passages, PASSAGES).close()
    path = articles if "articles" in sql else passages
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql, values)
    return Catalog(articles, ROOTS, [(0, PassageTable(passages))])


@pytest.mark.parametrize(
    ("column", "value"),
    [("text", "A\0b 😁."), ("line", 4), ("byte_start", 8), ("key", b"x"), ("crc32", 1)],
)
def test_a_changed_passage_fails_its_checksum(tmp_path: Path, column: str, value: object) -> None:
    catalog = tampered(tmp_path, f"UPDATE passages SET {column} = ? WHERE id = 0", value)
    with pytest.raises(IndexDamaged, match="checksum mismatch"):
        catalog.passages([0])
    with pytest.raises(IndexDamaged, match="checksum mismatch"):
        catalog.passages_of(FIRST)
    assert catalog.passages([1]) == [PASSAGES[1]]
    writer = PassageWriter(tmp_path / "other")
    with pytest.raises(IndexDamaged, match="checksum mismatch"):
        writer.copy(catalog.segments[0][1], [Move(range(3), 9)])


@pytest.mark.parametrize(
    ("column", "value"), [("title", "Title"), ("date", "2010-05-13"), ("root", 7), ("inode", 0)]
)
def test_a_changed_article_fails_its_checksum(tmp_path: Path, column: str, value: object) -> None:
    catalog = tampered(tmp_path, f"UPDATE articles SET {column} = ? WHERE id = 0", value)
    with pytest.raises(IndexDamaged, match="checksum mismatch"):
        catalog.article(0)
    with pytest.raises(IndexDamaged, match="checksum mismatch"):
        catalog.articles()


@pytest.mark.parametrize("number", [3, -1, 2**64 - 1])
def test_a_missing_row_is_damage(catalog: Catalog, number: int) -> None:
    for get in (lambda: catalog.passages([0, number]), lambda: catalog.article(number)):
        with pytest.raises(IndexDamaged, match="--full"):
            get()


ADA, HARBOUR = Field("author", "ada quill"), Field("tags", "harbour")
FILED = (
    (10, "a/1.txt", date(2010, 5, 12), (ADA,)),
    (11, "a/2.txt", date(2011, 7, 3), (ADA, HARBOUR)),
    (12, "ab.txt", None, (ADA,)),
    (14, "b/1.txt", date(2011, 7, 4), (HARBOUR,)),
)
"""Articles of the first root, with two passages each."""


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    path = tmp_path_factory.mktemp("filed") / "articles.sqlite"
    stored = [
        StoredArticle(
            number,
            Found(ROOTS[0], relative, Signature(1, 1, 1, 1)),
            1,
            Article("ab" * 32, "utf-8", 4, None, day, fields),
            range(2 * number, 2 * number + 2),
        )
        for number, relative, day, fields in FILED
    ]
    write_articles(path, ROOTS, stored, [])
    return Catalog(path, ROOTS)


def test_fields_come_back_as_they_were_written(filed: Catalog) -> None:
    assert [article.article.fields for article in filed.articles()] == [row[3] for row in FILED]
    assert filed.field_values() == {"author": {"ada quill"}, "tags": {"harbour"}}


@pytest.mark.parametrize(
    ("scope", "articles", "undated"),
    [
        (Scope(), (10, 11, 12, 14), 0),
        (Scope(since=date(2011, 7, 3)), (11, 14), 1),
        (Scope(until=date(2011, 7, 3)), (10, 11), 1),
        (Scope(since=date(2011, 7, 4), until=date(2011, 7, 4)), (14,), 1),
        (Scope(where=(Field("Authors", "ADA  Quill"),)), (10, 11, 12), 0),
        (Scope(where=(ADA, HARBOUR)), (11,), 0),
        (Scope(where=(Field("author", "ada"),)), (), 0),
        (Scope(since=date(2012, 1, 1), where=(HARBOUR,)), (), 0),
        (Scope(within=("/home/ann/news/a",)), (10, 11), 0),
        (Scope(within=("/home/ann/news/a", "/home/ann/news/a/1.txt", "/home/b")), (10, 11), 0),
        (Scope(within=("/home/ann",), until=date(2011, 1, 1)), (10,), 1),
        (Scope(within=("/home/ann/news/a/1.txt/x", "/home/ann/news/\ud800", "b")), (), 0),
    ],
)  # fmt: skip
def test_every_filter_of_a_scope_holds(
    filed: Catalog, scope: Scope, articles: tuple[int, ...], undated: int
) -> None:
    found = filed.select(scope)
    assert (found.articles, found.undated) == (articles, undated)
    passages = [[2 * number, 2 * number + 2] for number in articles]
    assert sorted(found.passages.tolist()) == passages
