"""Copies of a remote folder, here one of fsspec's file systems in memory."""

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from index.cluster.remote import Mirror, copy, mirror_of, note_copied, to_copy
from index.errors import BadRequest

URL = "memory://bucket/news"


@pytest.fixture
def remote() -> Iterator[fsspec.AbstractFileSystem]:
    system = fsspec.filesystem("memory")
    system.pipe({"/bucket/news/a.txt": b"one", "/bucket/news/2011/b.txt": b"two"})
    system.pipe({"/bucket/news/.hidden/c.txt": b"three", "/bucket/else.txt": b"four"})
    yield system
    system.store.clear()


def _updated(mirror: Mirror) -> set[str]:
    versions = to_copy(mirror)
    assert copy(mirror, list(versions)) == []
    note_copied(mirror, versions)
    return set(versions)


def _files(mirror: Mirror) -> dict[str, bytes]:
    paths = (path for path in mirror.folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(mirror.folder)): path.read_bytes()
        for path in paths
        if not path.name.startswith(".")
    }


def test_only_what_changed_is_copied_again_and_what_is_gone_is_deleted(
    tmp_path: Path, remote: fsspec.AbstractFileSystem
) -> None:
    mirror = mirror_of(URL, tmp_path)
    assert mirror.folder == tmp_path / "articles" / "memory" / "bucket" / "news"
    assert _updated(mirror) == {"a.txt", "2011/b.txt"}
    assert _files(mirror) == {"a.txt": b"one", "2011/b.txt": b"two"}
    assert _updated(mirror) == set()
    remote.pipe("/bucket/news/a.txt", b"another")
    remote.rm("/bucket/news/2011/b.txt")
    assert _updated(mirror) == {"a.txt"}
    assert _files(mirror) == {"a.txt": b"another"}


def test_a_file_that_cannot_be_copied_is_named_and_tried_again(
    tmp_path: Path, remote: fsspec.AbstractFileSystem
) -> None:
    mirror = mirror_of(URL, tmp_path)
    versions = to_copy(mirror)
    remote.rm("/bucket/news/a.txt")
    (skipped,) = copy(mirror, list(versions))
    assert skipped.path.endswith("/a.txt")
    note_copied(mirror, versions)
    remote.pipe("/bucket/news/a.txt", b"again")
    assert _updated(mirror) == {"a.txt"}


@pytest.mark.parametrize("url", ["memory://bucket/../up", "nothing://bucket", "s3://a/.b"])
def test_a_url_that_cannot_be_read_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadRequest):
        to_copy(mirror_of(url, tmp_path))
