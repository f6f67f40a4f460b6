"""The quotations of a text that a person wrote: in quotation marks, or in block quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.articles.spans import Span

_MOST = 4_000
"""Code points of a quotation in marks; with more, a mark is missing."""
_FEWEST_WORDS = 2
_BLOCK = re.compile(r" {0,3}(?:> ?)+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ATTRIBUTION = re.compile(r"\s*(?:—|--|–|― )")
"""The start of a last line that says whose words a block quote has."""
_MARKS = re.compile(
    rf"“(?P<curly>[^“”]{{1,{_MOST}}})”|\"(?P<straight>[^\"]{{1,{_MOST}}})\"|"
    rf"„(?P<low>[^„“”]{{1,{_MOST}}})[“”]|«(?P<angle>[^«»]{{1,{_MOST}}})»|"
    rf"‘(?P<single>(?:[^‘’]|’(?=\w)){{1,{_MOST}}})’"
)
_NO_TEXT = re.compile(r"<!--.*?-->|<[^<>\n]{1,300}>|`[^`\n]{1,300}`", re.DOTALL)
"""Comments, tags and code, in which quotation marks have another meaning."""
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(?<![\w*_])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\w*_])")
_PLACE = re.compile(
    r"`(?P<ticked>[^`\n]{1,1000}?):(?P<ticked_line>\d{1,9})(?::\d{1,9})?`|"
    r"(?<![\w/.~:@-])(?P<path>[\w~./-][^\s:`\"“”()<>\[\],;]{0,1000}):(?P<line>\d{1,9})(?::\d{1,9})?(?!\w)"
)
"""`PATH:LINE` or `PATH:LINE:COLUMN`."""


@dataclass(frozen=True, slots=True)
class CitedPlace:
    """A place that a text names beside a quotation."""

    path: str
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage that a text quotes."""

    span: Span
    """In the text, without the marks; of a block quote, from its first to its last line."""
    words: str
    """What is quoted, without Markdown's marks."""
    cited: CitedPlace | None
    """The place named beside it; None if none is."""


def quotations(text: str) -> list[Quotation]:
    """Return the quotations of a Markdown or plain text, in order.

    A single word in marks is not a quotation. Code, comments and front matter have none.
    """
    found = sorted(_found(text), key=lambda quotation: quotation[0].start)
    ends = [span.start for span, _, _ in found] + [len(text)]
    return [
        Quotation(span, words, _cited(text[span.end : min(end, limit)]))
        for (span, words, limit), end in zip(found, ends[1:], strict=True)
        if len(words.split()) >= _FEWEST_WORDS
    ]


_Found = tuple[Span, str, int]
"""Where a quotation is, its words, and how far the place that it cites may be."""


def _found(text: str) -> Iterator[_Found]:
    for lines, is_block in _paragraphs(text):
        start, end = lines[0].start, lines[-1].end
        if is_block:
            yield from _block_quote(text, lines)
            continue
        paragraph = _NO_TEXT.sub(lambda match: " " * len(match[0]), text[start:end])
        for match in _MARKS.finditer(paragraph):
            span = Span(*match.span(match.lastgroup or 0)).shifted(start)
            yield span, _plain(span.of(text)), end


def _block_quote(text: str, lines: list[Span]) -> Iterator[_Found]:
    written = [_BLOCK.sub("", line.of(text), count=1) for line in lines]
    if len(written) > 1 and _ATTRIBUTION.match(written[-1]):
        lines, written = lines[:-1], written[:-1]
    span = Span(lines[0].start, lines[-1].end)
    after = text.find("\n\n", span.end + 2)
    yield span, _plain("\n".join(written).strip()), after if after != -1 else len(text)


def _paragraphs(text: str) -> Iterator[tuple[list[Span], bool]]:
    """Yield the lines of each paragraph, and whether it is a block quote."""
    gathered: list[Span] = []
    was_block = is_fenced = False
    for line in _lines(text):
        words = line.of(text)
        if _FENCE.match(words):
            is_fenced = not is_fenced
        is_block = _BLOCK.match(words) is not None
        is_text = bool(words.strip()) and not is_fenced and not _FENCE.match(words)
        if gathered and (not is_text or is_block != was_block):
            yield gathered, was_block
            gathered = []
        if is_text:
            gathered.append(line)
            was_block = is_block
    if gathered:
        yield gathered, was_block


def _lines(text: str) -> Iterator[Span]:
    """Yield the lines below front matter."""
    matter = re.match(r"---[ \t]*\r?\n(?:.*\n){0,200}?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", text)
    at = matter.end() if matter else 0
    while at <= len(text):
        end = text.find("\n", at)
        end = len(text) if end == -1 else end
        yield Span(at, end)
        at = end + 1


def _plain(written: str) -> str:
    """Return words without Markdown's emphasis and escapes."""
    held = _ESCAPE.sub(lambda match: chr(0xE000 + ord(match[1])), written)
    plain = _EMPHASIS.sub("", held)
    return re.sub("[\ue021-\ue07e]", lambda match: chr(ord(match[0]) - 0xE000), plain).strip()


def _cited(after: str) -> CitedPlace | None:
    match = _PLACE.search(after)
    if match is None:
        return None
    return CitedPlace(match["ticked"] or match["path"], int(match["ticked_line"] or match["line"]))
