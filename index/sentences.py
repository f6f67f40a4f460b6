"""Where the sentences of a paragraph stand, and how one that is too long is cut."""

from collections.abc import Callable, Iterator

from sentencex import get_sentence_boundaries

from index.spans import Span

_LANGUAGE = "en"
_WINDOW = 16 * 1024
"""Code points segmented at once: the segmenter takes time quadratic in the quotes among them."""
_FRAGMENT = 6
"""Code points of a sentence; a window of shorter ones, on the whole, is no prose."""
_LONGEST_WORD = 200
"""Code points on either side of a span's middle in which white space is looked for."""


def sentences(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of a paragraph, white space at their ends left out."""
    at = paragraph.start
    while at < paragraph.end:
        window = Span(at, min(at + _WINDOW, paragraph.end))
        found = _segmented(text, window)
        if window.end < paragraph.end and len(found) > 1:
            found.pop()  # the window may have cut it
        yield from (sentence for one in found if len(sentence := one.trimmed(text)))
        at = found[-1].end


def _segmented(text: str, window: Span) -> list[Span]:
    """Give what the segmenter finds; all of it where that is fragments, as in no prose."""
    # A wrapped line's end is a space to the segmenter; one code point for one keeps every offset.
    flat = window.of(text).replace("\n", " ").replace("\r", " ")
    found = get_sentence_boundaries(_LANGUAGE, flat)
    if len(flat) == _WINDOW and len(found) * _FRAGMENT > len(flat):
        return [window]
    return [Span(one["start_index"], one["end_index"]).shifted(window.start) for one in found]


def cut(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    """Halve a span, at white space near its middle where there is any, until every piece fits."""
    if len(span) <= 1 or fits(span.of(text)):
        return [span]
    first, second = _halves(text, span)
    return cut(text, first, fits) + cut(text, second, fits)


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    middle = (span.start + span.end) // 2
    for distance in range(min(len(span) // 2, _LONGEST_WORD)):
        for at in (middle + distance, middle - distance):
            if text[at].isspace():
                first = Span(span.start, at).trimmed(text)
                second = Span(at, span.end).trimmed(text)
                if len(first) and len(second):
                    return first, second
    return Span(span.start, middle), Span(middle, span.end)
