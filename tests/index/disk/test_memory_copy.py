import os
from pathlib import Path

import pytest

from index.disk.memory_copy import private_copy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "keywords"
    (folder / "in").mkdir(parents=True)
    (folder / "a").write_bytes(b"abc" * 1_000_000)
    (folder / "b").write_bytes(b"")
    os.mkfifo(folder / "fifo")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_copy_holds_every_file_and_does_not_change_with_the_original(folder: Path) -> None:
    with private_copy(folder) as copy:
        (folder / "a").write_bytes(b"")
        assert copy != folder
        assert contents(copy) == {"a": b"abc" * 1_000_000, "b": b""}


def test_nothing_is_left_of_a_copy(folder: Path) -> None:
    descriptors = len(list(Path("/dev/fd").iterdir()))
    with private_copy(folder) as copy:
        pass
    assert not copy.exists()
    assert len(list(Path("/dev/fd").iterdir())) == descriptors


def test_a_copy_is_removed_even_if_files_appear_in_it_meanwhile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rmdir, late = os.rmdir, ["lock", "lock"]

    def rmdir_too_late(path: str, **where: int) -> None:
        if late:
            (copy / late.pop()).touch()
        rmdir(path, **where)

    with private_copy(folder) as copy:
        monkeypatch.setattr("os.rmdir", rmdir_too_late)
    assert not late
    assert not copy.exists()


def test_without_memory_files_the_copies_are_temporary_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.memfd_create", raising=False)
    monkeypatch.setattr("index.disk.memory_copy._IN_MEMORY", "/nonexistent")
    with private_copy(folder) as copy:
        assert not (copy / "a").is_symlink()
        assert contents(copy) == contents(folder)


@pytest.mark.parametrize("missing", ["tempfile.mkdtemp", "os.memfd_create"])
def test_without_room_the_folder_itself_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(missing, full, raising=False)
    with private_copy(folder) as copy:
        assert copy == folder


def test_without_names_for_descriptors_the_folder_itself_is_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.disk.memory_copy._DESCRIPTORS", "/nonexistent")
    with private_copy(folder) as copy:
        assert copy == folder
