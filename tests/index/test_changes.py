import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from index.articles.files import Found, Root, Signature, Skipped
from index.articles.parse import Article
from index.changes import Changes, changes
from index.storage.catalog import Catalog, StoredArticle, write_articles
from index.storage.records import RACY_NS

TEXT = b"The port is old.\n"
# Of that text, by sha256sum.
SHA256 = "bcc33cbef4fae3c08641596e70d918989c1dd28a750d4bd6c97abb3598cb0c98"
LATER = 10 * RACY_NS
"""Nanoseconds after a file was touched, when its signature is proof of its content."""


class IndexedFolder:
    """A folder of articles that are indexed in their current state."""

    def __init__(self, parent: Path) -> None:
        self.root = Root("news", str(parent / "news"))
        self.catalogs = parent / "catalogs"
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
        write_articles(path, [self.root], self.stored, [])
        return Catalog(path, [self.root])

    def changes(self, max_bytes: int = 1000, thorough: bool = False) -> Changes:
        return changes(self.catalog(), max_bytes, thorough)


@pytest.fixture
def folder(tmp_path: Path) -> IndexedFolder:
    return IndexedFolder(tmp_path)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that were read."""
    from index.articles.files import read

    names: list[str] = []

    def recorded(root: Root, relative: str, max_bytes: int) -> object:
        names.append(relative)
        return read(root, relative, max_bytes)

    monkeypatch.setattr("index.changes.read", recorded)
    return names


def test_new_changed_and_deleted_articles_are_distinguished(folder: IndexedFolder) -> None:
    for name in ("same.txt", "longer.txt", "rewritten.txt", "deleted.txt"):
        folder.index(name)
    folder.write("longer.txt", TEXT + b"Very old.\n")
    folder.write("rewritten.txt", b"The port is new.\n")
    folder.path("deleted.txt").unlink()
    new = folder.write("new.md")
    found = folder.changes()
    assert found.new == {new}
    assert found.changed == {str(folder.path("longer.txt")), str(folder.path("rewritten.txt"))}
    assert found.deleted == {str(folder.path("deleted.txt"))}
    assert found.missing == set()
    assert found.needs_build


def test_a_file_with_an_unchanged_signature_is_not_read(
    folder: IndexedFolder, reads: list[str]
) -> None:
    folder.index("a.txt")
    assert not folder.changes().needs_build
    assert reads == []
    assert not folder.changes(thorough=True).needs_build
    assert reads == ["a.txt"]


def test_a_file_touched_just_before_it_was_indexed_is_read(
    folder: IndexedFolder, reads: list[str]
) -> None:
    path = folder.index("a.txt", later=0)
    assert not folder.changes().needs_build
    assert reads == ["a.txt"]
    os.utime(path, ns=(1, 1))
    assert not folder.changes().needs_build
    assert reads == ["a.txt"] * 2


def test_a_file_of_a_different_size_is_changed_without_reading_it(
    folder: IndexedFolder, reads: list[str]
) -> None:
    path = folder.index("a.txt")
    folder.write("a.txt", TEXT * 2)
    assert folder.changes(thorough=True).changed == {path}
    assert reads == []


def test_other_bytes_under_the_old_signature_are_found_by_a_thorough_comparison(
    folder: IndexedFolder,
) -> None:
    path = folder.index("a.txt")
    other = Article("00", "utf-8", 1, None, None)
    folder.stored[0] = replace(folder.stored[0], article=other)
    assert not folder.changes().needs_build
    assert folder.changes(thorough=True).changed == {path}


def test_articles_in_a_missing_folder_need_no_build(folder: IndexedFolder) -> None:
    path = folder.index("a.txt")
    folder.path("").rename(folder.catalogs / "unmounted")
    found = folder.changes()
    assert found.missing == {path}
    assert not found.deleted
    assert not found.needs_build


def test_an_article_replaced_by_a_link_is_deleted(folder: IndexedFolder) -> None:
    path = folder.index("a.txt")
    folder.path("a.txt").rename(folder.path("b.txt"))
    folder.path("a.txt").symlink_to("b.txt")
    found = folder.changes()
    assert found.deleted == {path}
    assert found.new == {str(folder.path("b.txt"))}


def test_files_that_are_not_articles_are_skipped_with_a_reason(folder: IndexedFolder) -> None:
    skipped = [
        Skipped(folder.write("a.zip"), "not a format that Byline reads"),
        Skipped(folder.write("empty.txt", b"\n"), "empty: no text to read"),
        Skipped(
            folder.write("large.txt", TEXT * 100),
            "1,700 bytes, over the limit of 1,000 (raise it with --max-bytes)",
        ),
        Skipped(folder.write("nul.txt", b"\0"), "binary: a NUL in its first 8 KiB"),
    ]
    found = folder.changes()
    assert list(found.skipped) == skipped
    assert not found.needs_build


def test_only_some_of_many_new_files_are_read(
    folder: IndexedFolder, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.changes._MAX_NEW_READ", 2)
    for name in "abcd":
        folder.write(f"{name}.txt", b"\n")
    folder.write("e.txt", TEXT * 100)
    found = folder.changes()
    assert reads == ["a.txt", "b.txt", "e.txt"]
    assert found.new == {str(folder.path("c.txt")), str(folder.path("d.txt"))}
    assert not folder.changes(thorough=True).needs_build
