"""Marks part a text and lose nothing of it."""

from hypothesis import given
from hypothesis import strategies as st

from eval.sets.highlight import Mark, Marked


def test_a_text_comes_in_pieces() -> None:
    text = Marked("in Prague, Prague", (Mark(3, 9), Mark(11, 17)))
    assert list(text.pieces) == [
        ("in ", False), ("Prague", True), (", ", False), ("Prague", True),
    ]  # fmt: skip
    assert list(Marked("").pieces) == []


@given(st.text(), st.lists(st.integers(0, 20), unique=True))
def test_the_pieces_are_the_text(text: str, edges: list[int]) -> None:
    inside = sorted(edge for edge in edges if edge <= len(text))
    marks = tuple(Mark(*pair) for pair in zip(inside[::2], inside[1::2], strict=False))
    pieces = list(Marked(text, marks).pieces)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_marked in pieces if is_marked] == [
        text[one.start : one.end] for one in marks
    ]
