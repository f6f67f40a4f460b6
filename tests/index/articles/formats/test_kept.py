from collections.abc import Iterator
from pathlib import Path

import pytest

from index.articles.formats import kept, reading
from index.articles.formats.html import read
from index.articles.formats.reading import keep_documents_in, read_document
from index.articles.text import NotText

PAGE = b"<h1>The mill</h1><p>It was <b>sold</b> in May.</p>"


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What is parsed, while documents are kept in a folder."""
    parsed: list[bytes] = []

    def isolated(_: str, data: bytes) -> object:
        parsed.append(data)
        return read(data)

    monkeypatch.setattr(reading, "read_isolated", isolated)
    monkeypatch.setattr(reading, "_LONG", -1)
    monkeypatch.setattr(reading, "_cache", type(reading._cache)())
    monkeypatch.setattr(reading, "_kept", None)
    keep_documents_in(tmp_path / "documents")
    yield parsed


def again(monkeypatch: pytest.MonkeyPatch, data: bytes = PAGE) -> object:
    """Read a file as a new process does."""
    monkeypatch.setattr(reading, "_cache", type(reading._cache)())
    return read_document(data, "a.html")


def test_a_document_is_parsed_once(reads: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    first = again(monkeypatch)
    assert again(monkeypatch) == first
    assert reads == [PAGE]
    again(monkeypatch, PAGE + b" ")
    assert len(reads) == 2


def test_another_version_of_a_library_reads_it_again(
    reads: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    again(monkeypatch)
    monkeypatch.setattr(kept, "version", lambda _: "0")
    again(monkeypatch)
    assert len(reads) == 2


@pytest.mark.parametrize("data", [b"", b"x" * 500])
def test_a_damaged_one_is_read_again(
    reads: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    first = again(monkeypatch)
    (file,) = (tmp_path / "documents").iterdir()
    whole = file.read_bytes()
    file.write_bytes(data or whole[:-1] + b"x")
    assert again(monkeypatch) == first
    assert len(reads) == 2


def test_the_oldest_are_deleted(
    reads: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_MOST", 3)
    for number in range(6):
        again(monkeypatch, PAGE + b" " * number)
    assert len(list((tmp_path / "documents").iterdir())) == 3


def test_a_folder_that_cannot_be_written_changes_nothing(
    reads: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    keep_documents_in(tmp_path / "file")
    assert not isinstance(again(monkeypatch), NotText)
    assert not isinstance(again(monkeypatch), NotText)
    assert len(reads) == 2
