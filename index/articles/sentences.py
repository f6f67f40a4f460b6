"""Split a paragraph into sentences, and cut sentences that are too long."""

import re
from collections.abc import Callable, Iterator

from sentencex import get_sentence_boundaries

from index.articles.spans import Span

_LANGUAGE = "en"
_WINDOW = 16 * 1024
"""Code points of prose that are segmented at once."""
_NO_PROSE = 1024
"""Code points of anything else that are segmented at once; the window of prose may be longer."""
_MARKS = "\"'`“”„‘’‚‛«»‹›「」『』《》〈〉()[]{}.!?…"
_WIDE_STOPS = "。！？．।"
_TOO_MANY = ((_MARKS, 8), (_WIDE_STOPS, 64))
"""Marks that the segmenter takes time quadratic in. A window is not prose if more than one in this
many of its code points is such a mark."""
_FRAGMENT = 12
"""Code points; a long window is not prose either if its sentences are shorter on average."""
_LONGEST_WORD = 200
"""Code points on either side of a span's middle that are searched for white space."""
_SPACE = re.compile(r"\s")


def sentences(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of a paragraph, without white space at their ends."""
    start = paragraph.start
    while start < paragraph.end:
        window = _window(text, Span(start, min(start + _WINDOW, paragraph.end)))
        found = _segment(text, window)
        if window.end < paragraph.end and len(found) > 1:
            found.pop()  # the window may have cut it
        for span in found:
            if len(sentence := span.trimmed(text)):
                yield sentence
        start = found[-1].end


def _window(text: str, window: Span) -> Span:
    """Shorten a window that the segmenter would take too long over."""
    if len(window) <= _NO_PROSE:
        return window
    for marks, share in _TOO_MANY:
        if share * sum(text.count(mark, window.start, window.end) for mark in marks) > len(window):
            return Span(window.start, window.start + _NO_PROSE)
    return window


def _segment(text: str, window: Span) -> list[Span]:
    """Return the segmenter's sentences, or the complete window if they are mere fragments."""
    # The segmenter ends sentences at line breaks. One code point for one keeps every offset.
    flat = window.of(text).replace("\n", " ").replace("\r", " ")
    found = get_sentence_boundaries(_LANGUAGE, flat)
    if len(flat) >= _NO_PROSE and len(found) * _FRAGMENT > len(flat):
        return [window]
    return [Span(one["start_index"], one["end_index"]).shifted(window.start) for one in found]


def cut(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    """Halve a span, at white space near its middle if there is any, until all pieces fit."""
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
