"""Text with words marked in it."""

from collections.abc import Iterator

import msgspec


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Marked code points from `start` up to, and without, `end`."""

    start: int
    end: int


class Marked(msgspec.Struct, frozen=True):
    """A text, and the words of it that matter."""

    text: str
    marks: tuple[Mark, ...] = ()
    """In order, apart."""

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, none empty, with whether each is marked."""
        at = 0
        for mark in self.marks:
            yield from _piece(self.text[at : mark.start], False)
            yield from _piece(self.text[mark.start : mark.end], True)
            at = mark.end
        yield from _piece(self.text[at:], False)


def _piece(text: str, is_marked: bool) -> Iterator[tuple[str, bool]]:
    if text:
        yield text, is_marked
