import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.index.strategies import nasty_text
from tui.chat.source.wrap import PLAIN, Layout, wrap
from tui.output.sanitise import visible_name

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
lines = nasty_text.map(lambda text: text.replace("\n", " "))


def shown(layout: Layout) -> list[str]:
    return ["".join(layout.glyphs(number).shown) for number in range(len(layout))]


def drawn(text: str, width: int) -> list[str]:
    return shown(wrap(text, width))


def spans(layout: Layout) -> list[tuple[int, int]]:
    rows = [layout.row(number) for number in range(len(layout))]
    return [(row.start, row.end) for row in rows]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 8, []),
        ("\n", 8, [""]),
        ("a\n\nb\n", 8, ["a", "", "b"]),
        ("the mill is old", 8, ["the mill", "is old"]),
        ("the mill  is old", 8, ["the mill", "is old"]),
        ("the millwheel", 8, ["the ", "millwhee", "l"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("東京東京東京", 8, ["東京東京", "東京"]),
        ("a 東京東京 b", 8, ["a 東京東", "京 b"]),
        ("😀😀😀", 4, ["😀😀", "😀"]),
        ("\tx\ty", 12, ["    x   y"]),
        ("ab\tx", 4, ["ab  ", "x"]),
        ("e\u0301te\u0301 la", 4, ["e\u0301te\u0301 ", "la"]),
        ("\u0301e", 4, ["\u0301e"]),
        ("東\u0301京東", 4, ["東\u0301京", "東"]),
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


@given(nasty_text, st.integers(8, 40))
def test_the_rows_are_the_entire_article_in_order(text: str, width: int) -> None:
    layout = wrap(text, width)
    again = "".join(
        text[start:end]
        + ("" if number + 1 == len(layout) else text[end : layout.starts[number + 1]])
        for number, (start, end) in enumerate(spans(layout))
    )
    last = text[len(again) :]
    assert again + last == text
    assert last in ("", "\n", "\r\n")
    assert [row for row in range(len(layout)) if layout.is_line_start(row)] == [
        layout.row_of(at) for at in range(len(text)) if at == 0 or text[at - 1] == "\n"
    ]
    for number, (start, end) in enumerate(spans(layout)):
        assert {layout.row_of(at) for at in range(start, end)} <= {number}


@given(nasty_text, st.integers(8, 40))
def test_no_row_is_wider_than_the_width_but_for_blanks_at_its_end(text: str, width: int) -> None:
    layout = wrap(text, width)
    for number, (_, end) in enumerate(spans(layout)):
        glyphs = layout.glyphs(number)
        row = "".join(glyphs.shown)
        assert cell_len(row.rstrip(" ")) <= width
        left_out = text[glyphs.starts[-1] : end] if glyphs.starts else ""
        drawn_last = visible_name(left_out.rstrip(" \t"))
        assert (
            not glyphs.starts or glyphs.shown[-1].startswith(" ") or drawn_last == glyphs.shown[-1]
        )


@given(nasty_text, st.integers(8, 40))
def test_nothing_that_steers_a_terminal_or_hides_is_drawn(text: str, width: int) -> None:
    assert not {unicodedata.category(char) for char in "".join(drawn(text, width))} & HIDDEN


def test_plain_characters_are_drawn_as_they_are_in_one_cell() -> None:
    plain = re.findall(f"[{PLAIN}]", "".join(map(chr, range(sys.maxunicode + 1))))
    assert len(plain) > 1_000
    assert [char for char in plain if visible_name(char) != char or cell_len(char) != 1] == []


@given(st.text("ab -’éЖ.", max_size=80), st.integers(1, 12))
def test_plain_text_is_wrapped_as_any_other(text: str, width: int) -> None:
    # A combining mark in the last row, which no font draws wider, makes the text not plain.
    plain, other = wrap(text, width), wrap(f"{text}\u0301", width)
    if text:
        assert plain.starts == other.starts
        assert shown(plain) == [row.replace("\u0301", "") for row in shown(other)]


@given(lines, st.integers(8, 40), st.data())
def test_a_span_of_code_points_is_drawn_as_the_words_in_it(
    text: str, width: int, draws: st.DataObject
) -> None:
    start, end = sorted(
        (draws.draw(st.integers(0, len(text))), draws.draw(st.integers(0, len(text))))
    )
    layout = wrap(text, width)
    marked = ""
    for number, (row_start, row_end) in enumerate(spans(layout)):
        glyphs = layout.glyphs(number)
        if start < row_end and end > row_start:
            marked += "".join(glyphs.shown[glyphs.between(start, end)])
    wanted = visible_name(text[start:end].replace("\t", ""))
    # A mark inside a code point with its combining marks takes all of it.
    before = len(marked) - len(marked.lstrip(" "))
    assert wanted.replace(" ", "") in marked.replace(" ", "")
    extra = len(marked.replace(" ", "")) - len(wanted.replace(" ", ""))
    combining = sum(cell_len(char) == 0 for char in text) + 1
    assert 0 <= extra <= combining + before


def test_the_cr_of_a_crlf_is_not_drawn_and_a_lone_one_is() -> None:
    assert drawn("a\rb\r\nc\r", 20) == ["a␍b", "c␍"]
    assert drawn("a\r\n\r\n東\r\n\r\rb", 20) == ["a", "", "東", "␍␍b"]


def test_rows_know_where_their_line_begins() -> None:
    layout = wrap("né ⟨é x\n\nlast", 4)
    assert spans(layout) == [(0, 3), (3, 7), (8, 8), (9, 13)]
    assert [layout.is_line_start(number) for number in range(4)] == [True, False, True, True]


@pytest.mark.parametrize("char", [" ", "\t", "\u0301"], ids=["blanks", "tabs", "combining marks"])
def test_a_row_ends_even_if_what_is_in_it_takes_no_room(char: str) -> None:
    layout = wrap(f"a{char * 5_000}b", 20)
    assert 5 <= len(layout) <= 25
    assert max(end - start for start, end in spans(layout)) <= 300
