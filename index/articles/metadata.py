"""What an article says about itself: its title, and the lines above its text."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import islice, takewhile
from pathlib import PurePosixPath

from msgspec.structs import replace

from index.articles.blocks import Block, Edit, Kind, ordered, words_as_read
from index.articles.boilerplate import MAX_LENGTH, TOP, is_boilerplate, normalised, repeated
from index.articles.dates import FRONT_MATTER_KEYS, date_in
from index.articles.front_matter import FrontMatter
from index.articles.spans import Span
from index.articles.text import Text

_SENTENCE_END = tuple(".!?\"”’'")
_QUOTE_END = tuple("\"”’'")
_PROSE_WORDS = 6
"""Minimum number of words in a paragraph that an article's text can begin with."""
_HEADLINE_WORDS = 12
"""A longer line that ends with a quotation is prose."""
_TITLE = 160
"""Code points; a longer line is a paragraph."""
_LINE = 90
"""Code points of a line above the text that is not part of it."""
_BY = re.compile(r"\W{0,3}by\s+\S", re.IGNORECASE)
_DATE_IN_NAME = re.compile(r"^(?:19|20)\d\d-?[01]\d-?[0-3]\d[-_ T]*")
_NAMED = re.compile(r"[^\W\d_]{3}")
_FACT_MARKS = re.compile(
    r"(?:(?<=\n)|^)[ \t]*-[ \t]+|[\[\]\"']{1,4}(?=[\s,]|$)|(?<=[\s,\[])[\[\"']{1,4}"
)
"""Bullets, brackets and quotes around the values of front matter."""
_AUTHORS = frozenset({"author", "authors", "by", "byline", "writer", "creator"})
_REPEATING = frozenset({Kind.PARAGRAPH, Kind.QUOTE})
"""Kinds whose repeats within a file are boilerplate."""
_HEADERS = frozenset({Kind.HEADING, Kind.FRONT_MATTER})
_COMPARED = _REPEATING | {Kind.HEADING}
_MARKED = _REPEATING | {Kind.ITEM}


def plain_words(text: str, block: Block) -> str:
    """Return a block as it is read, normalised unless it is long."""
    span = block.span
    is_read = block.edits and len(span) <= MAX_LENGTH
    return normalised(words_as_read(text, block.edits, span) if is_read else span.of(text))


def title_of(text: str, blocks: Sequence[Block], plain: Sequence[str], stated: str) -> str:
    """Return the title that an article gives itself; empty if it gives none.

    That is the title in its front matter, else its first heading if that is of the first level,
    else its headline. `plain` holds the plain words of each block.
    """
    if stated:
        return normalised(stated[:MAX_LENGTH])
    first = next((at for at, block in enumerate(blocks) if block.kind is Kind.HEADING), None)
    if first is not None and blocks[first].level == 1:
        said = plain[first]
        return said if len(said) <= MAX_LENGTH else normalised(said[:MAX_LENGTH])
    below = (at for at, block in enumerate(blocks) if block.kind is not Kind.FRONT_MATTER)
    top = takewhile(lambda at: _may_be_above(blocks[at]), islice(below, TOP))
    lines = [
        plain[at]
        for at in top
        if blocks[at].kind is Kind.PARAGRAPH and "\n" not in blocks[at].span.of(text)
    ]
    return _headline(lines, Counter(plain)) if lines else ""


def name_of(path: str) -> str:
    """Return the name of a file made readable; empty if it has no word."""
    stem = _DATE_IN_NAME.sub("", PurePosixPath(path).stem)
    name = " ".join(re.sub(r"[-_.]+", " ", stem).split())
    return name if _NAMED.search(name) else ""


def marked(blocks: Sequence[Block], plain: Sequence[str], title: str) -> list[Block]:
    """Return the blocks with title, lines above the text, and boilerplate marked as such.

    `plain` holds the plain words of each block.
    """
    kinds = {at: Kind.BYLINE for at in range(_masthead(blocks, plain))
             if _is_line(blocks[at], plain[at])}  # fmt: skip
    compared = [at for at, block in enumerate(blocks) if block.kind in _COMPARED]
    repeats = {compared[at] for at in repeated([plain[at] for at in compared])}
    worded = cache(is_boilerplate)
    for at, block in enumerate(blocks):
        is_repeat = at in repeats and block.kind in _REPEATING
        if is_repeat or (block.kind in _MARKED and worded(plain[at])):
            kinds[at] = Kind.BOILERPLATE
    titles = (at for at, said in enumerate(plain) if said == title and blocks[at].kind in _COMPARED)
    if title and (found := next(titles, None)) is not None:
        kinds[found] = Kind.TITLE
    changed = list(blocks)
    for at, kind in kinds.items():
        changed[at] = replace(blocks[at], kind=kind)
    return changed


