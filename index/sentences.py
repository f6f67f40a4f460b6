"""Where the sentences of a paragraph stand, and how one that is too long is cut."""

from collections.abc import Callable, Iterator

from sentencex import get_sentence_boundaries

from index.spans import Span

_LANGUAGE = "en"


def sentences(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of a paragraph, white space at their ends left out."""
    # A wrapped line's end is a space to the segmenter; one code point for one keeps every offset.
    flat = paragraph.of(text).replace("\n", " ").replace("\r", " ")
    for boundary in get_sentence_boundaries(_LANGUAGE, flat):
        span = Span(boundary["start_index"], boundary["end_index"])
        sentence = span.shifted(paragraph.start).trimmed(text)
        if len(sentence):
            yield sentence


def cut(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    """Halve a span, at the white space nearest its middle, until every piece fits."""
    if len(span) <= 1 or fits(span.of(text)):
        return [span]
    first, second = _halves(text, span)
    return cut(text, first, fits) + cut(text, second, fits)


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    middle = (span.start + span.end) // 2
    for distance in range(len(span) // 2):
        for at in (middle + distance, middle - distance):
            if text[at].isspace():
                first = Span(span.start, at).trimmed(text)
                second = Span(at, span.end).trimmed(text)
                if len(first) and len(second):
                    return first, second
    return Span(span.start, middle), Span(middle, span.end)
