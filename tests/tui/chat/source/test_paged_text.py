import codecs
import itertools
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.files import Skipped
from index.articles.text import NotText, Place, Text, decode
from tests.index.strategies import nasty_bytes
from tests.tui.chat.source.fakes import scanned
from tui.chat import source_pieces
from tui.chat.source import paged_text as source_text
from tui.chat.source.paged_text import BLOCK, SourceText, open_text
from tui.chat.source_file import Memory, open_file
from tui.chat.source_pieces import pieces_before, pieces_from


@pytest.fixture(params=[False, True], ids=["blocks as they are", "tiny blocks"], autouse=True)
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param:
        monkeypatch.setattr(source_text, "BLOCK", 8)
        monkeypatch.setattr(source_pieces, "PIECE", 16)
        monkeypatch.setattr(source_pieces, "_LOOK_BACK", 6)


def both(data: bytes) -> tuple[SourceText, Text]:
    expected = decode(data)
    assert isinstance(expected, Text)
    return scanned(data), expected


texts = nasty_bytes.filter(lambda data: isinstance(decode(data), Text))


@given(texts)
def test_lines_columns_and_bytes_are_those_of_the_index(data: bytes) -> None:
    text, expected = both(data)
    assert (text.encoding, text.bom, text.line_count) == (
        expected.encoding,
        expected.bom,
        expected.line_count,
    )
    for offset in range(len(expected.text) + 1):
        place, byte = expected.place(offset), expected.byte(offset)
        assert text.byte_of(place) == byte
        assert text.place_of(byte) == place
        assert text.align(byte) == byte


@given(texts, st.data())
def test_any_slice_by_code_points_reads_as_the_index_has_it(
    data: bytes, draws: st.DataObject
) -> None:
    text, expected = both(data)
    ends = st.integers(0, len(expected.text))
    start, end = sorted((draws.draw(ends), draws.draw(ends)))
    words = expected.text[start:end]
    assert text.decode(expected.byte(start), expected.byte(end)) == words
    assert text.width(words) == expected.byte(end) - expected.byte(start)


@given(texts)
def test_the_start_of_a_code_point_is_found_from_each_of_its_bytes(data: bytes) -> None:
    text, expected = both(data)
    starts = [expected.byte(offset) for offset in range(len(expected.text) + 1)]
    for start, end in itertools.pairwise(starts):
        assert {text.align(at) for at in range(start, end)} <= {start}


@given(texts)
def test_pieces_are_the_whole_article_once_forwards_and_backwards(data: bytes) -> None:
    text, expected = both(data)
    pieces = list(pieces_from(text, 0))
    assert list(pieces_before(text, text.size)) == pieces[::-1]
    shown = ""
    for piece in pieces:
        assert text.line_at(piece.start).line == piece.line
        shown += text.decode(piece.start, piece.end) + "\n" * piece.is_line_end
    assert shown == expected.text
    for piece in pieces:
        assert all(next(pieces_from(text, at)) == piece for at in range(piece.start, piece.next))


def test_a_head_that_breaks_a_code_point_is_still_utf_8() -> None:
    assert scanned(b"a" * (32 * 1024 - 1) + "é".encode() * 9).encoding == "utf-8"


def test_windows_1252_shows_itself_however_late_it_begins() -> None:
    text = scanned(b"a\n" * BLOCK + b"caf\xe9")
    assert text.encoding == "windows-1252"
    assert text.decode(2 * BLOCK, text.size) == "café"


@pytest.mark.parametrize("data", [b"MZ\0", codecs.BOM_UTF16_LE + b"\0\0", b"\xff\xfe\0\0a\0\0\0"])
def test_what_is_no_text_is_told(data: bytes) -> None:
    assert isinstance(open_text(Memory(data)), NotText)


def test_a_file_cut_short_while_it_is_shown_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one two three four\n" * 400, encoding="utf-8")
    source = open_file(str(path))
    assert not isinstance(source, Skipped)
    text = open_text(source)
    assert isinstance(text, SourceText)
    for _ in text.scan():
        pass
    path.write_text("one", encoding="utf-8")
    shown = "".join(text.decode(one.start, one.end) for one in pieces_from(text, 0))
    assert shown == "one"
    assert text.byte_of(Place(400, 3)) <= text.size


def test_a_file_is_closed_when_it_is_not_shown_any_more(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    source = open_file(str(path))
    before = len(list(Path("/proc/self/fd").iterdir()))
    del source
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 1


@pytest.mark.parametrize("kind", ["link", "linked folder", "fifo", "folder", "missing"])
def test_only_a_regular_file_in_its_own_folder_is_opened(tmp_path: Path, kind: str) -> None:
    secret = tmp_path / "outside" / "a.txt"
    secret.parent.mkdir()
    secret.write_text("secret", encoding="utf-8")
    news = tmp_path / "news"
    file = news / "a.txt"
    if kind == "linked folder":
        news.symlink_to(secret.parent)
    else:
        news.mkdir()
    match kind:
        case "link":
            file.symlink_to(secret)
        case "fifo":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
    assert isinstance(open_file(str(file)), Skipped)
    if kind == "fifo":
        assert stat.S_ISFIFO(file.stat().st_mode)
