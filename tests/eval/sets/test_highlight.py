"""Marks split a text into pieces without losing any of it."""

from hypothesis import given
from hypothesis import strategies as st

from eval.sets.highlight import Mark, MarkedText


def test_a_marked_text_is_split_into_pieces() -> None:
    text = MarkedText("in Prague, Prague", (Mark(3, 9), Mark(11, 17)))
    assert list(text.pieces) == [
        ("in ", False), ("Prague", True), (", ", False), ("Prague", True),
    ]  # fmt: skip
    assert list(MarkedText("").pieces) == []


@given(st.text(), st.lists(st.integers(0, 20), unique=True))
def test_the_pieces_make_up_the_text(text: str, edges: list[int]) -> None:
    inside = sorted(edge for edge in edges if edge <= len(text))
    marks = tuple(Mark(*pair) for pair in zip(inside[::2], inside[1::2], strict=False))
    pieces = list(MarkedText(text, marks).pieces)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_marked in pieces if is_marked] == [
        text[one.start : one.end] for one in marks
    ]
