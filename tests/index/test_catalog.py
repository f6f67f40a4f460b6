import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from index.articles import Found, Root, Signature
from index.catalog import Catalog, StoredArticle, StoredPassage, write_catalog
from index.errors import IndexDamaged
from index.passages import Passage
from index.reading import Article
from index.spans import Span

ROOTS = (Root("news", "/home/ann/news"), Root("../b", "/home/b"))
ODD = os.fsdecode(b"a/caf\xe9.txt")
BIG = (1 << 63) - 1


def passage(text: str, *spans: Span) -> Passage:
    return Passage(text, 7, 7 + len(text.encode()), 3, 5, spans)


def article(number: int, relative: str, passages: range, *dates: date) -> StoredArticle:
    found = Found(ROOTS[number % 2], relative, Signature(10, BIG, -5, BIG))
    return StoredArticle(
        number, found, 99, Article("ab" * 32, "utf-8", 4, "Tïtle", dates), passages
    )


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
    write_catalog(path, ROOTS, [(FIRST, PASSAGES[:2]), (SECOND, PASSAGES[2:])])
    return Catalog.open(path, ROOTS)


def test_articles_come_back_as_they_were_written(catalog: Catalog) -> None:
    assert catalog.articles() == [FIRST, SECOND]
    assert catalog.article(1) == SECOND


def test_passages_come_back_in_the_order_asked_for(catalog: Catalog) -> None:
    assert catalog.passages([2, 0, 1, 0]) == [PASSAGES[i] for i in (2, 0, 1, 0)]
    assert catalog.passages_of(FIRST) == list(PASSAGES[:2])


def test_counts_and_keys(catalog: Catalog) -> None:
    assert catalog.counts() == (2, 3)
    assert sorted(catalog.passage_keys()) == [(b"k" * 32, 0), (b"l" * 32, 1), (b"m" * 32, 2)]


def test_an_open_catalog_is_never_written_and_makes_no_files(
    catalog: Catalog, tmp_path: Path
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        catalog.connection.execute("DELETE FROM passages")
    assert len(list(tmp_path.iterdir())) == 1


def test_an_empty_catalog_holds_nothing(tmp_path: Path) -> None:
    write_catalog(tmp_path / "c", (), ())
    assert Catalog.open(tmp_path / "c", ()).counts() == (0, 0)


def test_a_catalog_that_is_none_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "c").write_bytes(b"no database" * 1000)
    with pytest.raises(IndexDamaged):
        Catalog.open(tmp_path / "c", ()).counts()
    with pytest.raises(IndexDamaged):
        Catalog.open(tmp_path / "absent", ()).counts()


def test_a_catalog_that_cannot_be_written_is_an_error_of_the_disk(tmp_path: Path) -> None:
    twice = [(FIRST, PASSAGES[:2]), (FIRST, PASSAGES[:2])]
    with pytest.raises(OSError, match=r"passages.sqlite: UNIQUE"):
        write_catalog(tmp_path / "passages.sqlite", ROOTS, twice)


def tampered(tmp_path: Path, sql: str, *values: object) -> Catalog:
    """A catalog whose file was changed behind its back."""
    path = tmp_path / "c"
    write_catalog(path, ROOTS, [(FIRST, PASSAGES[:2]), (SECOND, PASSAGES[2:])])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql, values)
    return Catalog.open(path, ROOTS)


@pytest.mark.parametrize(
    ("column", "value"),
    [("text", "A\0b 😁."), ("line", 4), ("byte_start", 8), ("key", b"x"), ("crc32", 1)],
)
def test_a_passage_that_is_not_as_it_was_written_is_damaged(
    tmp_path: Path, column: str, value: object
) -> None:
    catalog = tampered(tmp_path, f"UPDATE passages SET {column} = ? WHERE id = 0", value)
    with pytest.raises(IndexDamaged, match="not as it was written"):
        catalog.passages([0])
    with pytest.raises(IndexDamaged, match="not as it was written"):
        catalog.passages_of(FIRST)
    assert catalog.passages([1]) == [PASSAGES[1]]


@pytest.mark.parametrize(
    ("column", "value"), [("title", "Title"), ("date", "2010-05-13"), ("root", 7), ("inode", 0)]
)
def test_an_article_that_is_not_as_it_was_written_is_damaged(
    tmp_path: Path, column: str, value: object
) -> None:
    catalog = tampered(tmp_path, f"UPDATE articles SET {column} = ? WHERE id = 0", value)
    with pytest.raises(IndexDamaged, match="not as it was written"):
        catalog.article(0)
    with pytest.raises(IndexDamaged, match="not as it was written"):
        catalog.articles()


@pytest.mark.parametrize("number", [3, -1, 2**64 - 1])
def test_what_is_missing_is_damaged(catalog: Catalog, number: int) -> None:
    for ask in (lambda: catalog.passages([0, number]), lambda: catalog.article(number)):
        with pytest.raises(IndexDamaged, match="run `byline index --full`"):
            ask()
