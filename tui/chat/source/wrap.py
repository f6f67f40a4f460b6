"""An article wrapped at a width in cells, and what is drawn in each row.

A row is a span of code points. Only its start is kept; what is drawn is made when it is on screen.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.cells import cell_len

from index.articles.spans import Span
from tui.output.sanitise import visible_name

PLAIN = " -~¡-¬®-˿Ͱ-ͷͺ-Ϳ΄-ΊΌΎ-ΡΣ-҂Ҋ-ԯ‐-‧"
"""Character ranges drawn as they are, in one cell each."""
_ODD = re.compile(rf"[^{PLAIN}\r\n]|\r(?!\n)")
_TAB = 4
"""Cells between two tab stops."""
_LONGEST = 256
"""Code points of blanks, or of combining marks, after which a row ends even if it has room."""
_BLANK = -1_000_000
"""In place of the cells of a blank, for which every row has room."""
_WIDEST = 8
"""Most cells of a code point: ⟨10FFFF⟩."""
_WIDE = 2
"""Cells of a wide character, after which a line may be broken."""
_EMOJI = "\ufe0f"
"""Variation selector 16: the code point before it is drawn as an emoji, which may be wider."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What is drawn in a row: one string for each code point with its combining marks."""

    starts: list[int] = field(default_factory=list)
    """Offset in the article of the code point that each begins with."""
    shown: list[str] = field(default_factory=list)
    """Safe to draw."""

    def between(self, start: int, end: int) -> slice:
        """Return which glyphs show the code points from `start` to before `end`, even in part."""
        if start >= end:
            return slice(0)
        return slice(max(0, bisect_right(self.starts, start) - 1), bisect_left(self.starts, end))


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of a text at a width."""

    text: str
    width: int
    """Cells. Blanks at the end of a row may exceed it, and are not drawn there."""
    starts: "array[int]"
    """Offset of the first code point of each row."""

    def __len__(self) -> int:
        return len(self.starts)

    def row(self, number: int) -> Span:
        """Return the code points of a row, from 0, without its line ending."""
        start = self.starts[number]
        end = self.starts[number + 1] if number + 1 < len(self) else len(self.text)
        if self.text.endswith("\n", start, end):
            end -= 1
            end -= self.text.endswith("\r", start, end)
        return Span(start, end)

    def row_of(self, offset: int) -> int:
        """Return the number of the row that holds a code point."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def is_line_start(self, number: int) -> bool:
        """Return whether a line of the article begins with this row."""
        start = self.starts[number]
        return start == 0 or self.text[start - 1] == "\n"

    def glyphs(self, number: int) -> Glyphs:
        """Return what is drawn in a row."""
        row, glyphs, used = self.row(number), Glyphs(), 0
        for at in range(row.start, row.end):
            shown, cells = _glyph(self.text, at, used)
            if not cells and glyphs.shown:
                glyphs.shown[-1] += shown
                continue
            if used >= self.width:
                break
            glyphs.starts.append(at)
            glyphs.shown.append(shown)
            used += cells
        return glyphs


def wrap(text: str, width: int) -> Layout:
    """Wrap a text: after blanks and wide characters where there are any, else anywhere."""
    plain_rows = _plain_rows(width)
    starts, at = array("I"), 0
    while at < len(text):
        odd = _ODD.search(text, at)
        line = max(at, text.rfind("\n", at, odd.start()) + 1) if odd else len(text)
        if at < line:
            starts.extend(row.start() for row in plain_rows.finditer(text, at, line))
        at = line
        if odd:
            feed = text.find("\n", odd.start())
            at = feed + 1 or len(text)
            end = len(text) if feed == -1 else feed - text.endswith("\r", line, feed)
            fits = (end - line) * _WIDEST <= width
            starts.extend((line,) if fits else _wrap_line(text, line, end, width))
    return Layout(text, width, starts)


def _plain_rows(width: int) -> re.Pattern[str]:
    """Match the rows of plain lines: several times as fast as going through the code points."""
    fits = f"[{PLAIN}]{{0,{width}}}"
    end_of_line = rf"{fits}+ {{0,{_LONGEST}}}+(?:\r?\n|\Z)"
    to_last_blank = rf"{fits} {{1,{_LONGEST}}}+"
    return re.compile(rf"(?!\Z)(?:{end_of_line}|{to_last_blank}|[{PLAIN}]{{1,{width}}})")


def _wrap_line(text: str, line: int, end: int, width: int) -> Iterator[int]:
    """Yield the start of each row of a line."""
    cells_of = [_CELLS[char] for char in text[line:end]]
    emoji = text.find(_EMOJI, line + 1, end)
    while emoji != -1:
        if cells_of[emoji - 1 - line] != _BLANK:
            cells_of[emoji - 1 - line] = _glyph(text, emoji - 1, 0)[1]
        emoji = text.find(_EMOJI, emoji + 1, end)
    yield line
    row = cut = line
    used = used_at_cut = 0
    can_cut = False
    for at, cells in enumerate(cells_of, line):
        if not cells and row < at < row + _LONGEST:
            continue
        if can_cut:
            cut, used_at_cut = at, used
        while row < at and (used + cells > width or at >= row + _LONGEST):
            row, used = (cut, used - used_at_cut) if cut > row else (at, 0)
            yield row
        if cells == _BLANK:
            cells = 1 if text[at] == " " else _TAB - used % _TAB
            can_cut = True
        else:
            can_cut = cells == _WIDE
        used += cells


def _glyph(text: str, at: int, used: int) -> tuple[str, int]:
    """Return how a code point is drawn after `used` cells of its row, and in how many cells."""
    char = text[at]
    if char == "\t":
        cells = _TAB - used % _TAB
        return " " * cells, cells
    shown = visible_name(char)
    return shown, cell_len(shown + _EMOJI * text.startswith(_EMOJI, at + 1))


class _Cells(dict[str, int]):
    """The cells of each code point, or `_BLANK`."""

    def __missing__(self, char: str) -> int:
        self[char] = cell_len(visible_name(char))
        return self[char]


_CELLS = _Cells({" ": _BLANK, "\t": _BLANK})
