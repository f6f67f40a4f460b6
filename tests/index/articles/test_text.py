import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.text import Encoding, NotText, Position, Text, decode, encoded_length
from tests.index.strategies import decode_slice, nasty_bytes, position_by_bytes


def text_of(data: bytes) -> Text:
    text = decode(data)
    assert isinstance(text, Text)
    return text


def test_only_lf_ends_a_line() -> None:
    text = text_of("one\rtwo\u2028three\x85four\x0bfive\x0csix\nseven".encode())
    assert text.line_starts == [0, 28]
    assert text.line_count == 2
    assert text.position(28) == Position(2, 1)


def test_the_cr_of_a_crlf_belongs_to_its_line() -> None:
    text = text_of(b"one\r\ntwo\r\n")
    assert [text.text[slice(*text.line_span(line))] for line in (1, 2)] == ["one\r", "two\r"]


@pytest.mark.parametrize(
    ("data", "lines"), [(b"", 0), (b"\n", 1), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"a\n\n", 2)]
)
def test_lines_are_counted_as_sed_prints_them(data: bytes, lines: int) -> None:
    assert text_of(data).line_count == lines


def test_a_line_past_the_end_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        text_of(b"one\ntwo").line_span(3)


def test_a_column_is_a_code_point_and_a_byte_order_mark_takes_none() -> None:
    text = text_of(codecs.BOM_UTF8 + "né😀x\n".encode())
    assert (text.encoding, text.bom) == ("utf-8-sig", 3)
    assert text.position(0) == Position(1, 1)
    assert text.position(3) == Position(1, 4)
    # BOM 3, n 1, é 2, 😀 4.
    assert [text.byte_offset(offset) for offset in range(6)] == [3, 4, 6, 10, 11, 12]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised_by_its_mark_and_ends_lines_at_lf_code_units(
    encoding: Encoding,
) -> None:
    mark = codecs.BOM_UTF16_LE if encoding == "utf-16-le" else codecs.BOM_UTF16_BE
    # U+010A and U+0A0D hold the byte 0A and end no line.
    text = text_of(mark + "\u010a\u0a0d\n😀b".encode(encoding))
    assert (text.encoding, text.text) == (encoding, "\u010a\u0a0d\n😀b")
    assert text.position(4) == Position(2, 2)
    assert text.byte_offset(4) == 2 + 2 + 2 + 2 + 4


def test_what_is_not_utf_8_is_windows_1252_one_code_point_for_one_byte() -> None:
    text = text_of(b"\x93Caf\xe9\x94 \x81\x8d\x8f\x90\x9d.")
    assert text.encoding == "windows-1252"
    assert text.text == "“Café” \ufffd\ufffd\ufffd\ufffd\ufffd."
    assert text.byte_offset(12) == 12


def test_windows_1252_after_a_utf_8_mark_keeps_its_offsets() -> None:
    text = text_of(codecs.BOM_UTF8 + b"caf\xe9 x")
    assert (text.text, text.encoding, text.byte_offset(5)) == ("café x", "windows-1252", 8)


def test_a_stray_byte_in_utf_8_is_read_alone_and_the_rest_stays_utf_8() -> None:
    data = "Zoë dug the “lock”. ".encode() + b"Caf\xe9 \x80\x81.\n" + "naïve".encode()
    text = text_of(data)
    assert (text.encoding, text.text) == ("mixed", "Zoë dug the “lock”. Café €\ufffd.\nnaïve")
    # ë takes 2 bytes, each curly quote 3, é and what follows it 1 each.
    assert text.byte_offset(text.text.index("é")) == 20 + 1 + 2 + 2 + 3
    assert text.byte_offset(text.text.index("naïve")) == data.index(b"na")
    assert text.byte_offset(len(text.text)) == len(data)
    assert text.position(text.text.index("naïve")) == Position(2, 1)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("é".encode() + b"\xe9", "mixed"),
        ("é".encode() + b"\xe9\xe9", "windows-1252"),
        ("東京".encode() + b"\xe9", "mixed"),
        (codecs.BOM_UTF8 + "é".encode() + b"\xe9", "mixed"),
        # é, a fixed space and » in Windows-1252 happen to be one ideograph in UTF-8.
        ("«\xa0Café\xa0».".encode("windows-1252"), "windows-1252"),
        (b"\xe2\x82 cut short, and \xe2\x82\xac", "windows-1252"),
    ],
)
def test_more_stray_bytes_than_characters_in_utf_8_are_windows_1252(
    data: bytes, encoding: Encoding
) -> None:
    assert text_of(data).encoding == encoding


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\0\1",
        b"a" * 8191 + b"\0",
        codecs.BOM_UTF8 + b"a\0",
        codecs.BOM_UTF16_LE + b"\0\0",
        codecs.BOM_UTF32_LE + "a".encode("utf-32-le"),
    ],
)
def test_a_nul_near_the_start_means_binary(data: bytes) -> None:
    assert decode(data) == NotText("binary: a NUL in its first 8 KiB")


def test_a_nul_after_8_kib_is_text() -> None:
    assert text_of(b"a" * 8192 + b"\0").text[-1] == "\0"


def test_utf_16_cut_in_the_middle_of_a_character_is_still_text() -> None:
    assert text_of(codecs.BOM_UTF16_LE + b"a\0\n\0b").text == "a\n\ufffd"
    assert text_of(codecs.BOM_UTF16_LE + b"a\0\x3d\xd8b\0").text == "a\ufffdb"


@given(st.text(), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_encoded_length_is_the_length_of_the_encoded_bytes(text: str, encoding: Encoding) -> None:
    encodable = text.encode(errors="replace").decode()
    assert encoded_length(encodable, encoding) == len(encodable.encode(encoding))


@given(st.integers(4080, 4110), st.sampled_from("aé東😀"), st.data())
def test_byte_offset_agrees_with_encoding_the_text_before_it(
    length: int, char: str, data: st.DataObject
) -> None:
    text = text_of(codecs.BOM_UTF8 + ("b" + char * (2 * length)).encode())
    offset = data.draw(st.integers(0, len(text.text)))
    assert text.byte_offset(offset) == 3 + len(text.text[:offset].encode())


@given(nasty_bytes, st.data())
def test_positions_agree_with_counting_in_the_bytes(data: bytes, draw: st.DataObject) -> None:
    text = decode(data)
    if isinstance(text, NotText):
        return
    offset = draw.draw(st.integers(0, len(text.text)))
    byte = text.byte_offset(offset)
    position = text.position(offset)
    assert (position.line, position.column) == position_by_bytes(data, text.encoding, byte)
    assert decode_slice(data[text.bom : byte], text.encoding) == text.text[:offset]


@given(st.binary(max_size=400))
def test_any_bytes_decode_or_are_not_text(data: bytes) -> None:
    text = decode(data)
    if isinstance(text, Text) and text.encoding != "windows-1252":
        # A file cut inside a UTF-16 code unit is counted to the end of it.
        assert text.byte_offset(len(text.text)) - len(data) in (0, 1)


@given(st.binary(max_size=400))
def test_joined_lines_are_the_text(data: bytes) -> None:
    text = decode(b"x" + data)
    if isinstance(text, Text):
        spans = [text.line_span(line) for line in range(1, len(text.line_starts) + 1)]
        assert "\n".join(text.text[start:end] for start, end in spans) == text.text
