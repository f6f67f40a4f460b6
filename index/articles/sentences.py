"""Where the sentences of a paragraph stand, and how one that is too long is cut."""

import re
from collections.abc import Callable, Iterator

from sentencex import get_sentence_boundaries

from index.articles.spans import Span

_LANGUAGE = "en"
_WINDOW = 16 * 1024
"""Code points segmented at once, of prose."""
_NO_PROSE = 1024
"""Code points segmented at once of what is no prose; prose of any length stays prose."""
_MARKS = "\"'`“”„‘’‚‛«»‹›「」『』《》〈〉()[]{}.!?…"
_WIDE_STOPS = "。！？．।"
_TOO_MANY = ((_MARKS, 8), (_WIDE_STOPS, 64))
"""What the segmenter takes time for that is quadratic in their number; no prose, to it, is a window
of which more than one code point in so many is of them."""
_FRAGMENT = 12
"""Code points of a sentence; a long window of shorter ones, on the average, is no prose either."""
_LONGEST_WORD = 200
"""Code points on either side of a span's middle in which white space is looked for."""
_SPACE = re.compile(r"\s")


def sentences(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of a paragraph, white space at their ends left out."""
    at = paragraph.start
    while at < paragraph.end:
        window = _window(text, Span(at, min(at + _WINDOW, paragraph.end)))
        found = _segmented(text, window)
        if window.end < paragraph.end and len(found) > 1:
            found.pop()  # the window may have cut it
        yield from (sentence for one in found if len(sentence := one.trimmed(text)))
        at = found[-1].end


def _window(text: str, window: Span) -> Span:
    """Narrow a window where the segmenter would take too long over it."""
    if len(window) <= _NO_PROSE:
        return window
    for marks, share in _TOO_MANY:
        if share * sum(text.count(mark, window.start, window.end) for mark in marks) > len(window):
            return Span(window.start, window.start + _NO_PROSE)
    return window


def _segmented(text: str, window: Span) -> list[Span]:
    """Give what the segmenter finds; all of it where that is fragments, as in no prose."""
    # A wrapped line's end is a space to the segmenter; one code point for one keeps every offset.
    flat = window.of(text).replace("\n", " ").replace("\r", " ")
    found = get_sentence_boundaries(_LANGUAGE, flat)
    if len(flat) >= _NO_PROSE and len(found) * _FRAGMENT > len(flat):
        return [window]
    at = window.start
    return [Span(at + one["start_index"], at + one["end_index"]) for one in found]


def cut(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    """Halve a span, at white space near its middle where there is any, until every piece fits."""
    if len(span) <= 1 or fits(span.of(text)):
        return [span]
    first, second = _halves(text, span)
    return cut(text, first, fits) + cut(text, second, fits)


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    middle = (span.start + span.end) // 2
    reach = min(len(span) // 2, _LONGEST_WORD)
    if not _SPACE.search(text, middle - reach, middle + reach):
        return Span(span.start, middle), Span(middle, span.end)
    for distance in range(reach):
        for at in (middle + distance, middle - distance):
            if text[at].isspace():
                first = Span(span.start, at).trimmed(text)
                second = Span(at, span.end).trimmed(text)
                if len(first) and len(second):
                    return first, second
    return Span(span.start, middle), Span(middle, span.end)
