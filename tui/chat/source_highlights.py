"""What is marked in an article, by bytes, and so which glyphs of a row."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tui.chat.source.marks import NOWHERE, ByteSpan
from tui.chat.source.paged_text import SourceText
from tui.chat.source.wrap import Row

TEXT = "source--text"
SENTENCE = "source--sentence"
ANSWER = "source--answer"
FOUND = "source--found"
CURRENT = "source--current"


@dataclass(frozen=True, slots=True)
class Highlights:
    """What is marked in an article."""

    sentence: ByteSpan = NOWHERE
    answer: ByteSpan = NOWHERE
    found: Sequence[tuple[int, int]] = ()
    """First byte and the byte behind the last, in order."""
    current: ByteSpan = NOWHERE
    """The one found that was gone to."""

    def classes(self, text: SourceText, row: Row) -> list[str]:
        """Give the component class of each glyph, the strongest that marks it."""
        names = [TEXT] * len(row.glyphs.shown)
        layers = [
            (SENTENCE, self.sentence),
            (ANSWER, self.answer),
            *((FOUND, span) for span in self._found_in(row)),
            (CURRENT, self.current),
        ]
        for name, span in layers:
            if span.start < row.end and span.end > row.start:
                start, end = _offset(text, row, span.start), _offset(text, row, span.end)
                glyphs = row.glyphs.between(start, end)
                names[glyphs] = [name] * len(names[glyphs])
        return names

    def _found_in(self, row: Row) -> list[ByteSpan]:
        first = max(0, bisect_left(self.found, (row.start, 0)) - 1)
        last = bisect_left(self.found, (row.end, 0))
        return [ByteSpan(*span) for span in self.found[first:last]]


def _offset(text: SourceText, row: Row, at: int) -> int:
    """Give the code point of the row's piece that a byte is in, or the nearest end of the piece."""
    if at <= row.piece.start:
        return 0
    return len(text.decode(row.piece.start, min(at, row.piece.end)))
