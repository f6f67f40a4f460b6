"""PDF: the text of its pages in reading order, by pdfium.

A page is a list of characters with positions. They are put into lines, the lines of two columns one
column after the other. What repeats at the top and bottom of pages is boilerplate; it stands below
the text of all pages, so that a sentence goes on from one page to the next. The text is then read
like any plain text that was wrapped at a margin, which here is known.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from ctypes import byref, c_double
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from statistics import median
from typing import TYPE_CHECKING

from msgspec import structs

from index.articles.blocks import Block, Kind
from index.articles.fields import Field
from index.articles.formats.document import MAX_TEXT, ExtractedDocument, Outline, TooMuchText
from index.articles.formats.plain_text import paragraph_blocks
from index.articles.paragraphs import Line
from index.articles.places import Anchor, Place, Places
from index.articles.spans import Span
from index.articles.text import NotText, Text, encodable

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage

_HYPHENS = frozenset({0x2, 0xFFFE, 0xAD})
"""What pdfium has in place of a hyphen at the end of a line."""
_SPACE = 0x20
_BREAKS = frozenset({0xA, 0xD})
_GAP = 1.6
"""Heights of a line that lie between two columns, or between two cells of a table."""
_GUTTER = 0.8
"""Heights of a line; the least width of the white between two columns."""
_CROSSING = 0.2
"""Share of the segments that may cross it: headlines, figures, tables."""
_COLUMN_LINES = 4
_FEW_LINES = 8
"""A column of fewer does not tell how wide it is."""
_FILLED = 0.55
"""Share of its column that a line of prose takes; the cells of a table take less."""
_PARAGRAPH_GAP = 1.35
"""Distances of lines, as a multiple of the usual one, between which a paragraph begins."""
_INDENT = 0.8
"""Heights of a line by which the first line of a paragraph is indented."""
_LARGER = 1.17
"""Height of a heading, as a multiple of that of the text."""
_MAX_HEADING = 200
_MAX_SEGMENTS = 3_000
"""On a page; of one with more the order is that of the file."""
_EDGE_LINES = 2
"""Lines at the top and at the bottom of a page that may be a running head."""
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:page\s+)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*(?:/|of)\s*\d{1,4})?[\W_]*", re.IGNORECASE
)
_ITEM = re.compile(r"(?:[-*+•–▪◦‣●■]|\(?\w{1,3}[.)]|\[\w{1,8}\])\s")
"""The beginning of a list item, whose other lines are indented."""
_FAR = 3
"""Difference of the numbers of two lines that are in no paragraph together."""
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Segment:
    """A run of characters on one line, without a wide gap."""

    text: str
    left: float
    right: float
    base: float
    """Distance of its base line from the bottom of the page, in points."""
    height: float
    """Of its font, in points."""


@dataclass(frozen=True)
class _Page:
    """The segments of a page, in the order of the file."""

    segments: list[_Segment]
    is_upright: bool = True

    @cached_property
    def rows(self) -> list[list[_Segment]]:
        """The segments from the top line to the bottom line, each from the left."""
        rows: list[list[_Segment]] = []
        for one in sorted(self.segments, key=lambda one: -one.base):
            if rows and rows[-1][0].base - one.base <= 0.4 * min(rows[-1][0].height, one.height):
                rows[-1].append(one)
            else:
                rows.append([one])
        return [sorted(row, key=lambda one: one.left) for row in rows]

    @property
    def edges(self) -> tuple[list[list[_Segment]], list[list[_Segment]]]:
        """The rows at the top and at the bottom; none of a page with hardly more than them."""
        if len(self.rows) <= 2 * _EDGE_LINES or not self.is_upright:
            return [], []
        return self.rows[:_EDGE_LINES], self.rows[-_EDGE_LINES:]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, in reading order."""

    text: str
    page: int
    number: int
    """On its page, from 1."""
    left: float
    right: float
    base: float
    height: float
    opens: bool = False
    """Whether a blank line belongs above it."""
    is_edge: bool = False
    """Whether it is a running head or a page number."""
    is_row: bool = False
    """Whether it is several cells beside one another."""
    margins: tuple[float, float] = (0, 0)
    """Left and right end of its column."""
    is_full: bool = False
    """Whether the first word of the next line would not have fitted into it."""


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a PDF."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return NotText("encrypted: it opens with a password only")
        return NotText("damaged, or no PDF: it cannot be opened")
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: "PdfDocument") -> ExtractedDocument | NotText:
    pages = []
    size = 0
    for number in range(len(document)):
        pages.append(page := _page(document, number))
        size += sum(len(one.text) + 2 for one in page.segments)
        if size > MAX_TEXT:
            raise TooMuchText
    if not size:
        return NotText(f"a scan: no text on its {_counted(len(pages))}; recognise its text first")
    heads = _running_heads(pages)
    lines = _all_lines(pages, heads)
    text, anchors, starts = _written(lines)
    decoded = Text(text, "utf-8", 0, places=Places(tuple(anchors)))
    blocks = _blocks(text, lines, starts)
    stated = document.get_metadata_dict(skip_empty=True)
    title = _one_line(stated.get("Title", ""))
    first_page = "".join(one.text for one in pages[lines[0].page - 1].segments)
    is_shown = bool(title) and _letters(title) in _letters(first_page)
    empty = [number for number, page in enumerate(pages, 1) if not page.segments]
    notes = (f"no text on {_numbers(empty)}: scanned?",) if empty else ()
    outline = Outline(tuple(blocks), tuple(_facts(stated)), title if is_shown else "", True)
    return ExtractedDocument(decoded, outline, notes)


