"""Split an article into paragraphs: single lines, or the lines of a hard-wrapped block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.articles.spans import Span
from index.articles.text import Text

_MARGINS = range(40, 121)
"""Code points: the widths that files are hard-wrapped at."""
_WRAPPED_ENDS = 3
_WRAPPED_SHARE = 0.5
"""A file is hard-wrapped if the sentence visibly runs on at this many, and at this share, of the
line ends where the next word would not have fitted."""
_ITEM = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)]|#{1,6}|>)\s")
_WORDS = re.compile(r"\S(?:[^\n]*\S)?")
"""A line without white space at its ends."""
_HEADING = re.compile(r"\s*#{1,6}\s")
_SENTENCE_END = tuple(".!?:;\"”'’)")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph without white space at its ends."""

    span: Span
    first_line: int
    """From 1."""
    last_line: int


def paragraphs(text: Text, skipped: int = 0) -> list[Paragraph]:
    """Return the paragraphs of an article in order, without those of its first `skipped` lines.

    Every line is a paragraph, unless the line before it looks wrapped: the file keeps to a margin
    that the next word would not have fitted into, or the sentence visibly runs on.
    """
    lines = _lines(text, skipped) if skipped < text.line_count else []
    wrapped = _wrapped_lines(text.text, lines)
    found: list[Paragraph] = []
    for line in lines:
        if line.first_line - 1 in wrapped:
            before = found.pop()
            joined = Span(before.span.start, line.span.end)
            found.append(Paragraph(joined, before.first_line, line.last_line))
        else:
            found.append(line)
    return found


def _lines(text: Text, skipped: int) -> list[Paragraph]:
    """Return the lines that hold more than white space."""
    found: list[Paragraph] = []
    at, line = text.line_starts[skipped], skipped + 1
    for words in _WORDS.finditer(text.text, at):
        line += text.text.count("\n", at, words.start())
        at = words.start()
        found.append(Paragraph(Span(at, words.end()), line, line))
    return found


def is_heading(paragraph: str) -> bool:
    """Return whether a paragraph is a Markdown heading."""
    return _HEADING.match(paragraph) is not None


def _wrapped_lines(text: str, lines: Sequence[Paragraph]) -> set[int]:
    """Return the numbers, from 1, of the lines that may run on into the next."""
    inner = [
        (line, following)
        for line, following in pairwise(lines)
        if line.last_line + 1 == following.first_line
        and not _ITEM.match(following.span.of(text))
        and not is_heading(line.span.of(text))
    ]
    runs_on = {line.last_line for line, following in inner if _runs_on(text, line, following)}
    lengths = sorted(len(line.span) for line, _ in inner)
    # 95 %, because a caption may be longer than the margin that the other lines keep to.
    margin = lengths[(len(lengths) - 1) * 95 // 100] if lengths else 0
    if margin not in _MARGINS:
        return runs_on
    full = {
        line.last_line
        for line, following in inner
        if len(line.span) + 1 + len(following.span.of(text).split(maxsplit=1)[0]) > margin
    }
    is_wrapped = len(full & runs_on) >= max(_WRAPPED_ENDS, _WRAPPED_SHARE * len(full))
    return runs_on | full if is_wrapped else runs_on


def _runs_on(text: str, line: Paragraph, following: Paragraph) -> bool:
    ends_open = not line.span.of(text).endswith(_SENTENCE_END)
    return ends_open and text[following.span.start].islower()
