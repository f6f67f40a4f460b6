"""Markdown to blocks, by markdown-it-py, whose tokens carry line ranges."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from index.articles.blocks import Block, Edit, Kind, has_words, ordered
from index.articles.formats.document import TextDocument
from index.articles.formats.plain_text import Opened, marked_lines, openings, read_plain_text
from index.articles.inline import inline_edits, is_dense
from index.articles.paragraphs import Line, joined, lines_of
from index.articles.spans import Span
from index.articles.text import NotText, Text, decode

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_LINES = 10_000
"""A file of more lines is read as plain text: parsing takes some 30 microseconds a line."""
_LEAVES = frozenset(
    (
        "heading_open",
        "paragraph_open",
        "fence",
        "code_block",
        "html_block",
        "hr",
        "thead_open",
        "tr_open",
    )
)
"""Tokens that hold text."""
_LONG = 40
"""Code points of a line that the next one continues; a shorter line may stand on its own."""
_QUOTE = re.compile(r"(?:[ \t]*>){1,40}[ \t]?")
_MARKER = re.compile(r"[ \t]*(?P<mark>[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_CALLOUT = re.compile(r"\[![^\]\n]{1,40}\][+-]?[ \t]*")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,60}\]:")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]*")
_BAR = re.compile(r"[ \t]*(?<!\\)\|[ \t]*")
_MAX_LABEL = 60
"""Code points of a column's name that are read before a cell."""
_MAX_LABELS = 400
"""Code points of all of them; in a wider table the cells are read without."""
_MAX_BARS = 100
"""In a line of a table with more of them, cells are not told apart."""
_MAX_QUESTION = 200
"""Code points of a line that may be a question with its answer below."""


@dataclass
class _Place:
    """Where the parser is: in which lists and quotations."""

    quotes: int = 0
    lists: list[Span | None] = field(default_factory=list)
    """The lead of the items of each open list."""
    markers: int = 0
    """Items that were opened since the last leaf."""
    header: Line | None = None
    """Of the table; None before it."""
    names: Sequence[str] = ()
    """Of the table's columns; empty if they are not read with its cells."""
    item: Span | None = None
    """The words of the innermost item so far; None before any."""


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    from index.articles.formats.table_rows import RowParser

    parser = MarkdownIt("commonmark")
    parser.block = RowParser()  # with all rules of CommonMark, and tables
    parser.disable("reference")
    # Only blocks are parsed: `inline` reads marks with their offsets, which tokens lack.
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def read(data: bytes) -> TextDocument | NotText:
    """Read a Markdown file."""
    text = decode(data)
    if isinstance(text, NotText):
        return text
    return TextDocument(text, read_markdown if text.line_count <= MAX_LINES else read_plain_text)


def read_markdown(text: Text, skipped: int = 0) -> list[Block]:
    """Return the blocks of a Markdown text, without those of its first `skipped` lines."""
    reader = _Reader(text, skipped)
    return reader.blocks()


