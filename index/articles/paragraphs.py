"""Lines of an article, and which of them belong to one paragraph."""

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
_DOUBLE_SPACED_SHARE = 0.3
"""A file is double-spaced if the sentence visibly runs on across a blank line at `_WRAPPED_ENDS`
places, and at this share of all blank lines."""
_LONG = 40
"""Code points of a line that may end where a sentence runs on, if all of it is in capitals."""
_WORDS = re.compile(r"\S(?:[^\n]*\S)?")
"""A line without white space at its ends."""
_WORDS_TO_CR = re.compile(r"\S(?:[^\n\r]*\S)?")
SENTENCE_END = tuple(".!?:;\"”’')")
_FUNCTION_WORDS = frozenset(
    """a an the of in on at to for from by with and or but nor as than that which who whose whom is
    are was were be been has have had his her its their our your my this these those not no into
    over under between after before until when where while if because""".split()
)
"""Words that end no sentence, and hardly a line that is not wrapped."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without white space at its ends, and without the marks of what it stands in."""

    span: Span
    number: int
    """From 1; of a text whose lines may end at CR, those lines count too."""
    group: int = 0
    """Only lines of one group may form a paragraph."""
    opens: bool = False
    """Whether it begins a paragraph whatever is before it."""
    joins: bool = False
    """Whether it belongs to the line before it whatever that is."""
    closes: bool = False
    """Whether it ends its paragraph."""


def lines_of(text: Text, skipped: int = 0, at_cr: bool = False) -> list[Line]:
    """Return the lines that hold more than white space, without the first `skipped` lines.

    `at_cr` is for files in which CR alone ends a line.
    """
    if skipped >= text.line_count:
        return []
    found: list[Line] = []
    at, line = text.line_starts[skipped], skipped + 1
    for words in (_WORDS_TO_CR if at_cr else _WORDS).finditer(text.text, at):
        line += text.text.count("\n", at, words.start())
        if at_cr:
            both = text.text.count("\r\n", at, words.start())
            line += text.text.count("\r", at, words.start()) - both
        at = words.start()
        found.append(Line(Span(at, words.end()), line))
    return found


def joined(text: str, lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines of each paragraph, in order.

    Every line is a paragraph, unless the line before it looks wrapped: the file keeps to a margin
    that the next word would not have fitted into, or the sentence visibly runs on.
    """
    wrapped = _wrapped_lines(text, lines)
    found: list[list[Line]] = []
    for line in lines:
        if found and (line.joins or found[-1][-1].number in wrapped):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _wrapped_lines(text: str, lines: Sequence[Line]) -> set[int]:
    """Return the numbers of the lines that may run on into the next line that is not blank."""
    pairs = [
        (line, following)
        for line, following in pairwise(lines)
        if line.group == following.group and not following.opens and not line.closes
    ]
    inner = [pair for pair in pairs if pair[1].number - pair[0].number == 1]
    apart = [pair for pair in pairs if pair[1].number - pair[0].number == 2]
    across = [pair for pair in apart if _is_open(text, pair[0]) and _starts_small(text, pair[1])]
    if len(across) >= max(_WRAPPED_ENDS, _DOUBLE_SPACED_SHARE * len(apart)):
        inner += apart
    runs_on = {line.number for line, following in inner if _runs_on(text, line, following)}
    lengths = sorted(len(line.span) for line, _ in inner)
    # 95 %, because a caption may be longer than the margin that the other lines keep to.
    margin = lengths[(len(lengths) - 1) * 95 // 100] if lengths else 0
    if margin not in _MARGINS:
        return runs_on
    full = {
        line.number
        for line, following in inner
        if len(line.span) + 1 + len(following.span.of(text).split(maxsplit=1)[0]) > margin
    }
    is_wrapped = len(full & runs_on) >= max(_WRAPPED_ENDS, _WRAPPED_SHARE * len(full))
    return runs_on | full if is_wrapped else runs_on


def _runs_on(text: str, line: Line, following: Line) -> bool:
    """Return whether a sentence visibly runs on from a line into the next."""
    if not _is_open(text, line):
        return False
    if _starts_small(text, following):
        return True
    said = line.span.of(text)
    last = said[-20:].rsplit(maxsplit=1)[-1]
    if last.casefold() in _FUNCTION_WORDS and (last.islower() or said.isupper()):
        return True
    return len(said) >= _LONG and said.isupper() and following.span.of(text).isupper()


def _is_open(text: str, line: Line) -> bool:
    return not line.span.of(text).endswith(SENTENCE_END)


def _starts_small(text: str, line: Line) -> bool:
    return text[line.span.start].islower()
