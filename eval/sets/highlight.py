"""Text with marked words."""

from itertools import pairwise

import msgspec


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Marked code points from `start` up to but not including `end`."""

    start: int
    end: int


class MarkedText(msgspec.Struct, frozen=True):
    """A text and the words in it that matter."""

    text: str
    marks: tuple[Mark, ...] = ()
    """In order, without overlap."""

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in pieces, none empty, each with whether it is marked."""
        edges = [0, *(edge for mark in self.marks for edge in (mark.start, mark.end)), None]
        pieces = [
            (self.text[start:end], bool(number % 2))
            for number, (start, end) in enumerate(pairwise(edges))
        ]
        return [piece for piece in pieces if piece[0]]
