"""An article in pieces small enough to lay out at once: lines, and parts of very long ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from tui.chat.source.paged_text import Checkpoint, SourceText

PIECE = 8 * 1024
"""Bytes of a line after which it is parted."""
_LOOK_BACK = 512
"""Bytes in which a space is looked for to part at."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A line, or a part of one, by its bytes."""

    line: int
    line_start: int
    start: int
    end: int
    """The line's LF left out."""
    next: int
    """Where the next piece starts."""

    @property
    def is_line_start(self) -> bool:
        """Whether its line begins with it."""
        return self.start == self.line_start

    @property
    def is_line_end(self) -> bool:
        """Whether a LF ends it."""
        return self.next > self.end


def pieces_from(text: SourceText, at: int) -> Iterator[Piece]:
    """Give the piece that a byte stands in, and all after it, as far as the text was scanned."""
    piece = _piece_at(text, max(at, text.bom))
    while piece.start < text.size and (text.is_scanned or piece.next <= text.scanned):
        yield piece
        line = Checkpoint(piece.line + 1, piece.next)
        if not piece.is_line_end:
            line = Checkpoint(piece.line, piece.line_start)
        piece = _piece(text, line, piece.next)


def pieces_before(text: SourceText, start: int) -> Iterator[Piece]:
    """Give the pieces before the one that starts at `start`, the nearest first."""
    while start > text.bom:
        piece = _piece_at(text, start - 1)
        yield piece
        start = piece.start


def _piece_at(text: SourceText, at: int) -> Piece:
    line = text.line_at(at)
    number = (at - line.start) // PIECE
    piece = _piece(text, line, _cut(text, line.start, number))
    return piece if at < piece.next else _piece(text, line, piece.next)


def _piece(text: SourceText, line: Checkpoint, start: int) -> Piece:
    limit = line.start + ((start + _LOOK_BACK - line.start) // PIECE + 1) * PIECE
    feed = text.feed(start, limit)
    if feed != -1:
        return Piece(line.line, line.start, start, feed, feed + text.feed_width)
    end = text.size if limit >= text.size else _cut(text, line.start, (limit - line.start) // PIECE)
    return Piece(line.line, line.start, start, end, end)


def _cut(text: SourceText, line_start: int, number: int) -> int:
    """Give the byte at which a part of a line starts: behind a space, where one is near."""
    if number == 0:
        return line_start
    nominal = line_start + number * PIECE
    space = text.last_space(nominal - _LOOK_BACK, nominal)
    return space if space != -1 else text.align(nominal)
