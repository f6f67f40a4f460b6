import os
from pathlib import Path

import pytest

from index.articles.files import Found, Root, Signature
from index.articles.parse import Article, ReadArticle
from index.articles.passages import DEFAULT_SETTINGS
from index.build.scan import Scanner, ScanResult
from index.storage.records import RACY_NS, StoredArticle, signature_is_proof
from tests.fakes import WordLimit

LONG_AGO = 10**18


def stored(found: Found, seen_ns: int, sha256: str = "00") -> StoredArticle:
    return StoredArticle(0, found, seen_ns, Article(sha256, "utf-8", 1, None, None), range(3))


def found_at(path: Path, root: Root | None = None) -> Found:
    root = root or Root(str(path.parent), str(path.parent))
    return Found(root, path.name, Signature.of(path.lstat()))


def scan(roots: tuple[Root, ...], *known: StoredArticle) -> ScanResult:
    result = ScanResult()
    by_path = {article.found.path: article for article in known}
    list(Scanner(by_path, DEFAULT_SETTINGS, WordLimit(), 1000, stage).scan(roots, result))
    return result


def stage(found: Found, seen_ns: int, read: ReadArticle) -> StoredArticle:
    return StoredArticle(9, found, seen_ns, read.article, range(len(read.passages)))


@pytest.fixture
def port(tmp_path: Path) -> Path:
    path = tmp_path / "port.txt"
    path.write_bytes(b"The port is old.\n")
    return path


def test_a_signature_is_proof_once_it_is_older_than_the_resolution_of_the_clock() -> None:
    root = Root("", "/n")
    found = Found(root, "a.txt", Signature(5, LONG_AGO, LONG_AGO, 7))
    assert signature_is_proof(found, stored(found, LONG_AGO + RACY_NS + 1))
    assert not signature_is_proof(found, stored(found, LONG_AGO + RACY_NS))


@pytest.mark.parametrize(
    "signature",
    [
        Signature(6, LONG_AGO, LONG_AGO, 7),
        Signature(5, LONG_AGO + 1, LONG_AGO, 7),
        Signature(5, LONG_AGO, LONG_AGO + 1, 7),
        Signature(5, LONG_AGO, LONG_AGO, 8),
    ],
)
def test_a_different_signature_is_no_proof(signature: Signature) -> None:
    before = Found(Root("", "/n"), "a.txt", Signature(5, LONG_AGO, LONG_AGO, 7))
    now = Found(before.root, "a.txt", signature)
    assert not signature_is_proof(now, stored(before, LONG_AGO + 10 * RACY_NS))


def test_a_file_with_a_proven_signature_is_not_read(
    port: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = found_at(port)
    reads: list[str] = []
    monkeypatch.setattr("index.build.scan.read", lambda *args: reads.append(args[1]))
    result = scan((found.root,), stored(found, found.signature.ctime_ns + 2 * RACY_NS))
    assert (result.unchanged, reads) == (1, [])


def test_a_file_touched_just_before_it_was_indexed_is_read_again(port: Path) -> None:
    found = found_at(port)
    result = scan((found.root,), stored(found, found.signature.ctime_ns))
    (article,) = result.articles
    assert (article.id, result.changed, result.added, result.unchanged) == (9, 1, 0, 0)


def test_a_touched_file_with_the_same_bytes_is_unchanged(port: Path) -> None:
    found = found_at(port)
    # SHA-256 of "The port is old.\n", by sha256sum.
    sha256 = "bcc33cbef4fae3c08641596e70d918989c1dd28a750d4bd6c97abb3598cb0c98"
    os.utime(port, ns=(1, 1))
    result = scan((found.root,), stored(found, found.signature.ctime_ns, sha256))
    (article,) = result.articles
    assert (article.id, result.unchanged, article.found.signature.mtime_ns) == (0, 1, 1)


def test_new_deleted_and_skipped_files_are_counted(port: Path) -> None:
    root = Root("n", str(port.parent))
    deleted = stored(Found(root, "gone.txt", Signature(1, 1, 1, 1)), LONG_AGO)
    (port.parent / "large.txt").write_bytes(b"a" * 1001)
    (port.parent / "nul.txt").write_bytes(b"\0")
    result = scan((root,), deleted)
    assert (result.added, result.removed, result.passages) == (1, 1, 1)
    large, nul = result.skipped
    assert large.path == f"{root.path}/large.txt"
    assert "1,001" in large.reason
    assert "1,000" in large.reason
    assert nul.path == f"{root.path}/nul.txt"
    assert "NUL" in nul.reason


def test_the_articles_of_a_missing_root_are_kept_under_the_root_as_named_now(
    tmp_path: Path,
) -> None:
    before = Root("old name", str(tmp_path / "gone"))
    one = stored(Found(before, "a.txt", Signature(1, 1, 1, 1)), LONG_AGO)
    now = Root("new name", before.path)
    result = scan((now,), one)
    assert [(missing.root, missing.articles) for missing in result.missing_roots] == [(now, 1)]
    assert [kept.found.root for kept in result.articles] == [now]
    assert (result.removed, result.passages) == (0, 3)
