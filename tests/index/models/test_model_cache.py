from pathlib import Path

import msgspec
import pytest

from index.disk.durable_files import FileRecord, record_files
from index.errors import IndexUnwritable, ModelUnavailable
from index.models.model_cache import Cards, check_sizes, put_in_cache


def make(made: Path) -> str:
    (made / "a").write_bytes(b"abc")
    return "card"


def is_made(folder: Path) -> bool:
    return (folder / "a").is_file()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "models" / "one"


def test_a_folder_is_made_aside_and_moved_whole(folder: Path) -> None:
    seen: list[Path] = []

    def watched(made: Path) -> str:
        assert not folder.exists()
        seen.append(made)
        return make(made)

    assert put_in_cache(folder, watched, is_made) == "card"
    assert [path.name for path in folder.parent.iterdir()] == ["one"]
    assert (folder / "a").read_bytes() == b"abc"
    # On the same file system, and nobody else's to see.
    assert seen[0].parent.parent == folder.parent
    assert folder.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("error", "raised"), [(ValueError("no"), ValueError), (OSError(28, "full"), IndexUnwritable)]
)
def test_what_fails_leaves_nothing(folder: Path, error: Exception, raised: type[Exception]) -> None:
    def fails(made: Path) -> str:
        make(made)
        raise error

    with pytest.raises(raised):
        put_in_cache(folder, fails, is_made)
    assert list(folder.parent.iterdir()) == []


def test_where_another_process_was_faster_its_folder_is_kept(folder: Path) -> None:
    def overtaken(made: Path) -> str:
        folder.mkdir()
        (folder / "a").write_bytes(b"theirs")
        return make(made)

    assert put_in_cache(folder, overtaken, is_made) == "card"
    assert (folder / "a").read_bytes() == b"theirs"
    assert [path.name for path in folder.parent.iterdir()] == ["one"]


def test_what_lies_there_and_is_not_what_would_be_made_goes(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "of an older format").write_bytes(b"")
    put_in_cache(folder, make, is_made)
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file")
    with pytest.raises(IndexUnwritable, match="free some space or rights"):
        put_in_cache(tmp_path / "cache" / "one", make, is_made)


def test_files_are_to_be_there_and_as_long_as_they_were(folder: Path) -> None:
    put_in_cache(folder, make, is_made)
    check_sizes(folder, record_files(folder))
    for records in ({"a": FileRecord(4, "")}, {"b": FileRecord(0, "")}):
        with pytest.raises(ModelUnavailable, match=f"is missing or damaged; delete {folder}"):
            check_sizes(folder, records)


class Card(msgspec.Struct, frozen=True):
    format: int
    said: str
    files: dict[str, FileRecord]


CARDS = Cards("card.json", 3, Card(0, "", {}))


def with_card(made: Path) -> Card:
    make(made)
    return Card(3, "of a", record_files(made))


def unwanted(_: Path) -> Card:
    raise AssertionError("it is made already")


def test_a_folder_with_a_card_is_made_once(folder: Path) -> None:
    assert (CARDS.read(folder), CARDS.has(folder)) == (CARDS.blank, False)
    card = CARDS.ensure(folder, with_card)
    assert card == CARDS.read(folder) == CARDS.ensure(folder, unwanted)
    assert (card.said, set(card.files), CARDS.has(folder)) == ("of a", {"a"}, True)
    assert CARDS.faults(folder) == []
    (folder / "a").write_bytes(b"abd")
    assert CARDS.faults(folder) == [f"{folder / 'a'}: checksum mismatch"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"{}", b'{"format":2,"said":"of a","files":{}}', b'{"format":3,"said":1}']
)
def test_a_card_that_cannot_be_read_or_is_of_another_format_is_none(
    folder: Path, data: bytes
) -> None:
    folder.mkdir(parents=True)
    (folder / "card.json").write_bytes(data)
    assert (CARDS.read(folder), CARDS.has(folder)) == (CARDS.blank, False)
    assert CARDS.ensure(folder, with_card).said == "of a"
    assert sorted(path.name for path in folder.iterdir()) == ["a", "card.json"]
