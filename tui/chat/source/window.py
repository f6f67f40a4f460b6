"""Which rows of an article are on screen, at any size of article."""

from dataclasses import dataclass
from itertools import islice

from tui.chat.source.loading import EMPTY
from tui.chat.source.paged_text import SourceText
from tui.chat.source.wrap import Row, SourceRows

_DIGITS = 3
"""Digits that line numbers have room for at the least."""
_BESIDE = 3
"""Cells between the numbers and the text, the rule included."""
_NARROWEST = 8
"""Cells that the text takes at the least."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """A byte that stays at its height when the size changes."""

    at: int
    height: float
    """Share of the rows that stand above it, in [0, 1)."""


class SourceWindow:
    """Looks into an article; only the rows in it are laid out."""

    def __init__(self) -> None:
        self._rows = SourceRows(EMPTY, _NARROWEST)
        self._hold = _Hold(0, 0)
        self._width = self._height = 0
        self.shown: tuple[Row, ...] = ()
        """The rows that are in it."""

    @property
    def text(self) -> SourceText:
        """The article."""
        return self._rows.text

    @property
    def number_width(self) -> int:
        """Cells of the line numbers."""
        return _number_width(self.text)

    def open(self, text: SourceText) -> None:
        """Look into another article from its start, or the same again, as scanned further."""
        if text is not self.text:
            self._hold = _Hold(0, 0)
        self._lay_out(text)

    def resize(self, width: int, height: int) -> None:
        """Take another size in cells, the numbers included, and keep the place."""
        self._width, self._height = width, height
        self._lay_out(self.text)

    def go_to(self, at: int, height: float = 0) -> None:
        """Bring a byte's row in, so that a share of the rows stands above it."""
        self._hold = _Hold(at, height)
        self._place()

    def scroll(self, count: int) -> None:
        """Go by rows, down where positive."""
        if not self.shown:
            return
        first = self.shown[0].start
        if count > 0:
            *_, top = islice(self._rows.rows_from(first), count + 1)
        else:
            *_, top = (self.shown[0], *islice(self._rows.rows_before(first), -count))
        self._show_from(list(islice(self._rows.rows_from(top.start), self._most)))
        self._hold = _Hold(self.shown[0].start, 0)

    def byte_at(self, start: int, x: int) -> int:
        """Give the byte of a character of the row that starts at `start`, counted as drawn."""
        for row in islice(self._rows.rows_from(start), 1):
            left = x
            for point, shown in zip(row.glyphs.starts, row.glyphs.shown, strict=True):
                if left <= 0:
                    before = self.text.decode(row.piece.start, row.piece.end)[:point]
                    return row.piece.start + self.text.width(before)
                left -= len(shown)
            return row.end
        return self.text.size

    @property
    def _most(self) -> int:
        return max(1, self._height)

    def _lay_out(self, text: SourceText) -> None:
        beside = _number_width(text) + _BESIDE
        self._rows = SourceRows(text, max(_NARROWEST, self._width - beside))
        self._place()

    def _place(self) -> None:
        """Show the rows of which what is held stands at its height."""
        wanted = int(self._hold.height * self._most)
        held = list(islice(self._rows.rows_from(self._hold.at), self._most))
        above = list(islice(self._rows.rows_before(held[0].start), wanted)) if held else []
        self._show_from([*reversed(above), *held])

    def _show_from(self, rows: list[Row]) -> None:
        """Show these rows, and more of those above and below as the height asks for."""
        if len(rows) < self._most and rows:
            below = self._rows.rows_from(rows[-1].next)
            rows.extend(islice(below, self._most - len(rows)))
        if len(rows) < self._most:
            start = rows[0].start if rows else self.text.size
            missing = islice(self._rows.rows_before(start), self._most - len(rows))
            rows = [*reversed(list(missing)), *rows]
        self.shown = tuple(rows[: self._most])


def _number_width(text: SourceText) -> int:
    return max(_DIGITS, len(str(text.line_count)))