class _Reader:
    """Reads one text."""

    def __init__(self, text: Text, skipped: int) -> None:
        self.text = text.text
        self.is_markdown = not is_dense(text.text)
        self.lines = lines_of(text, skipped)
        self.numbers = [line.number for line in self.lines]
        start = text.line_starts[skipped] if skipped < len(text.line_starts) else len(text.text)
        # CommonMark ends lines at CR too and drops NUL: one code point for one keeps every line.
        self.source = text.text[start:].replace("\r", " ").replace("\0", " ")
        self.first = skipped + 1
        self.last_words: Span | None = None

    def blocks(self) -> list[Block]:
        """Return all blocks, in order; lines that no token covers are paragraphs."""
        leaves = sorted(self._leaves(_parser().parse(self.source)), key=lambda leaf: leaf[0])
        found: list[Block] = []
        at = 0
        for first, last, blocks in leaves:
            if first < at:
                continue
            found += self._uncovered(at, first)
            found += blocks
            at = last
        found += self._uncovered(at, self.first + len(self.source))
        return found

    def _uncovered(self, first: int, last: int) -> list[Block]:
        lines = self._between(first, last)
        return self._paragraphs(lines, Kind.PARAGRAPH, 0, None, _Place()) if lines else []

    def _between(self, first: int, last: int) -> list[Line]:
        """Return the lines from a number up to but not including another that are not blank."""
        return self.lines[bisect_left(self.numbers, first) : bisect_left(self.numbers, last)]

    def _leaves(self, tokens: "Sequence[Token]") -> Iterator[tuple[int, int, list[Block]]]:
        """Yield the line range and the blocks of each token that holds text."""
        place = _Place()
        for token in tokens:
            self._move(place, token)
            if token.map is None or token.type not in _LEAVES:
                continue
            first, last = (self.first + line for line in token.map)
            last += token.type == "thead_open"  # the line of dashes below it
            lines = self._between(first, last)
            if lines:
                blocks = self._blocks_of(token, lines, place)
                place.markers = 0
                self.last_words = blocks[-1].span
                yield first, last, blocks

    def _move(self, place: _Place, token: "Token") -> None:
        """Follow a token into, or out of, a quotation, a list or an item."""
        match token.type:
            case "blockquote_open" | "blockquote_close":
                place.quotes += token.nesting
            case "bullet_list_open" | "ordered_list_open":
                place.lists.append(self._introduction(place))
            case "bullet_list_close" | "ordered_list_close":
                place.lists.pop()
            case "list_item_open":
                place.markers += 1
                place.item = None
            case "table_open":
                place.header = None

    def _blocks_of(self, token: "Token", lines: Sequence[Line], place: _Place) -> list[Block]:
        match token.type:
            case "heading_open":
                return [self._heading(lines, int(token.tag[1]))]
            case "fence" | "code_block":
                return [self._code(lines, token)]
            case "hr":
                return [Block(lines[0].span, Kind.BOILERPLATE)]
            case "html_block":
                return self._html(lines, place)
            case "thead_open":
                place.header, place.names = lines[0], self._names(lines[0])
                return [self._header(lines[0], lines[1:])]
            case "tr_open" if place.header:
                return [self._row(lines[0], place.header, place.names)]
            case _:
                return self._leaf(lines, place)

    def _html(self, lines: Sequence[Line], place: _Place) -> list[Block]:
        span = Span(lines[0].span.start, lines[-1].span.end)
        if self.text.startswith("<!--", span.start):
            return [Block(span, Kind.PARAGRAPH, 0, self._inline(span))]
        return self._paragraphs(lines, Kind.PARAGRAPH, 0, None, place)

    def _introduction(self, place: _Place) -> Span | None:
        """Return what a list that begins is read after: its item, or a line with a colon."""
        if place.lists and place.item:
            return place.item
        last = self.last_words
        if last and self.text[last.start : last.end].rstrip("*_ \t").endswith(":"):
            return self._last_line(last)
        return None

    def _last_line(self, span: Span) -> Span:
        start = max(span.start, span.end - _MAX_QUESTION)
        return Span(self.text.rfind("\n", start, span.end) + 1 or start, span.end).trimmed(
            self.text
        )

    def _heading(self, lines: Sequence[Line], level: int) -> Block:
        span = Span(lines[0].span.start, lines[-1].span.end)
        edits = []
        if match := _HEADING.match(self.text, span.start, span.end):
            edits.append(Edit(*match.span()))
            if closing := _CLOSING.search(self.text, max(match.end(), span.end - 200), span.end):
                edits.append(Edit(*closing.span()))
        elif len(lines) > 1:
            edits.append(Edit(lines[-2].span.end, span.end))
        return Block(span, Kind.HEADING, level, ordered([*edits, *self._inline(span)]))

    def _leaf(self, lines: Sequence[Line], place: _Place) -> list[Block]:
        """Return the blocks of a paragraph, of an item or of a quotation."""
        if place.lists:
            lead = place.lists[-1]
            blocks = self._paragraphs(lines, Kind.ITEM, len(place.lists), lead, place)
            place.item = place.item or self._last_line(blocks[0].span)
            return blocks
        if place.quotes:
            return self._paragraphs(lines, Kind.QUOTE, place.quotes, None, place)
        return self._paragraphs(lines, Kind.PARAGRAPH, 0, None, place)

    def _paragraphs(
        self, lines: Sequence[Line], kind: Kind, level: int, lead: Span | None, place: _Place
    ) -> list[Block]:
        bare, marks = self._without_marks(lines, place)
        opened = {
            number: one
            for number, one in openings(self.text, bare).items()
            if one.kind in (Kind.DIALOGUE, Kind.ITEM)
        }
        opened |= self._answers(bare, opened)
        opened |= {
            line.number: Opened(Kind.PARAGRAPH)
            for line in bare
            if _FOOTNOTE.match(self.text, line.span.start, line.span.end)
        }
        paragraphs = [bare] if len(bare) == 1 else self._joined(bare, opened)
        unopened = Opened(kind, level, (), lead)
        blocks = []
        for said in paragraphs:
            first = opened.get(said[0].number, unopened)
            before = marks[said[0].number]
            start = before[0].start if before else said[0].span.start
            span = Span(start, said[-1].span.end)
            edits = [mark for line in said for mark in marks[line.number]]
            edits += [*first.marks, *self._inline(span)]
            blocks.append(Block(span, first.kind, first.level, ordered(edits), first.lead))
        return blocks

    def _without_marks(
        self, lines: Sequence[Line], place: _Place
    ) -> tuple[list[Line], dict[int, list[Edit]]]:
        """Return lines without the marks of quotations and items, and those marks by line."""
        bare: list[Line] = []
        marks: dict[int, list[Edit]] = {}
        markers = place.markers
        for line in lines:
            at, end = line.span.start, line.span.end
            edits = []
            if place.quotes and (match := _QUOTE.match(self.text, at, end)):
                edits.append(Edit(at, match.end()))
                at = match.end()
            while markers and (match := _MARKER.match(self.text, at, end)):
                kept = match[0] if match["mark"][0].isdigit() else ""
                edits.append(Edit(at, match.end(), kept))
                at = match.end()
                markers -= 1
            markers = 0
            if place.quotes and (match := _CALLOUT.match(self.text, at, end)):
                edits.append(Edit(at, match.end()))
                at = match.end()
            span = Span(at, end)
            span = span.trimmed(self.text) if self.text[at:end].strip() else Span(end, end)
            bare.append(Line(span, line.number))
            marks[line.number] = edits
        return bare, marks

    def _answers(self, lines: Sequence[Line], opened: dict[int, Opened]) -> dict[int, Opened]:
        """Return the line below a question in its first line: the answer."""
        if len(lines) < 2 or len(lines[0].span) > _MAX_QUESTION or lines[1].number in opened:
            return {}
        said = lines[0].span.of(self.text).rstrip("*_ \t")
        if not said.endswith("?") or not has_words(said):
            return {}
        return {lines[1].number: Opened(Kind.PARAGRAPH, 0, (), lines[0].span)}

    def _joined(self, lines: Sequence[Line], opened: dict[int, Opened]) -> list[list[Line]]:
        """Join lines as Markdown does, except short ones that stand on their own."""
        marked = marked_lines(lines, opened)
        for at in range(1, len(marked)):
            is_long = len(marked[at - 1].span) >= _LONG
            if is_long and not marked[at].opens and not marked[at - 1].closes:
                marked[at] = replace(marked[at], joins=True)
        return joined(self.text, marked)

    def _code(self, lines: Sequence[Line], token: "Token") -> Block:
        span = Span(lines[0].span.start, lines[-1].span.end)
        if token.type == "code_block":
            return Block(span, Kind.CODE)
        edits = [Edit(lines[0].span.start, lines[0].span.end)]
        last = lines[-1].span
        fence = token.markup[:3]
        if len(lines) > 1 and fence and last.of(self.text).lstrip("> \t").startswith(fence):
            edits.append(Edit(last.start, last.end))
        return Block(span, Kind.CODE, 0, tuple(edits))

    def _cells(self, line: Line) -> list[Span]:
        """Return the cells of a line of a table; at least one."""
        start, end = line.span.start, line.span.end
        bars = [Span(*bar.span()) for bar in _BAR.finditer(self.text, start, end)]
        starts = [start, *(bar.end for bar in bars)]
        ends = [*(bar.start for bar in bars), end]
        cells = [Span(start, max(start, end)) for start, end in zip(starts, ends, strict=True)]
        first = 1 if bars and bars[0].start == start else 0
        last = len(cells) - (len(bars) > first and bars[-1].end == end)
        return cells[first:last] or cells[:1]

    def _header(self, line: Line, under: Sequence[Line]) -> Block:
        end = under[-1].span.end if under else line.span.end
        span = Span(line.span.start, end)
        edits = [Edit(line.span.end, end)] if under else []
        edits += self._between_cells(line, [])
        return Block(span, Kind.ROW, 1, ordered([*edits, *self._inline(line.span)]))

    def _names(self, header: Line) -> list[str]:
        """Return the names of a table's columns, unless there are too many."""
        if self.text.count("|", header.span.start, header.span.end) > _MAX_BARS:
            return []
        names = [cell.of(self.text).strip("*_` ")[:_MAX_LABEL] for cell in self._cells(header)]
        return names if sum(map(len, names)) <= _MAX_LABELS else []

    def _row(self, line: Line, header: Line, names: Sequence[str]) -> Block:
        if self.text.count("|", header.span.start, header.span.end) > _MAX_BARS:
            return Block(line.span, Kind.ROW, 0, self._inline(line.span))
        edits = [*self._between_cells(line, names), *self._inline(line.span)]
        return Block(line.span, Kind.ROW, 0, ordered(edits), header.span)

    def _between_cells(self, line: Line, names: Sequence[str]) -> list[Edit]:
        """Return what is read in place of the bars: after each cell, the name of its column."""
        if self.text.count("|", line.span.start, line.span.end) > _MAX_BARS:
            return []
        cells = self._cells(line)
        edits = [Edit(line.span.start, cells[0].start)]
        for number, cell in enumerate(cells):
            is_last = number + 1 == len(cells)
            end = line.span.end if is_last else cells[number + 1].start
            name = names[number] if number < len(names) and len(cell) else ""
            label = f" ({name})" if name else ""
            edits.append(Edit(cell.end, end, label if is_last else f"{label}, "))
        return [edit for edit in edits if edit.text or edit.start < edit.end]

    def _inline(self, span: Span) -> tuple[Edit, ...]:
        return inline_edits(self.text, span, self.is_markdown)
