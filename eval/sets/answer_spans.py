"""Find an answer in a text that may differ in white space or case."""

import re

from index.articles.spans import Span


def find_answer(text: str, answer: str, start: int) -> Span | None:
    """Return the span of an answer, without white space at its ends; None if it is not there.

    If the answer is not at `start`, the nearest occurrence of its words counts: whole words in
    order, with any white space between them, and if needed in any case.
    """
    if is_at(text, answer, start):
        return Span(start, start + len(answer)).trimmed(text)
    pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, answer.split())) + r"(?!\w)"
    for flags in (re.NOFLAG, re.IGNORECASE):
        spans = [Span(*match.span()) for match in re.finditer(pattern, text, flags)]
        if spans:
            return min(spans, key=lambda span: abs(span.start - start))
    return None


def is_at(text: str, answer: str, start: int) -> bool:
    """Return whether an answer is at an offset, character for character."""
    return start >= 0 and text.startswith(answer, start)
