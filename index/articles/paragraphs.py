"""Lines of an article, and which of them belong to one paragraph."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

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
SENTENCE_END = tuple(".!?:;\"”’')")
_FUNCTION_WORDS = frozenset(
    """a an the of in on at to for from by with and or but nor as than that which who whose whom is
    are was were be been has have had his her its their our your my this these those not no into
    over under between after before until when where while if because""".split()
)
"""Words that end no sentence, and hardly a line that is not wrapped."""


class Line(msgspec.Struct, frozen=True, gc=False):
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
    is_full: bool | None = None
    """Whether the next word would not have fitted into it; None where that is to be judged by its
    code points."""


def lines_of(text: Text, skipped: int = 0, at_cr: bool = False) -> list[Line]:
    """Return the lines that hold more than white space, without the first `skipped` lines.

    `at_cr` is for files in which CR alone ends a line.
    """
    if skipped >= text.line_count:
        return []
    at = text.line_starts[skipped]
    rest = text.text[at:]
    if at_cr:  # one code point for one
        rest = rest.replace("\r\n", " \n").replace("\r", "\n")
    found: list[Line] = []
    for number, line in enumerate(rest.split("\n"), skipped + 1):
        if words := line.strip():
            start = at + len(line) - len(line.lstrip())
            found.append(Line(Span(start, start + len(words)), number))
        at += len(line) + 1
    return found


def joined(text: str, lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines of each paragraph, in order.

    Every line is a paragraph, unless the line before it looks wrapped: the file keeps to a margin
    that the next word would not have fitted into, or the sentence visibly runs on.
    """
    wrapped = _wrapped_lines(text, lines)
    found: list[list[Line]] = []
    for at, line in enumerate(lines):
        if found and (line.joins or at - 1 in wrapped):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _wrapped_lines(text: str, lines: Sequence[Line]) -> set[int]:
    """Return the indexes of the lines that may run on into the next line that is not blank."""
    inner, apart = [], []
    for at, (line, following) in enumerate(pairwise(lines)):
        if following.opens or line.closes or line.group != following.group:
            continue
        if following.number == line.number + 1:
            inner.append(at)
        elif following.number == line.number + 2:
            apart.append(at)
    if not inner and not apart:
        return set()
    said = [line.span.of(text) for line in lines]
    across = sum(_is_open(said[at]) and said[at + 1][:1].islower() for at in apart)
    if across >= max(_WRAPPED_ENDS, _DOUBLE_SPACED_SHARE * len(apart)):
        inner += apart
    runs_on = {at for at in inner if _is_open(said[at]) and _runs_on(said[at], said[at + 1])}
    full = {at for at in inner if lines[at].is_full} or _full_by_length(said, inner)
    is_wrapped = len(full & runs_on) >= max(_WRAPPED_ENDS, _WRAPPED_SHARE * len(full))
    return runs_on | full if is_wrapped else runs_on


def _full_by_length(said: Sequence[str], inner: Sequence[int]) -> set[int]:
    """Return the lines that the next word would not have fitted into; none without a margin."""
    lengths = sorted(len(said[at]) for at in inner)
    # 95 %, because a caption may be longer than the margin that the other lines keep to.
    margin = lengths[(len(lengths) - 1) * 95 // 100] if lengths else 0
    if margin not in _MARGINS:
        return set()
    return {at for at in inner if len(said[at]) + 1 + len(said[at + 1].split(None, 1)[0]) > margin}


def _is_open(line: str) -> bool:
    return not line.endswith(SENTENCE_END)


def _runs_on(line: str, following: str) -> bool:
    """Return whether a sentence that does not end in a line visibly runs on into the next."""
    if following[:1].islower():
        return True
    last = line[-20:].rsplit(maxsplit=1)[-1]
    if last.casefold() in _FUNCTION_WORDS and (last.islower() or line.isupper()):
        return True
    return len(line) >= _LONG and line.isupper() and following.isupper()
