import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index.articles.files import Found, Root, Signature, Skipped
from index.articles.parse import Article
from index.changes import Changes, changes
from index.storage.article_table import ArticleTable, write_articles
from index.storage.catalog import Catalog, StoredArticle
from index.storage.records import RACY_NS

TEXT = b"The port is old.\n"
# Of that text, by sha256sum.
SHA256 = "bcc33cbef4fae3c08641596e70d918989c1dd28a750d4bd6c97abb3598cb0c98"
LATER = 10 * RACY_NS
"""Nanoseconds after a file was touched, when its signature is proof."""


class Shelf:
    """A folder of articles, indexed as they are."""

    def __init__(self, folder: Path) -> None:
        self.root = Root("news", str(folder / "news"))
        self.catalogs = folder / "catalogs"
        self.catalogs.mkdir()
        self.path("").mkdir()
        self.stored: list[StoredArticle] = []

    def path(self, name: str) -> Path:
        return Path(self.root.path) / name

    def write(self, name: str, data: bytes = TEXT) -> str:
        self.path(name).write_bytes(data)
        return str(self.path(name))

    def index(self, name: str, later: int = LATER) -> str:
        path = self.write(name)
        found = Found(self.root, name, Signature.of(self.path(name).lstat()))
        article = Article(SHA256, "utf-8", 1, None, None)
        seen = found.signature.ctime_ns + later
        self.stored.append(StoredArticle(len(self.stored), found, seen, article, range(0)))
        return path

    def catalog(self) -> Catalog:
        path = self.catalogs / f"{time.monotonic_ns()}.sqlite"
        write_articles(path, [self.root], self.stored)
        return Catalog(ArticleTable.open(path, [self.root]), ())

    def changes(self, max_bytes: int = 1000, thorough: bool = False) -> Changes:
        return changes(self.catalog(), max_bytes, thorough)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read."""
    from index.articles.files import read

    names: list[str] = []

    def noted(root: Root, relative: str, max_bytes: int) -> object:
        names.append(relative)
        return read(root, relative, max_bytes)

    monkeypatch.setattr("index.changes.read", noted)
    return names


def test_what_came_changed_and_went_is_told_apart(shelf: Shelf) -> None:
    for name in ("same.txt", "longer.txt", "rewritten.txt", "gone.txt"):
        shelf.index(name)
    shelf.write("longer.txt", TEXT + b"Very old.\n")
    shelf.write("rewritten.txt", b"The port is new.\n")
    shelf.path("gone.txt").unlink()
    new = shelf.write("new.md")
    found = shelf.changes()
    assert found.new == {new}
    assert found.changed == {str(shelf.path("longer.txt")), str(shelf.path("rewritten.txt"))}
    assert found.deleted == {str(shelf.path("gone.txt"))}
    assert found.missing == set()
    assert found.needs_build


def test_a_file_that_still_has_its_signature_is_not_read(shelf: Shelf, reads: list[str]) -> None:
    shelf.index("a.txt")
    assert not shelf.changes().needs_build
    assert reads == []
    assert not shelf.changes(thorough=True).needs_build
    assert reads == ["a.txt"]


def test_a_file_touched_just_before_it_was_indexed_is_read(shelf: Shelf, reads: list[str]) -> None:
    path = shelf.index("a.txt", later=0)
    assert not shelf.changes().needs_build
    assert reads == ["a.txt"]
    os.utime(path, ns=(1, 1))
    assert not shelf.changes().needs_build
    assert reads == ["a.txt"] * 2


def test_a_file_of_another_size_is_changed_without_reading_it(
    shelf: Shelf, reads: list[str]
) -> None:
    path = shelf.index("a.txt")
    shelf.write("a.txt", TEXT * 2)
    assert shelf.changes(thorough=True).changed == {path}
    assert reads == []


def test_what_has_its_old_signature_and_other_bytes_is_seen_by_a_thorough_look(
    shelf: Shelf,
) -> None:
    path = shelf.index("a.txt")
    other = Article("00", "utf-8", 1, None, None)
    shelf.stored[0] = replace(shelf.stored[0], article=other)
    assert not shelf.changes().needs_build
    assert shelf.changes(thorough=True).changed == {path}


def test_articles_of_a_folder_that_is_missing_are_lost_and_no_news(shelf: Shelf) -> None:
    path = shelf.index("a.txt")
    shelf.path("").rename(shelf.catalogs / "unmounted")
    found = shelf.changes()
    assert found.missing == {path}
    assert not found.deleted
    assert not found.needs_build


def test_an_article_that_became_a_link_is_gone(shelf: Shelf) -> None:
    path = shelf.index("a.txt")
    shelf.path("a.txt").rename(shelf.path("b.txt"))
    shelf.path("a.txt").symlink_to("b.txt")
    found = shelf.changes()
    assert found.deleted == {path}
    assert found.new == {str(shelf.path("b.txt"))}


def test_what_is_no_article_is_skipped_with_its_reason(shelf: Shelf) -> None:
    skipped = [
        Skipped(shelf.write("a.pdf"), "not .txt or .md"),
        Skipped(shelf.write("empty.txt", b"\n"), "no sentence to read: empty, or boilerplate only"),
        Skipped(
            shelf.write("large.txt", TEXT * 100),
            "1,700 bytes, over the limit of 1,000 (raise it with --max-bytes)",
        ),
        Skipped(shelf.write("nul.txt", b"\0"), "binary: a NUL in its first 8 KiB"),
    ]
    found = shelf.changes()
    assert list(found.skipped) == skipped
    assert not found.needs_build


def test_of_many_new_files_only_some_are_read(
    shelf: Shelf, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.changes._MAX_NEW_READ", 2)
    for name in "abcd":
        shelf.write(f"{name}.txt", b"\n")
    shelf.write("e.txt", TEXT * 100)
    found = shelf.changes()
    assert reads == ["a.txt", "b.txt", "e.txt"]
    assert found.new == {str(shelf.path("c.txt")), str(shelf.path("d.txt"))}
    assert not shelf.changes(thorough=True).needs_build
