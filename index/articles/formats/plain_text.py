"""Plain text to blocks: headings, lists, quoted mail, chats, and paragraphs, wrapped or not."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from msgspec.structs import replace

from index.articles.blocks import Block, Edit, Kind, ordered
from index.articles.formats.document import TextDocument
from index.articles.inline import broken_words
from index.articles.paragraphs import SENTENCE_END, Line, joined, lines_of
from index.articles.spans import Span
from index.articles.text import NotText, Text, decode

_PROBE = 200
"""Code points at the start of a line that say what it is."""
_HEADING = re.compile(r"(?P<marks>#{1,6})[ \t]+(?=\S)")
_LINE_MARKS = frozenset("#:")
_UNDERLINES = frozenset("=-~")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,})$")
_MAX_HEADING = 120
"""Code points of an underlined heading."""
_BULLETS = frozenset("-*+•–")
_BULLET = re.compile(r"(?P<mark>[-*+•–])[ \t]+(?=\S)")
_NUMBER = re.compile(r"(?P<number>\d{1,3})(?P<mark>[.)])[ \t]+(?=\S)")
_QUOTED = re.compile(r"(?:>[ \t]?){1,20}")
_KEY = re.compile(r"(?P<key>[^\W\d_][\w '’/&.-]{0,38}[\w)])(?:::?[ \t]+)(?=\S)")
_DEFINITION = re.compile(r":[ \t]+(?=\S)")
_TIME = (
    r"(?:\[[\d/.,: T-]{4,24}(?: ?[AaPp]\.?[Mm]\.?)?\]|\(\d{1,2}[:.]\d\d(?:[:.]\d\d)?\)|"
    r"\d[\d/.-]{3,10},? \d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?|"
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d)?)"
)
_CHAT = re.compile(
    rf"(?P<before>(?:\\?{_TIME})[ \t]*[-–]?[ \t]*)?"
    r"(?:<[@+%~&]?(?P<nick>[^<>\s]{1,30})>[ \t]+|"
    r"(?:\*\*|__)?(?P<name>[^\W\d_][\w .'’-]{0,38}?)"
    rf"(?P<between>[ \t]*\\?(?:{_TIME}|\[[\d:]{{4,8}}\\\]))?(?::(?:\*\*|__)?|(?:\*\*|__):)"
    r"[ \t]*)"
    rf"(?P<after>(?:\\?{_TIME}|\\\[[\d:]{{4,8}}\\\])[ \t]*)?"
)
_MIN_TURNS = 2
"""Lines by one speaker from which on a name and a colon are a speaker's."""
_QUESTION = frozenset({"q", "question", "a", "answer"})
_RUNNING_HEAD = 70
"""Code points."""
_MAX_HEAD_LINES = 4
_PAGE_NUMBER = re.compile(r"[\W_]*(?:page )?[\divxlc]{1,5}[\W_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a line begins, by its first code points."""

    kind: Kind
    level: int = 0
    marks: tuple[Edit, ...] = ()
    lead: Span | None = None
    lines: int | None = None
    """How many lines it has; None if what follows it may belong to it."""


def read(data: bytes) -> TextDocument | NotText:
    """Read a text file."""
    text = decode(data)
    return text if isinstance(text, NotText) else TextDocument(text, read_plain_text)


def read_plain_text(text: Text, skipped: int = 0) -> list[Block]:
    """Return the blocks of a plain text, without those of its first `skipped` lines."""
    lines = lines_of(text, skipped, at_cr=True)
    found: list[Block] = []
    for is_quoted, part in groupby(lines, lambda line: text.text[line.span.start] == ">"):
        found += (_quoted if is_quoted else paragraph_blocks)(text.text, list(part))
    copies = Counter(_head(text.text, block) for block in found)
    return over_page_breaks(
        text.text, found, lambda block: _is_running_head(text.text, block, copies)
    )


def _quoted(text: str, lines: Sequence[Line]) -> list[Block]:
    """Return the paragraphs of quoted mail, without their marks."""
    stripped = []
    for line in lines:
        match = _QUOTED.match(text, line.span.start, line.span.end)
        prefix = match[0] if match else ""
        span = Span(line.span.start + len(prefix), line.span.end)
        stripped.append(Line(span, line.number, prefix.count(">")))
    blocks = []
    for _, part in groupby(stripped, lambda line: (line.group, len(line.span) > 0)):
        block = list(part)
        for said in [block] if not len(block[0].span) else joined(text, block):
            whole = Span(_line_start(text, said[0].span.start, lines), said[-1].span.end)
            marks = [Edit(at, line.span.start) for at, line in _marked(text, whole, said)]
            edits = ordered([*marks, *broken_words(text, whole)])
            blocks.append(Block(whole, Kind.QUOTE, said[0].group, edits))
    return blocks


def _line_start(text: str, at: int, lines: Sequence[Line]) -> int:
    """Return where the marks of the line around a code point begin."""
    start = text.rfind("\n", 0, at) + 1
    return max(start + len(text[start:at]) - len(text[start:at].lstrip()), lines[0].span.start)


def _marked(text: str, whole: Span, said: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    """Yield lines with where their marks begin."""
    for number, line in enumerate(said):
        start = whole.start if not number else text.rfind("\n", 0, line.span.start) + 1
        if start < line.span.start:
            yield start, line


def paragraph_blocks(text: str, lines: Sequence[Line]) -> list[Block]:
    """Return the blocks of lines of which none is quoted."""
    opened = openings(text, lines)
    paragraphs = joined(text, marked_lines(lines, opened))
    return list(_paragraphs_of(text, paragraphs, opened))


def marked_lines(lines: Sequence[Line], opened: dict[int, Opened]) -> list[Line]:
    """Return lines that know what they open and close."""
    found: list[Line] = []
    for line in lines:
        one, before = opened.get(line.number), opened.get(line.number - 1)
        joins = before is not None and before.lines == 2
        if one or joins:
            closes = joins or (one is not None and one.lines == 1)
            line = replace(line, opens=one is not None, joins=joins, closes=closes)
        found.append(line)
    return found


def _paragraphs_of(
    text: str, paragraphs: Iterable[Sequence[Line]], opened: dict[int, Opened]
) -> Iterator[Block]:
    """Yield the blocks of paragraphs."""
    plain = Opened(Kind.PARAGRAPH)
    for said in paragraphs:
        span = said[0].span if len(said) == 1 else Span(said[0].span.start, said[-1].span.end)
        first = opened.get(said[0].number, plain)
        edits = ordered([*first.marks, *broken_words(text, span)])
        yield Block(span, first.kind, first.level, edits, first.lead)


def openings(text: str, lines: Sequence[Line]) -> dict[int, Opened]:
    """Return what each line begins, by its number; other lines may continue the one before."""
    heads = [text[line.span.start : min(line.span.end, line.span.start + _PROBE)] for line in lines]
    found = _underlined(heads, lines)
    found |= speakers(heads, lines)
    found |= _items(heads, lines)
    keys = {
        line.number: match
        for line, head in zip(lines, heads, strict=True)
        if ":" in head and (match := _KEY.match(head))
    }
    fact = Opened(Kind.ITEM)
    for at, (line, head) in enumerate(zip(lines, heads, strict=True)):
        first = head[:1]
        if line.number in found or not (first in _LINE_MARKS or line.number in keys):
            continue
        before = lines[at - 1] if at and lines[at - 1].number == line.number - 1 else None
        if first == "#" and (match := _HEADING.match(head)):
            mark = Edit(line.span.start, line.span.start + match.end())
            found[line.number] = Opened(Kind.HEADING, len(match["marks"]), (mark,), None, 1)
        elif before and first == ":" and (match := _DEFINITION.match(head)):
            mark = Edit(line.span.start, line.span.start + match.end())
            found[line.number] = Opened(Kind.ITEM, 1, (mark,), before.span)
        elif line.number in keys and _is_fact(text, keys[line.number], before, keys):
            found[line.number] = fact
    return found


def _is_fact(
    text: str, match: re.Match[str], before: Line | None, keys: Mapping[int, re.Match[str]]
) -> bool:
    """Return whether a name and a colon begin a fact, not the middle of a wrapped sentence."""
    if "::" in match[0] or before is None:
        return True
    return len(keys) > 1 and (before.number in keys or text[before.span.end - 1] in ".!?:")


def _underlined(heads: Sequence[str], lines: Sequence[Line]) -> dict[int, Opened]:
    """Return headings that are underlined, with their underlines; both are one block."""
    found: dict[int, Opened] = {}
    for at, (line, below) in enumerate(pairwise(lines)):
        if (
            heads[at + 1][:1] in _UNDERLINES
            and below.number == line.number + 1
            and _UNDERLINE.match(heads[at + 1])
            and len(line.span) <= _MAX_HEADING
            and not _UNDERLINE.match(heads[at])
            and (at == 0 or lines[at - 1].number < line.number - 1)
        ):
            level = 1 if heads[at + 1][0] == "=" else 2
            mark = Edit(line.span.end, below.span.end)
            found[line.number] = Opened(Kind.HEADING, level, (mark,), None, 2)
    return found


def _items(heads: Sequence[str], lines: Sequence[Line]) -> dict[int, Opened]:
    """Return list items. A line in a sentence may begin with a dash or a number and is none."""
    matches = [_item(head) for head in heads]
    if not any(matches):
        return {}
    found: dict[int, Opened] = {}
    intro: Span | None = None
    for at, (match, line) in enumerate(zip(matches, lines, strict=True)):
        if match is None:
            is_inside = at and lines[at - 1].number == line.number - 1 and matches[at - 1]
            intro = intro if is_inside else None
            continue
        before = lines[at - 1] if at and lines[at - 1].number == line.number - 1 else None
        follows_item = before is not None and before.number in found
        if before and not follows_item and not _may_follow(heads, matches, lines, at):
            continue
        if at and not follows_item and heads[at - 1].endswith(":"):
            intro = lines[at - 1].span
        is_number = match.re is _NUMBER
        kept = heads[at][: match.end()] if is_number else ""
        found[line.number] = Opened(
            Kind.ITEM, 1, (Edit(line.span.start, line.span.start + match.end(), kept),), intro
        )
    return found


def _item(head: str) -> re.Match[str] | None:
    """Return the bullet or the number that a line begins with."""
    if head[:1] in _BULLETS:
        return _BULLET.match(head)
    return _NUMBER.match(head) if head[:1].isdecimal() else None


def _may_follow(
    heads: Sequence[str], matches: Sequence[re.Match[str] | None], lines: Sequence[Line], at: int
) -> bool:
    """Return whether a line that begins like an item is one, directly below a line that is none.

    It is if that line ends a sentence or a clause, or if a like item follows in the same lines.
    """
    match = matches[at]
    if heads[at - 1].endswith(SENTENCE_END):
        return True
    for following in range(at + 1, min(at + 40, len(lines))):
        if lines[following].number != lines[following - 1].number + 1:
            return False
        other = matches[following]
        if other and match and other["mark"] == match["mark"]:
            if match.re is not _NUMBER:
                return True
            return int(other["number"]) == int(match["number"]) + 1
    return False


def speakers(heads: Sequence[str], lines: Sequence[Line]) -> dict[int, Opened]:
    """Return the turns of a conversation: a chat, a transcript, or questions and answers."""
    matches = [_CHAT.match(head) if ":" in head or "<" in head else None for head in heads]
    if not any(matches):
        return {}
    names = [_speaker(match) for match in matches]
    turns = Counter(name for name in names if name)
    found: dict[int, Opened] = {}
    question: Line | None = None
    for line, match, name in zip(lines, matches, names, strict=True):
        if match is None or not name:
            continue
        has_time = any(match[group] for group in ("before", "between", "after", "nick"))
        if name in _QUESTION:
            is_answer = name.startswith("a")
            lead = question.span if question and is_answer else None
            question = question if is_answer else line
            found[line.number] = Opened(Kind.DIALOGUE, 0, _speaker_marks(match, line), lead)
        elif turns[name] >= _MIN_TURNS or (has_time and len(turns) > 1):
            found[line.number] = Opened(Kind.DIALOGUE, 0, _speaker_marks(match, line))
    return found


def _speaker(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    return (match["nick"] or match["name"] or "").strip().casefold()


def _speaker_marks(match: re.Match[str], line: Line) -> tuple[Edit, ...]:
    """Return what is read in place of the times and brackets around a speaker's name."""
    edits = []
    if match["before"]:
        edits.append(Edit(*match.span("before")))
    if match["nick"]:
        start, end = match.span("nick")
        opener = match.end("before") if match["before"] else 0
        edits.append(Edit(opener, start))
        edits.append(Edit(end, end + 1, ":"))
    edits += [Edit(*match.span(group)) for group in ("between", "after") if match[group]]
    return tuple(edit.shifted(line.span.start) for edit in edits)


def over_page_breaks(
    text: str, blocks: Sequence[Block], is_head: Callable[[Block], bool]
) -> list[Block]:
    """Join a sentence across a page break, without the running heads and numbers inside it."""
    found: list[Block] = []
    at = 0
    while at < len(blocks):
        parts = [blocks[at]]
        while after := _after_break(text, blocks, at, is_head):
            parts.append(blocks[after])
            at = after
        found.append(_over_breaks(parts) if len(parts) > 1 else parts[0])
        at += 1
    return found


def _over_breaks(parts: Sequence[Block]) -> Block:
    """Return one block of the parts of a sentence on several pages."""
    edits = list(parts[0].edits)
    for before, after in pairwise(parts):
        edits += [Edit(before.span.end, after.span.start, "\n"), *after.edits]
    span = Span(parts[0].span.start, parts[-1].span.end)
    return Block(span, parts[0].kind, parts[0].level, ordered(edits), parts[0].lead)


def _after_break(
    text: str, blocks: Sequence[Block], at: int, is_head: Callable[[Block], bool]
) -> int | None:
    """Return the block that continues the sentence at the end of this one on the next page."""
    block = blocks[at]
    if block.kind is not Kind.PARAGRAPH or text[block.span.end - 1] in SENTENCE_END:
        return None
    for after in range(at + 2, min(at + 2 + _MAX_HEAD_LINES, len(blocks))):
        if not is_head(blocks[after - 1]):
            return None
        following = blocks[after]
        if following.kind is Kind.PARAGRAPH and text[following.span.start].islower():
            return after
    return None


def _is_running_head(text: str, block: Block, copies: Counter[str]) -> bool:
    if len(block.span) > _RUNNING_HEAD:
        return False
    head = _head(text, block)
    if "\n" in head:
        return False
    return copies[head] > 1 or head.isupper() or bool(_PAGE_NUMBER.fullmatch(head))


def _head(text: str, block: Block) -> str:
    return text[block.span.start : min(block.span.end, block.span.start + _RUNNING_HEAD)]