def _is_line(block: Block, said: str) -> bool:
    """Return whether a block is a line that is no sentence."""
    is_short = block.kind is Kind.PARAGRAPH and len(said) <= _LINE
    return is_short and not said.endswith(_SENTENCE_END)


def front_matter_blocks(text: Text, matter: FrontMatter) -> list[Block]:
    """Return a block for each fact of front matter; the fences belong to the first and the last."""
    blocks: list[Block] = []
    title = next((fact for fact in matter.facts if fact.key.lower() == "title"), None)
    lead = _lines(text, title.first, title.last) if title else None
    for number, fact in enumerate(matter.facts):
        said = _lines(text, fact.first, fact.last)
        first = 0 if number == 0 else fact.first
        last = matter.lines - 1 if number == len(matter.facts) - 1 else fact.last
        span = _lines(text, first, last)
        marks = _FACT_MARKS.finditer(text.text, said.start, said.end)
        edits = [Edit(*mark.span()) for mark in marks]
        edits.append(Edit(said.start, said.start, _label(fact.key)))
        edits += [
            Edit(fence.start, fence.end)
            for fence in (Span(span.start, said.start), Span(said.end, span.end))
            if len(fence)
        ]
        blocks.append(
            Block(span, Kind.FRONT_MATTER, 0, ordered(edits), None if fact is title else lead)
        )
    return blocks


def _label(key: str) -> str:
    """Return what is read before the key of a fact, in the words in which people ask for it."""
    name = re.sub(r"[\s-]", "_", key.lower())
    if name in _AUTHORS:
        return "Written by "
    return "Published on " if name in FRONT_MATTER_KEYS else ""


def _lines(text: Text, first: int, last: int) -> Span:
    """Return the span of some lines, given by their indexes, without white space at its ends."""
    start, end = text.line_span(first + 1)[0], text.line_span(last + 1)[1]
    return Span(start, end).trimmed(text.text)


def _masthead(blocks: Sequence[Block], plain: Sequence[str]) -> int:
    """Count the blocks above an article's first sentence: outlet, section, headline, date.

    Returns 0 without a sentence near the top, and if there is a list or the like above it: then
    nothing distinguishes them from the text.
    """
    for at, said in enumerate(plain[: TOP + 1]):
        if not _may_be_above(blocks[at]) and blocks[at].kind not in _HEADERS:
            return 0
        if blocks[at].kind is Kind.PARAGRAPH and _reads_as_prose(said):
            return at
    return 0


def _may_be_above(block: Block) -> bool:
    """Return whether a block may stand above an article's text: a line, or a name and a value."""
    return block.kind is Kind.PARAGRAPH or (block.kind is Kind.ITEM and not block.level)


def _reads_as_prose(paragraph: str) -> bool:
    words = len(paragraph.split())
    if paragraph.endswith(_QUOTE_END) and not paragraph[:-1].endswith((".", "!", "?")):
        return words > _HEADLINE_WORDS
    return paragraph.endswith(_SENTENCE_END) and words >= _PROSE_WORDS


def _headline(lines: Sequence[str], copies: Counter[str]) -> str:
    """Choose a headline: a line that is repeated, else the longest above the first paragraph."""
    above = takewhile(lambda line: len(line) <= _TITLE and not _reads_as_prose(line), lines)
    candidates = [line for line in above if _reads_as_headline(line)]
    repeated = [line for line in candidates if copies[line] > 1]
    return next(iter(repeated), max(candidates, key=len, default=""))


def _reads_as_headline(line: str) -> bool:
    return (
        len(line.split()) > 1
        and not line.endswith((".", ":", ";", ","))
        and not _BY.match(line)
        and not is_boilerplate(line)
        and date_in(line) is None
    )
