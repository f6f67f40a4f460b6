import os
from collections.abc import Callable
from pathlib import Path

import pytest

from index.disk.durable_files import FileRecord, Hashed, file_faults, record_files
from index.storage.hash_cache import SMALL, Verified

LONG_AGO = 10**18


class Shelf:
    """A folder with a large file and a small one, and how often each was hashed."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "files"
        self.folder.mkdir()
        (self.folder / "large").write_bytes(b"a" * (SMALL + 1))
        (self.folder / "small").write_bytes(b"b" * SMALL)
        os.utime(self.folder / "large", ns=(LONG_AGO, LONG_AGO))
        self.files = record_files(self.folder)
        self.verified = Verified(folder / "verified.json")
        self.hashed: list[str] = []

        def counted(folder: Path, files: dict[str, FileRecord], hashed: Hashed) -> list[str]:
            self.hashed += sorted(files)
            return file_faults(folder, files, hashed)

        patch.setattr("index.storage.hash_cache.file_faults", counted)

    def open(self, thorough: bool = False) -> tuple[list[str], list[str]]:
        """Look; gives the faults and what was hashed."""
        self.hashed.clear()
        faults = self.verified.faults(self.folder, self.files, thorough)
        return faults, list(self.hashed)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(tmp_path, monkeypatch)


BOTH = ["large", "small"]


def test_a_large_file_is_hashed_once_and_a_small_one_each_time(shelf: Shelf) -> None:
    assert shelf.open() == ([], BOTH)
    assert shelf.open() == ([], ["small"])
    assert shelf.open(thorough=True) == ([], BOTH)
    assert shelf.open() == ([], ["small"])


def test_it_is_told_how_much_is_hashed(shelf: Shelf) -> None:
    seen: list[tuple[int, int]] = []
    shelf.verified.faults(
        shelf.folder, shelf.files, on_progress=lambda done, total: seen.append((done, total))
    )
    whole = 2 * SMALL + 1
    assert seen == [(SMALL, whole), (SMALL + 1, whole), (whole, whole)]


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
def test_whatever_touches_a_file_has_it_hashed_again(
    shelf: Shelf, touch: Callable[[Path], None]
) -> None:
    shelf.open()
    touch(shelf.folder / "large")
    assert shelf.open() == ([], BOTH)


def test_a_change_under_the_same_size_and_modification_time_is_found(shelf: Shelf) -> None:
    shelf.open()
    path = shelf.folder / "large"
    path.write_bytes(b"a" * SMALL + b"c")
    os.utime(path, ns=(LONG_AGO, LONG_AGO))
    assert shelf.open() == ([f"{path}: checksum mismatch"], BOTH)
    assert shelf.open()[0] == [f"{path}: checksum mismatch"]


def test_a_missing_file_is_a_fault_though_it_was_sound(shelf: Shelf) -> None:
    shelf.open()
    (shelf.folder / "large").unlink()
    (fault,) = shelf.open()[0]
    assert "cannot be read" in fault


def test_a_file_written_just_before_it_was_hashed_is_hashed_again(shelf: Shelf) -> None:
    os.utime(shelf.folder / "large")
    shelf.open()
    assert shelf.open() == ([], BOTH)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"[[1,2,3]]", b"\0" * 100, b'[[1,1,1,1,1,"x",1]]', b"\xff"]
)
def test_what_is_kept_may_be_garbled(shelf: Shelf, data: bytes) -> None:
    shelf.open()
    shelf.verified.path.write_bytes(data)
    assert shelf.open() == ([], BOTH)
    assert shelf.open() == ([], ["small"])


def test_any_digit_of_it_changed_proves_nothing(shelf: Shelf) -> None:
    shelf.open()
    data = shelf.verified.path.read_bytes()
    hashed_at = data.rindex(b",")
    for at in range(hashed_at):
        if chr(data[at]).isalnum():
            other = b"2" if data[at : at + 1] == b"1" else b"1"
            shelf.verified.path.write_bytes(data[:at] + other + data[at + 1 :])
            assert shelf.open() == ([], BOTH)


def test_a_folder_that_may_not_be_written_is_no_matter(shelf: Shelf) -> None:
    nowhere = Verified(shelf.folder / "absent" / "verified.json")
    assert nowhere.faults(shelf.folder, shelf.files) == []
    assert nowhere.faults(shelf.folder, shelf.files) == []


def test_links_made_and_removed_leave_it_known(shelf: Shelf) -> None:
    shelf.open()
    with shelf.verified.through(shelf.folder, shelf.files):
        os.link(shelf.folder / "large", shelf.folder / "link")
    assert shelf.open() == ([], ["small"])
    assert shelf.verified.faults(shelf.folder, {"link": shelf.files["large"]}) == []
    assert shelf.open() == ([], ["small"])
    with shelf.verified.through(shelf.folder, shelf.files):
        (shelf.folder / "link").unlink()
    assert shelf.open() == ([], ["small"])


def test_what_was_touched_before_the_links_were_made_stays_unknown(shelf: Shelf) -> None:
    shelf.open()
    (shelf.folder / "large").chmod(0o600)
    with shelf.verified.through(shelf.folder, shelf.files):
        os.link(shelf.folder / "large", shelf.folder / "link")
    assert shelf.open() == ([], BOTH)


def test_what_was_rewritten_while_the_links_were_made_is_unknown(shelf: Shelf) -> None:
    shelf.open()
    with shelf.verified.through(shelf.folder, shelf.files):
        (shelf.folder / "large").write_bytes(b"c" * (SMALL + 1))
    assert shelf.open()[0] == [f"{shelf.folder / 'large'}: checksum mismatch"]
