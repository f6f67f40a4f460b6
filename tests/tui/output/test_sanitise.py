import unicodedata
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.output.sanitise import visible, visible_in_place, visible_name

HIDDEN: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")

NASTY = (
    "\x1b]52;c;aGk=\x07", "\x1b[31m", "\x9b31m", "\x90q\x9c", "\x7f", "\x00", "\x08", "\r", "\n",
    "\r\n", "\t", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b",
    "\u200d", "\ufeff", "\xad", "\u180e", "\U000e0041", "\ud800", "\udc9b", "[red]", "é", "e\u0301",
)  # fmt: skip

texts = st.lists(
    st.sampled_from(NASTY) | st.text(max_size=3) | st.characters(categories=HIDDEN)
).map("".join)


@given(texts)
def test_no_control_or_invisible_character_is_left(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & set(HIDDEN)
    assert visible(shown) == shown


@given(texts)
def test_printable_characters_are_kept_in_order(text: str) -> None:
    printable = [char for char in text if unicodedata.category(char) not in (*HIDDEN, "Zs")]
    rest = iter(visible(text))
    assert all(char in rest for char in printable)


@given(st.text(st.characters(exclude_categories=HIDDEN)))
def test_text_without_hidden_characters_is_unchanged(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(categories=HIDDEN), min_size=1))
def test_hidden_characters_become_visible_and_are_never_dropped(text: str) -> None:
    assert visible(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x9b31m", "⟨009B⟩31m"),
        ("a\x00b\x7f", "a␀b␡"),
        ("evil\u202etxt.exe", "evil⟨202E⟩txt.exe"),
        ("zero\u200bwidth", "zero⟨200B⟩width"),
        ("tag\U000e0041", "tag⟨E0041⟩"),
        ("\udcff", "⟨DCFF⟩"),
        ("a\u2028b", "a⟨2028⟩b"),
        ("one  \r\n  two\n\nthree\tfour", "one two  three four"),
        ("alone\rbehind", "alone␍behind"),
        ("[red]not markup[/red]", "[red]not markup[/red]"),
        ("naïve “东京” 😀 e\u0301", "naïve “东京” 😀 e\u0301"),
        ("fill\u3164er\u034f \U000e0100", "fill⟨3164⟩er⟨034F⟩ ⟨E0100⟩"),
        ("⚠\ufe0f", "⚠\ufe0f"),
        ("", ""),
    ],
)
def test_each_kind_of_character_has_its_replacement(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_a_line_break_in_a_name_is_visible() -> None:
    assert visible_name("new\nline\t.txt") == "new␊line␉.txt"
    assert visible("new\nline\t.txt") == "new line .txt"


@given(texts)
def test_in_place_the_length_is_kept_and_everything_is_visible(text: str) -> None:
    shown = visible_in_place(text)
    assert len(shown) == len(text)
    assert visible_name(shown.replace("\t", "")) == shown.replace("\t", "")


def test_in_place_a_character_without_a_picture_is_replaced() -> None:
    assert visible_in_place("a\x1bb\u202ec\td") == "a␛b\ufffdc\td"
