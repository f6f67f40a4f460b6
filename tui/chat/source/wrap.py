"""Pieces of an article as rows of cells; every code point keeps its place."""

import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from rich.cells import cell_len

from tui.chat.source.paged_text import SourceText
from tui.chat.source_pieces import Piece, pieces_before, pieces_from
from tui.output.sanitise import visible_name

_PLAIN = re.compile("[ -~¡-¬®-˿‐-‧]*")
"""What is shown as it is, one cell for each code point."""
_TAB = 4
"""Cells between two tab stops."""
_KEPT = 128
"""Pieces whose rows are kept."""
_WIDENING = "\ufe0f"
"""Variation selector 16: the emoji form of the code point before it, which may be wider."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What is drawn in a row: one string for each code point with its combining marks."""

    starts: Sequence[int]
    """Code point that each begins at, counted in the text that was laid out."""
    end: int
    """Code point behind the last."""
    shown: Sequence[str]
    """Safe to draw."""

    def between(self, start: int, end: int) -> slice:
        """Give those that show the code points from `start` to before `end`, in part or whole."""
        if end <= start or end <= self.start or start >= self.end:
            return slice(0, 0)
        return slice(max(0, bisect_right(self.starts, start) - 1), bisect_left(self.starts, end))

    @property
    def start(self) -> int:
        """The first code point."""
        return self.starts[0] if self.starts else self.end


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an article, by its bytes."""

    line: int
    is_line_start: bool
    start: int
    end: int
    """Byte behind it, a LF left out."""
    next: int
    """Where the next row starts."""
    glyphs: Glyphs
    piece: Piece


def lay_out(text: str, width: int) -> tuple[Glyphs, ...]:
    """Wrap a line at a width in cells: at spaces or beside wide characters, where there are any.

    White space at the end of a row may stand out over the width, and is not to be drawn there.
    """
    return _lay_out_plain(text, width) if _PLAIN.fullmatch(text) else _lay_out_any(text, width)


def _lay_out_plain(text: str, width: int) -> tuple[Glyphs, ...]:
    rows: list[Glyphs] = []
    row = 0
    while True:
        over = row + width
        while text[over : over + 1] == " ":
            over += 1
        cut = len(text) if over >= len(text) else text.rfind(" ", row, over) + 1 or over
        rows.append(Glyphs(range(row, cut), cut, text[row:cut]))
        if cut == len(text):
            return tuple(rows)
        row = cut


def _lay_out_any(text: str, width: int) -> tuple[Glyphs, ...]:
    rows: list[Glyphs] = []
    starts: list[int] = []
    shown: list[str] = []
    cells: list[int] = []
    used = row = breakable = 0

    def close(cut: int, end: int) -> None:
        rows.append(Glyphs(tuple(starts[row:cut]), end, tuple(shown[row:cut])))

    for at, char in enumerate(text):
        glyph, taken = _glyph(char)
        if char == "\t":
            taken = _TAB - used % _TAB
            glyph = " " * taken
        if not taken and len(starts) > row:
            shown[-1] += glyph
            continue
        if text[at + 1 : at + 2] == _WIDENING:
            taken = cell_len(glyph + _WIDENING)
        blank = char in " \t"
        while used + taken > width and not blank and len(starts) > row:
            cut = breakable if breakable > row else len(starts)
            close(cut, starts[cut] if cut < len(starts) else at)
            row, used = cut, sum(cells[cut:])
        starts.append(at)
        shown.append(glyph)
        cells.append(taken)
        used += taken
        if blank or taken == 2:
            breakable = len(starts)
    close(len(starts), len(text))
    return tuple(rows)


@lru_cache(maxsize=4096)
def _glyph(char: str) -> tuple[str, int]:
    glyph = visible_name(char)
    return glyph, cell_len(glyph)


class SourceRows:
    """The rows of an article at a width in cells; laid out where they are asked for, and kept."""

    def __init__(self, text: SourceText, width: int) -> None:
        self.text = text
        self.width = width
        self._kept: OrderedDict[tuple[int, int], tuple[Row, ...]] = OrderedDict()

    def rows_from(self, at: int) -> Iterator[Row]:
        """Give the row that a byte stands in, and all after it."""
        for piece in pieces_from(self.text, at):
            for row in self._rows(piece):
                if row.next > at or row.start >= at:
                    yield row

    def rows_before(self, start: int) -> Iterator[Row]:
        """Give the rows before the one that starts at `start`, the nearest first."""
        for piece in self._pieces_up_to(start):
            for row in reversed(self._rows(piece)):
                if row.start < start:
                    yield row

    def _pieces_up_to(self, start: int) -> Iterator[Piece]:
        for piece in pieces_from(self.text, start):
            yield piece
            yield from pieces_before(self.text, piece.start)
            return
        yield from pieces_before(self.text, start)

    def _rows(self, piece: Piece) -> tuple[Row, ...]:
        key = (piece.start, piece.next)
        if key not in self._kept:
            self._kept[key] = self._laid_out(piece)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _laid_out(self, piece: Piece) -> tuple[Row, ...]:
        text = self.text.decode(piece.start, piece.end)
        # The CR of a CRLF is part of how the line ends; any other is shown.
        hidden_cr = piece.is_line_end and text.endswith("\r")
        parts = lay_out(text[: len(text) - hidden_cr], self.width)
        bounds = [part.start for part in parts] + [len(text)]
        widths = (self.text.width(text[start:end]) for start, end in pairwise(bounds))
        places = list(accumulate(widths, initial=piece.start))
        ends = [*places[1:-1], piece.end]
        nexts = [*places[1:-1], piece.next]
        return tuple(
            Row(piece.line, piece.is_line_start and not i, place, end, follow, part, piece)
            for i, (place, end, follow, part) in enumerate(
                zip(places, ends, nexts, parts, strict=False)
            )
        )
