import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.index.strategies import nasty_bytes, nasty_text
from tests.tui.chat.source.fakes import scanned
from tui.chat.source.wrap import SourceRows, lay_out
from tui.output.sanitise import visible_name

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
lines = nasty_text.map(lambda text: text.replace("\n", " "))


def drawn(text: str, width: int) -> list[str]:
    return ["".join(row.shown) for row in lay_out(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 8, [""]),
        ("the mill is old", 8, ["the mill ", "is old"]),
        ("the mill  is old", 8, ["the mill  ", "is old"]),
        ("the millwheel", 8, ["the ", "millwhee", "l"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("東京東京東京", 8, ["東京東京", "東京"]),
        ("a 東京東京 b", 8, ["a 東京東", "京 b"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("\tx\ty", 12, ["    x   y"]),
        ("ab\tx", 4, ["ab  ", "x"]),
        ("e\u0301te\u0301 la", 4, ["e\u0301te\u0301 ", "la"]),
        ("a\u200bb", 8, ["a⟨200B⟩b"]),
        ("aaaa\u200bb", 8, ["aaaa", "⟨200B⟩b"]),
        ("a treaty\u2028", 8, ["a ", "treaty", "⟨2028⟩"]),
        ("\u200b\u200b", 3, ["⟨200B⟩", "⟨200B⟩"]),
        ("\x1b[31mred", 20, ["␛[31mred"]),
        ("lone\rreturn", 20, ["lone␍return"]),
        ("[@click=app.quit]x", 20, ["[@click=app.quit]x"]),
        ("\u2764\ufe0f\u2764\ufe0f\u2764\ufe0f", 4, ["\u2764\ufe0f\u2764\ufe0f", "\u2764\ufe0f"]),
        ("a\u2764\ufe0f\u2764\ufe0f", 4, ["a\u2764\ufe0f", "\u2764\ufe0f"]),
    ],
)
def test_lines_are_wrapped_at_cells(text: str, width: int, expected: list[str]) -> None:
    assert drawn(text, width) == expected


@given(lines, st.integers(8, 40))
def test_every_code_point_is_in_one_row_in_order(text: str, width: int) -> None:
    rows = lay_out(text, width)
    ends = [row.end for row in rows]
    assert [row.start for row in rows] == [0, *ends[:-1]]
    assert ends[-1] == len(text)


@given(lines, st.integers(8, 40))
def test_no_row_is_wider_than_the_width_but_for_white_space_at_its_end(
    text: str, width: int
) -> None:
    for row in lay_out(text, width):
        shown = list(row.shown)
        while shown and shown[-1].startswith(" "):
            del shown[-1]
        assert cell_len("".join(shown)) <= width


@given(lines, st.integers(8, 40))
def test_nothing_that_steers_a_terminal_or_hides_is_drawn(text: str, width: int) -> None:
    shown = "".join(drawn(text, width))
    assert not {unicodedata.category(char) for char in shown} & HIDDEN


@given(st.text("ab -’é.", max_size=80), st.integers(1, 12))
def test_plain_text_is_wrapped_as_any_other(text: str, width: int) -> None:
    # A combining mark in the last row, which no font draws wider, makes the text not plain.
    other = lay_out(f"{text}\u0301", width) if text else lay_out("", width)
    rows = lay_out(text, width)
    assert [row.start for row in rows] == [row.start for row in other]
    if text:
        assert drawn(text, width) == [
            one.replace("\u0301", "") for one in drawn(f"{text}\u0301", width)
        ]


@given(lines, st.integers(8, 40), st.data())
def test_a_span_of_code_points_is_drawn_as_the_words_it_marks(
    text: str, width: int, draws: st.DataObject
) -> None:
    start, end = sorted(
        (draws.draw(st.integers(0, len(text))), draws.draw(st.integers(0, len(text))))
    )
    marked = ""
    for row in lay_out(text, width):
        glyphs = row.between(start, end)
        marked += "".join(row.shown[glyphs])
    wanted = visible_name(text[start:end].replace("\t", ""))
    # A mark inside a code point with its combining marks takes all of it.
    before = len(marked) - len(marked.lstrip(" "))
    assert wanted.replace(" ", "") in marked.replace(" ", "")
    extra = len(marked.replace(" ", "")) - len(wanted.replace(" ", ""))
    combining = sum(cell_len(char) == 0 for char in text) + 1
    assert 0 <= extra <= combining + before


@given(nasty_bytes.filter(lambda data: b"\0" not in data), st.integers(8, 30))
def test_rows_are_the_whole_article_once_forwards_and_backwards(data: bytes, width: int) -> None:
    text = scanned(data)
    rows = SourceRows(text, width)
    forwards = list(rows.rows_from(0))
    assert list(rows.rows_before(text.size)) == forwards[::-1]
    ends = [row.next for row in forwards]
    assert [row.start for row in forwards] == [text.bom, *ends][: len(forwards)]
    assert not ends or ends[-1] == text.size
    for row in forwards:
        assert next(rows.rows_from(row.start)) == row
        above = list(islice(rows.rows_before(row.start), 1))
        assert all(one.next == row.start for one in above)


def test_the_cr_of_a_crlf_is_not_drawn_and_a_lone_one_is() -> None:
    rows = SourceRows(scanned(b"a\rb\r\nc\r"), 20).rows_from(0)
    assert ["".join(row.glyphs.shown) for row in rows] == ["a␍b", "c␍"]


def test_rows_know_their_line_and_where_it_begins() -> None:
    rows = list(SourceRows(scanned("né ⟨é x\n\nlast".encode()), 4).rows_from(0))
    assert [(row.line, row.is_line_start, row.start, row.end, row.next) for row in rows] == [
        (1, True, 0, 4, 4),
        (1, False, 4, 11, 12),
        (2, True, 12, 12, 13),
        (3, True, 13, 17, 17),
    ]
