"""The words of an answer found in a text that has them somewhat otherwise."""

import re

from index.articles.spans import Span


def find_answer(text: str, answer: str, start: int) -> tuple[Span, ...]:
    """Find an answer in a text, white space at its ends left out; nothing if it is not there.

    Where it does not stand at `start`, the nearest place counts that has its words, whole and in
    order, whatever the white space between them; if need be, whatever their case.
    """
    if stands_at(text, answer, start):
        return (Span(start, start + len(answer)).trimmed(text),)
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, answer.split())) + r"(?!\w)"
    for flags in (re.NOFLAG, re.IGNORECASE):
        spans = [Span(*match.span()) for match in re.finditer(pattern, text, flags)]
        if spans:
            return (min(spans, key=lambda span: abs(span.start - start)),)
    return ()


def stands_at(text: str, answer: str, start: int) -> bool:
    """Tell whether an answer stands at an offset, letter for letter."""
    return start >= 0 and text.startswith(answer, start)