def _facts(stated: Mapping[str, str]) -> Iterator[Field]:
    """Yield what a PDF states about itself; its title and its dates are mostly its program's."""
    for name in ("Author", "Subject", "Keywords"):
        if value := _one_line(stated.get(name, "")):
            yield Field(name.lower(), value)


def _one_line(text: str) -> str:
    return encodable(" ".join(text.split()))


def _counted(pages: int) -> str:
    return f"{pages:,} page{'s' * (pages != 1)}"


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def _numbers(pages: Sequence[int]) -> str:
    """Return page numbers in words: `page 3`, `pages 3-7, 9`."""
    runs = [list(run) for _, run in groupby(enumerate(pages), lambda pair: pair[1] - pair[0])]
    said = [f"{run[0][1]}-{run[-1][1]}" if len(run) > 1 else str(run[0][1]) for run in runs]
    return f"page{'s' * (len(pages) > 1)} {', '.join(said)}"


# From characters to segments


def _page(document: "PdfDocument", index: int) -> _Page:
    """Return a page, from 0; without text if it has none or cannot be opened."""
    import pypdfium2

    try:
        page = document[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return _Page([])
    try:
        return _Page(list(_Characters(text_page).segments()), page.get_rotation() == 0)
    finally:
        text_page.close()
        page.close()


class _Characters:
    """The characters of a page, in the order of the file."""

    def __init__(self, text_page: "PdfTextPage") -> None:
        from pypdfium2 import raw

        self._page = text_page
        self._raw = raw
        unicode = raw.FPDFText_GetUnicode
        handle = text_page.raw
        self.codes: list[int] = [unicode(handle, at) for at in range(text_page.count_chars())]

    def box(self, index: int) -> tuple[float, float, float]:
        """Return the left and the right end of a character, and the height of its font."""
        box = self._raw.FS_RECTF()
        self._raw.FPDFText_GetLooseCharBox(self._page.raw, index, byref(box))
        return box.left, box.right, abs(box.top - box.bottom)

    def base(self, index: int) -> float:
        """Return the distance of a character's base line from the bottom of the page."""
        x, y = c_double(), c_double()
        self._raw.FPDFText_GetCharOrigin(self._page.raw, index, byref(x), byref(y))
        return y.value

    def segments(self) -> Iterator[_Segment]:
        """Yield the segments, in the order of the file."""
        for start, end in self._runs():
            at = start
            for index in range(start + 1, end - 1):
                if self.codes[index] != _SPACE or not self._may_be_wide(index):
                    continue
                if self._is_wide(at, index, end):
                    yield from self._segment(at, index)
                    at = index + 1
            yield from self._segment(at, end)

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Yield the half-open ranges of characters between line breaks."""
        start = 0
        for index, code in enumerate(self.codes):
            if code in _BREAKS or code in _HYPHENS:
                end = index + (code in _HYPHENS)
                if end > start:
                    yield start, end
                start = index + 1
        yield start, len(self.codes)

    def _may_be_wide(self, index: int) -> bool:
        """Return whether a space is more than one, or stands for none in the file."""
        if self.codes[index + 1] == _SPACE:
            return True
        return bool(self._raw.FPDFText_IsGenerated(self._page.raw, index))

    def _is_wide(self, start: int, index: int, end: int) -> bool:
        """Return whether a space is as wide as the white between columns."""
        left, right = index - 1, index + 1
        while left > start and self.codes[left] == _SPACE:
            left -= 1
        while right < end - 1 and self.codes[right] == _SPACE:
            right += 1
        _, before, height = self.box(left)
        return self.box(right)[0] - before > _GAP * height

    def _segment(self, start: int, end: int) -> Iterator[_Segment]:
        """Yield the segment of a range of characters, unless it is blank."""
        codes = self.codes[start:end]
        while codes and chr(codes[-1]).isspace():
            codes.pop()
        first = next((at for at, code in enumerate(codes) if not chr(code).isspace()), None)
        if first is None:
            return
        text = "".join("-" if code in _HYPHENS else chr(code) for code in codes[first:])
        left, right, height = self.box(start + first)
        right = max(right, self.box(start + len(codes) - 1)[1])
        yield _Segment(_clean(text), left, right, self.base(start + first), height)


def _clean(text: str) -> str:
    """Return a text with pairs of surrogates as what they stand for, and no half ones."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


# Reading order


def _in_reading_order(segments: list[_Segment]) -> list[_Segment]:
    """Return segments column after column."""
    gutter = _gutter(segments)
    if gutter is None:
        return [one for row in _Page(segments).rows for one in row]
    left = [one for one in segments if one.right <= gutter]
    right = [one for one in segments if one.left >= gutter]
    across = [one for one in segments if one.left < gutter < one.right]
    found: list[_Segment] = []
    above = float("inf")
    for below in [*sorted(across, key=lambda one: -one.base), None]:
        base = below.base if below else float("-inf")
        for column in (left, right):
            found += _in_reading_order([one for one in column if base < one.base <= above])
        if below:
            found.append(below)
        above = base
    return found


def _gutter(segments: Sequence[_Segment]) -> float | None:
    """Return the middle of the white between two columns of prose; None if there is none."""
    if len(segments) < 2 * _COLUMN_LINES:
        return None
    start = min(one.left for one in segments)
    width = int(max(one.right for one in segments) - start) + 1
    if not 50 < width < 20_000:
        return None
    least = _GUTTER * median(one.height for one in segments)
    covered = _covered(segments, start, width)
    allowed = _CROSSING * len(segments)
    inside = range(width // 8, width - width // 8)
    runs = [
        [at for at, _ in run]
        for is_white, run in groupby(
            ((at, covered[at]) for at in inside), key=lambda pair: pair[1] <= allowed
        )
        if is_white
    ]
    for run in sorted(runs, key=lambda run: min(covered[at] for at in run)):
        whitest = min(covered[at] for at in run)
        best = [at for at in run if covered[at] == whitest]
        middle = start + best[len(best) // 2] + 0.5
        if len(best) >= least and _has_columns(segments, middle):
            return middle
    return None


def _covered(segments: Sequence[_Segment], start: float, width: int) -> list[int]:
    """Return how many segments cover each point of the width."""
    changes = [0] * (width + 2)
    for one in segments:
        changes[int(one.left - start)] += 1
        changes[min(width, int(one.right - start)) + 1] -= 1
    covered, now = [], 0
    for change in changes[:width]:
        now += change
        covered.append(now)
    return covered


def _has_columns(segments: Sequence[_Segment], gutter: float) -> bool:
    """Return whether there are lines of prose on both sides."""
    for side in (
        [one for one in segments if one.right <= gutter],
        [one for one in segments if one.left >= gutter],
    ):
        if len(side) < _COLUMN_LINES:
            return False
        extent = max(one.right for one in side) - min(one.left for one in side)
        if median(one.right - one.left for one in side) < _FILLED * extent:
            return False
    return True


def _lines(page: _Page, number: int, heads: frozenset[tuple[bool, str]]) -> list[_Line]:
    """Return the lines of a page in reading order."""
    top, bottom = (
        [row for row in rows if _head(row, is_top) in heads or _PAGE_NUMBER.fullmatch(_text(row))]
        for rows, is_top in zip(page.edges, (True, False), strict=True)
    )
    apart = {id(one) for row in (*top, *bottom) for one in row}
    body = [one for one in page.segments if id(one) not in apart]
    if page.is_upright and len(body) <= _MAX_SEGMENTS:
        body = _in_reading_order(body)
    rows = [*top, *_joined(body), *bottom]
    edges = {*range(len(top)), *range(len(rows) - len(bottom), len(rows))}
    return [
        _Line(
            _text(row), number, at + 1, row[0].left, max(one.right for one in row), row[0].base,
            max(one.height for one in row), is_edge=at in edges, is_row=len(row) > 1,
        )
        for at, row in enumerate(rows)
    ]  # fmt: skip


def _joined(segments: Sequence[_Segment]) -> list[list[_Segment]]:
    """Return segments in reading order as lines: those beside one another are one."""
    rows: list[list[_Segment]] = []
    for one in segments:
        last = rows[-1][-1] if rows else None
        if last and abs(last.base - one.base) < 0.3 * one.height and one.left >= last.right - 1:
            rows[-1].append(one)
        else:
            rows.append([one])
    return rows


# Paragraphs


def _all_lines(pages: Sequence[_Page], heads: frozenset[tuple[bool, str]]) -> list[_Line]:
    """Return the lines of all pages in reading order, and mark where paragraphs begin.

    Running heads and page numbers are the last, so that no sentence is interrupted by them.
    """
    found = [line for number, page in enumerate(pages, 1) for line in _lines(page, number, heads)]
    lines = _with_margins([line for line in found if not line.is_edge])
    steps = {page: _step(list(held)) for page, held in groupby(lines, lambda line: line.page)}
    usual = _usual_height(lines)
    body = lines[:1]
    for above, below in pairwise(lines):
        body[-1] = replace(above, opens=body[-1].opens, is_full=_is_full(above, below))
        step = steps[below.page] * max(1, below.height / usual)
        body.append(replace(below, opens=_opens(body[-1], below, step)))
    return body + [line for line in found if line.is_edge]


def _step(lines: Sequence[_Line]) -> float:
    """Return the usual distance of the lines of a page; 0 if it is unknown."""
    steps = [above.base - below.base for above, below in pairwise(lines) if above.base > below.base]
    return median(steps) if steps else 0.0


def _with_margins(lines: Sequence[_Line]) -> list[_Line]:
    """Return lines that know the ends of their columns: of a short one those of most lines."""
    columns: list[list[_Line]] = []
    for line in lines:
        if columns and not _is_next_column(columns[-1][-1], line):
            columns[-1].append(line)
        else:
            columns.append([line])
    width = _most([line.right - line.left for line in lines])
    found = []
    for column in columns:
        left = median(line.left for line in column)
        right = _most([line.right for line in column])
        if len(column) < _FEW_LINES:
            right = max(left + width, *(line.right for line in column), right)
        found += [replace(line, margins=(left, right)) for line in column]
    return found


def _most(numbers: Sequence[float]) -> float:
    """Return what hardly any of numbers is larger than."""
    return sorted(numbers)[(len(numbers) - 1) * 95 // 100]


def _is_next_column(above: _Line, below: _Line) -> bool:
    return above.page != below.page or above.base <= below.base


def _is_full(line: _Line, following: _Line) -> bool:
    """Return whether the first word of the next line would not have fitted into a line."""
    word = following.text.split(None, 1)[0]
    width = (following.right - following.left) / len(following.text)
    return not line.is_row and line.right + (1 + len(word)) * width > line.margins[1]


def _opens(above: _Line, below: _Line, step: float) -> bool:
    """Return whether a line begins a paragraph, by the white above and before it, and its font.

    `step` is the usual distance of lines in its font.
    """
    larger, smaller = max(above.height, below.height), min(above.height, below.height)
    if larger > _LARGER * smaller:
        return True
    if _is_next_column(above, below):
        is_indented = below.left - below.margins[0] > _INDENT * below.height
        return is_indented or not (above.is_full or below.text[0].islower())
    if above.base - below.base > _PARAGRAPH_GAP * step:
        return True
    is_indented = _INDENT * below.height < below.left - above.left < 5 * below.height
    return is_indented and not _ITEM.match(above.text)


# From lines to blocks


def _running_heads(pages: Sequence[_Page]) -> frozenset[tuple[bool, str]]:
    """Return what is at the top, or at the bottom, of several pages, but for its numbers."""
    copies = Counter(
        head
        for page in pages
        for head in {
            _head(row, is_top)
            for rows, is_top in zip(page.edges, (True, False), strict=True)
            for row in rows
        }
    )
    return frozenset(head for head, count in copies.items() if count > 1)


def _head(row: Sequence[_Segment], is_top: bool) -> tuple[bool, str]:
    return is_top, _DIGITS.sub("#", _text(row).casefold())


def _text(row: Sequence[_Segment]) -> str:
    return " ".join(one.text for one in row)


def _written(lines: Sequence[_Line]) -> tuple[str, list[Anchor], list[int]]:
    """Return the text of lines, with the anchor and the first code point of each."""
    parts: list[str] = []
    anchors: list[Anchor] = []
    starts: list[int] = []
    size = 0
    before: _Line | None = None
    for line in lines:
        is_apart = before and _is_apart(before, line) and not before.is_edge
        gap = "" if before is None else "\n\n" if is_apart else "\n"
        anchors.append(Anchor(size + len(gap), Place(line.number, 1, page=line.page)))
        starts.append(size + len(gap))
        parts += (gap, line.text)
        size += len(gap) + len(line.text)
        before = line
    return "".join(parts), anchors, starts


def _blocks(text: str, lines: Sequence[_Line], starts: Sequence[int]) -> list[Block]:
    """Return the blocks of the pages: paragraphs, headings, running heads and the like."""
    usual = _usual_height(lines)
    larger = {round(one.height) for one in lines if one.height > _LARGER * usual}
    sizes = sorted(larger, reverse=True)
    found = []
    for block in paragraph_blocks(text, list(_numbered(lines, starts, usual))):
        first = bisect_right(starts, block.span.start) - 1
        last = bisect_right(starts, block.span.end - 1) - 1
        held = lines[first : last + 1]
        if held[0].is_edge:
            block = structs.replace(block, kind=Kind.BOILERPLATE, level=0)
        elif _is_heading(block, held, usual):
            level = 1 + sizes.index(round(max(line.height for line in held)))
            block = structs.replace(block, kind=Kind.HEADING, level=min(6, level))
        found.append(block)
    return found


def _numbered(lines: Sequence[_Line], starts: Sequence[int], usual: float) -> Iterator[Line]:
    """Yield the lines, with numbers that are far apart where a paragraph begins.

    The lines of a heading belong together, however short they are.
    """
    number = 0
    before: _Line | None = None
    for line, start in zip(lines, starts, strict=True):
        follows = before is not None and not _is_apart(before, line)
        number += 1 if follows else _FAR
        span, joins = Span(start, start + len(line.text)), follows and line.height > _LARGER * usual
        yield Line(span, number, int(line.is_edge), joins=joins, is_full=line.is_full)
        before = line


def _is_apart(before: _Line, line: _Line) -> bool:
    return line.opens or line.is_edge


def _usual_height(lines: Sequence[_Line]) -> float:
    """Return the height that most characters have."""
    heights: Counter[float] = Counter()
    for line in lines:
        heights[round(line.height, 1)] += len(line.text)
    return heights.most_common(1)[0][0]


def _is_heading(block: Block, held: Sequence[_Line], usual: float) -> bool:
    is_short = block.kind is Kind.PARAGRAPH and len(block.span) <= _MAX_HEADING
    return is_short and all(line.height > _LARGER * usual and not line.is_edge for line in held)
