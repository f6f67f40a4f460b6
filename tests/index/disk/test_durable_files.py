import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.disk.durable_files import (
    FileRecord,
    file_faults,
    record_files,
    replace_synced,
    sha256_of,
    with_digest,
    without_digest,
    write_all,
    write_synced,
)

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    write_synced(tmp_path / "in" / "a", b"abc")
    write_synced(tmp_path / "b", b"")
    return tmp_path


def test_every_file_is_recorded_with_path_size_and_hash(folder: Path) -> None:
    empty = hashlib.sha256(b"").hexdigest()
    assert record_files(folder) == {"b": FileRecord(0, empty), "in/a": FileRecord(3, ABC)}
    assert sha256_of(folder / "in" / "a") == ABC


def test_unchanged_files_have_no_fault(folder: Path) -> None:
    records = record_files(folder)
    assert file_faults(folder, records) == []
    # A new file is not a fault of the recorded ones.
    write_synced(folder / "new", b"x")
    assert file_faults(folder, records) == []


def test_each_fault_is_reported_with_its_file(folder: Path) -> None:
    records = record_files(folder)
    write_synced(folder / "in" / "a", b"abd")
    write_synced(folder / "b", b"x")
    assert file_faults(folder, records) == [
        f"{folder}/b: size mismatch",
        f"{folder}/in/a: checksum mismatch",
    ]
    (folder / "b").unlink()
    assert file_faults(folder, records)[0] == (
        f"{folder}/b cannot be read: No such file or directory"
    )


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_change_of_a_file_is_a_fault(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, after: bytes
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    write_synced(folder / "a", before)
    records = record_files(folder)
    write_synced(folder / "a", after)
    assert bool(file_faults(folder, records)) == (before != after)


def test_replacing_a_file_leaves_nothing_else_behind(folder: Path) -> None:
    replace_synced(folder / "b", b"new")
    assert (folder / "b").read_bytes() == b"new"
    assert sorted(path.name for path in folder.iterdir()) == ["b", "in"]


def test_failing_to_replace_a_file_leaves_nothing_else_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("index.disk.durable_files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_synced(folder / "b", b"new")
    assert (folder / "b").read_bytes() == b""
    assert sorted(path.name for path in folder.iterdir()) == ["b", "in"]


@pytest.mark.parametrize("offset", [None, 2])
def test_everything_is_written_even_if_a_system_call_writes_only_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offset: int | None
) -> None:
    write, pwrite = os.write, os.pwrite
    monkeypatch.setattr("os.write", lambda file, data: write(file, data[:3]))
    monkeypatch.setattr("os.pwrite", lambda file, data, at: pwrite(file, data[:3], at))
    with (tmp_path / "a").open("wb") as file:
        write_all(file.fileno(), b"abcdefgh", offset)
    assert (tmp_path / "a").read_bytes() == b"\0" * (offset or 0) + b"abcdefgh"


# echo -n '{}' | sha256sum
EMPTY_OBJECT = b'{}\n"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"\n'


def test_the_digest_is_on_the_next_line() -> None:
    assert with_digest(b"{}") == EMPTY_OBJECT
    assert without_digest(EMPTY_OBJECT) == b"{}"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"{}\n", EMPTY_OBJECT[:-1], EMPTY_OBJECT + b" ", b"{ }" + EMPTY_OBJECT[2:]]
)
def test_other_data_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="checksum mismatch"):
        without_digest(data)


@given(st.integers(min_value=0, max_value=len(EMPTY_OBJECT) * 8 - 1))
def test_any_flipped_bit_is_detected(bit: int) -> None:
    damaged = bytearray(EMPTY_OBJECT)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ValueError, match="checksum mismatch"):
        without_digest(bytes(damaged))
