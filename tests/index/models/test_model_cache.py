import os
from pathlib import Path

import msgspec
import pytest

from index.disk.durable_files import FileRecord, record_files
from index.disk.locks import locked
from index.errors import IndexUnwritable, ModelUnavailable
from index.models.model_cache import NOT_PREPARED, CardFile, check_sizes, put_in_cache


def make(scratch: Path) -> str:
    (scratch / "a").write_bytes(b"abc")
    return "card"


def is_complete(folder: Path) -> bool:
    return (folder / "a").is_file()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "models" / "one"


def test_a_folder_is_made_in_a_scratch_folder_and_moved_when_complete(folder: Path) -> None:
    seen: list[Path] = []

    def watched(scratch: Path) -> str:
        assert not folder.exists()
        seen.append(scratch)
        return make(scratch)

    assert put_in_cache(folder, watched, is_complete) == "card"
    assert [path.name for path in folder.parent.iterdir()] == ["one"]
    assert (folder / "a").read_bytes() == b"abc"
    # On the same file system, and readable by nobody else.
    assert seen[0].parent.parent == folder.parent
    assert folder.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("error", "raised"), [(ValueError("no"), ValueError), (OSError(28, "full"), IndexUnwritable)]
)
def test_a_failure_leaves_nothing_behind(
    folder: Path, error: Exception, raised: type[Exception]
) -> None:
    def fails(scratch: Path) -> str:
        make(scratch)
        raise error

    with pytest.raises(raised):
        put_in_cache(folder, fails, is_complete)
    assert list(folder.parent.iterdir()) == []


def test_the_folder_of_a_faster_process_is_kept(folder: Path) -> None:
    def overtaken(scratch: Path) -> str:
        folder.mkdir()
        (folder / "a").write_bytes(b"theirs")
        return make(scratch)

    assert put_in_cache(folder, overtaken, is_complete) == "card"
    assert (folder / "a").read_bytes() == b"theirs"
    assert [path.name for path in folder.parent.iterdir()] == ["one"]


def test_an_incomplete_folder_is_replaced(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "of an older format").write_bytes(b"")
    put_in_cache(folder, make, is_complete)
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_what_a_killed_process_left_is_deleted(folder: Path) -> None:
    cache = folder.parent
    for name in ("making-abandoned", "making-locked", "making-new"):
        (cache / name / "half").mkdir(parents=True)
    for name in ("making-abandoned", "making-locked"):
        os.utime(cache / name, (0, 0))
    with locked(cache / "making-locked", os.O_RDONLY):
        put_in_cache(folder, make, is_complete)
    assert {path.name for path in cache.iterdir()} == {"making-locked", "making-new", "one"}


def test_what_is_being_made_is_kept(folder: Path) -> None:
    def slow(scratch: Path) -> str:
        os.utime(scratch.parent, (0, 0))
        put_in_cache(folder.with_name("two"), make, is_complete)
        return make(scratch)

    put_in_cache(folder, slow, is_complete)
    assert {path.name for path in folder.parent.iterdir()} == {"one", "two"}


def test_a_cache_that_cannot_be_written_is_an_error_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(IndexUnwritable, match=f"^{tmp_path / 'cache'}: .*fix permissions"):
        put_in_cache(tmp_path / "cache" / "one", make, is_complete)


def test_files_must_exist_with_their_recorded_sizes(folder: Path) -> None:
    put_in_cache(folder, make, is_complete)
    check_sizes(folder, record_files(folder))
    for records in ({"a": FileRecord(4, "")}, {"b": FileRecord(0, "")}):
        with pytest.raises(ModelUnavailable, match=f"is missing or damaged; delete {folder}"):
            check_sizes(folder, records)


class Card(msgspec.Struct, frozen=True):
    format: int
    text: str
    files: dict[str, FileRecord]


CARDS = CardFile("card.json", 3, Card)


def make_with_card(scratch: Path) -> Card:
    make(scratch)
    return Card(3, "of a", record_files(scratch))


def unwanted(_: Path) -> Card:
    raise AssertionError("it exists already")


def test_a_folder_with_a_card_is_made_once(folder: Path) -> None:
    assert (CARDS.read(folder), CARDS.exists(folder)) == (None, False)
    assert CARDS.faults(folder) == [NOT_PREPARED]
    card = CARDS.ensure(folder, make_with_card)
    assert card == CARDS.read(folder) == CARDS.ensure(folder, unwanted)
    assert (card.text, set(card.files), CARDS.exists(folder)) == ("of a", {"a"}, True)
    assert CARDS.faults(folder) == []
    (folder / "a").write_bytes(b"abd")
    assert CARDS.faults(folder) == [f"{folder / 'a'}: checksum mismatch"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"{}", b'{"format":2,"text":"of a","files":{}}', b'{"format":3,"text":1}']
)
def test_a_card_that_is_unreadable_or_of_another_format_does_not_count(
    folder: Path, data: bytes
) -> None:
    folder.mkdir(parents=True)
    (folder / "card.json").write_bytes(data)
    assert (CARDS.read(folder), CARDS.exists(folder)) == (None, False)
    assert CARDS.ensure(folder, make_with_card).text == "of a"
    assert sorted(path.name for path in folder.iterdir()) == ["a", "card.json"]
