"""What is marked in an article, and so how each glyph of a row is drawn."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.spans import Span
from tui.chat.source.wrap import Glyphs

TEXT = "source--text"
SENTENCE = "source--sentence"
ANSWER = "source--answer"
FOUND = "source--found"
CURRENT = "source--current"


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in an article."""

    sentence: Span | None = None
    """The cited sentence, if any."""
    answer: Span | None = None
    """The answer in it, if any."""
    found: Sequence[Span] = ()
    """Matches of a search, in order; none overlaps another."""
    current: Span | None = None
    """The selected match, if any."""

    def classes(self, row: Span, glyphs: Glyphs) -> list[str]:
        """Return the component class of each glyph of a row: the strongest that marks it."""
        classes = [TEXT] * len(glyphs.shown)
        first = bisect_right(self.found, row.start, key=lambda span: span.end)
        last = bisect_left(self.found, row.end, key=lambda span: span.start)
        layers = [
            (SENTENCE, self.sentence),
            (ANSWER, self.answer),
            *((FOUND, span) for span in self.found[first:last]),
            (CURRENT, self.current),
        ]
        for name, span in layers:
            if span and span.start < row.end and span.end > row.start:
                marked = glyphs.between(span.start, span.end)
                classes[marked] = [name] * len(classes[marked])
        return classes
