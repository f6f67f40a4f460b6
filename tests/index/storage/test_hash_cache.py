import os
from collections.abc import Callable
from pathlib import Path

import pytest

from index.disk.durable_files import FileRecord, OnHashed, file_faults, record_files
from index.storage.hash_cache import SMALL, HashCache

LONG_AGO = 10**18


class FileSet:
    """A folder with a large file and a small one, and the files that were hashed."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "files"
        self.folder.mkdir()
        (self.folder / "large").write_bytes(b"a" * (SMALL + 1))
        (self.folder / "small").write_bytes(b"b" * SMALL)
        os.utime(self.folder / "large", ns=(LONG_AGO, LONG_AGO))
        self.files = record_files(self.folder)
        self.hash_cache = HashCache(folder / "verified.json")
        self.hashed: list[str] = []

        def counted(folder: Path, files: dict[str, FileRecord], hashed: OnHashed) -> list[str]:
            self.hashed += sorted(files)
            return file_faults(folder, files, hashed)

        patch.setattr("index.storage.hash_cache.file_faults", counted)

    def open(self, thorough: bool = False) -> tuple[list[str], list[str]]:
        """Check the files; return the faults and the names that were hashed."""
        self.hashed.clear()
        faults = self.hash_cache.faults(self.folder, self.files, thorough)
        return faults, list(self.hashed)


@pytest.fixture
def file_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSet:
    return FileSet(tmp_path, monkeypatch)


BOTH = ["large", "small"]


def test_a_large_file_is_hashed_once_and_a_small_one_each_time(file_set: FileSet) -> None:
    assert file_set.open() == ([], BOTH)
    assert file_set.open() == ([], ["small"])
    assert file_set.open(thorough=True) == ([], BOTH)
    assert file_set.open() == ([], ["small"])


def test_progress_is_reported_in_bytes(file_set: FileSet) -> None:
    seen: list[tuple[int, int]] = []
    file_set.hash_cache.faults(
        file_set.folder, file_set.files, on_progress=lambda done, total: seen.append((done, total))
    )
    total = 2 * SMALL + 1
    assert seen == [(SMALL, total), (SMALL + 1, total), (total, total)]


def rewrite(path: Path) -> None:
    path.write_bytes(b"a" * (SMALL + 1))
    os.utime(path, ns=(LONG_AGO, LONG_AGO))


def replace(path: Path) -> None:
    other = path.with_name("other")
    rewrite(other)
    other.replace(path)


@pytest.mark.parametrize(
    "touch", [rewrite, replace, lambda path: path.chmod(0o600), lambda path: os.utime(path)]
)
def test_a_touched_file_is_hashed_again(file_set: FileSet, touch: Callable[[Path], None]) -> None:
    file_set.open()
    touch(file_set.folder / "large")
    assert file_set.open() == ([], BOTH)


def test_a_change_that_keeps_size_and_mtime_is_found(file_set: FileSet) -> None:
    file_set.open()
    path = file_set.folder / "large"
    path.write_bytes(b"a" * SMALL + b"c")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    for _ in range(2):
        (fault,), hashed = file_set.open()
        assert str(path) in fault
        assert hashed == BOTH


def test_a_missing_file_is_a_fault_though_it_was_known(file_set: FileSet) -> None:
    file_set.open()
    (file_set.folder / "large").unlink()
    (fault,) = file_set.open()[0]
    assert "cannot be read" in fault


def test_a_file_written_just_before_it_was_hashed_is_hashed_again(file_set: FileSet) -> None:
    os.utime(file_set.folder / "large")
    file_set.open()
    assert file_set.open() == ([], BOTH)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"[[1,2,3]]", b"\0" * 100, b'[[1,1,1,1,1,"x",1]]', b"\xff"]
)
def test_a_garbled_cache_is_ignored(file_set: FileSet, data: bytes) -> None:
    file_set.open()
    file_set.hash_cache.path.write_bytes(data)
    assert file_set.open() == ([], BOTH)
    assert file_set.open() == ([], ["small"])


def test_a_cache_with_any_changed_character_proves_nothing(file_set: FileSet) -> None:
    file_set.open()
    data = file_set.hash_cache.path.read_bytes()
    hashed_at = data.rindex(b",")
    for at in range(hashed_at):
        if chr(data[at]).isalnum():
            other = b"2" if data[at : at + 1] == b"1" else b"1"
            file_set.hash_cache.path.write_bytes(data[:at] + other + data[at + 1 :])
            assert file_set.open() == ([], BOTH)


def test_a_cache_that_cannot_be_written_is_no_error(file_set: FileSet) -> None:
    nowhere = HashCache(file_set.folder / "absent" / "verified.json")
    assert nowhere.faults(file_set.folder, file_set.files) == []
    assert nowhere.faults(file_set.folder, file_set.files) == []


def test_a_file_stays_known_while_links_to_it_are_made_and_deleted(file_set: FileSet) -> None:
    file_set.open()
    with file_set.hash_cache.kept_while_linking(file_set.folder, file_set.files):
        os.link(file_set.folder / "large", file_set.folder / "link")
    assert file_set.open() == ([], ["small"])
    assert file_set.hash_cache.faults(file_set.folder, {"link": file_set.files["large"]}) == []
    assert file_set.open() == ([], ["small"])
    with file_set.hash_cache.kept_while_linking(file_set.folder, file_set.files):
        (file_set.folder / "link").unlink()
    assert file_set.open() == ([], ["small"])


def test_a_file_touched_before_it_is_linked_stays_unknown(file_set: FileSet) -> None:
    file_set.open()
    (file_set.folder / "large").chmod(0o600)
    with file_set.hash_cache.kept_while_linking(file_set.folder, file_set.files):
        os.link(file_set.folder / "large", file_set.folder / "link")
    assert file_set.open() == ([], BOTH)


def test_a_file_rewritten_while_it_is_linked_is_unknown(file_set: FileSet) -> None:
    file_set.open()
    with file_set.hash_cache.kept_while_linking(file_set.folder, file_set.files):
        (file_set.folder / "large").write_bytes(b"c" * (SMALL + 1))
    (fault,), _ = file_set.open()
    assert str(file_set.folder / "large") in fault
