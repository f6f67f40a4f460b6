"""The text of an article that is shown: its encoding, lines and columns, nothing held in memory.

Lines end at LF alone and columns count code points, both from 1, as in `index.articles.text`.
"""

import codecs
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from index.articles.text import Encoding, NotText, Place, decode, width
from tui.chat.source_file import Bytes

BLOCK = 64 * 1024
"""Bytes between two checkpoints, and the most that is read for one look-up."""
_HEAD = 32 * 1024
"""Bytes that tell whether it is text, and its byte order mark."""
_LONGEST = 4
"""Most bytes of one code point."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is known of the byte that a block begins with."""

    line: int
    """The line that it stands on."""
    start: int
    """The byte that this line starts at."""


class SourceText:
    """An article as text; its lines are known as far as it was scanned, on whichever thread."""

    def __init__(self, source: Bytes, encoding: Encoding, bom: int) -> None:
        self._source = source
        self.size = source.size
        self.bom = bom
        """Length of the byte order mark in bytes."""
        self.encoding = encoding
        """Windows-1252 in place of UTF-8 is seen only by the scan."""
        self._wide = encoding in ("utf-16-le", "utf-16-be")
        self._feed = "\n".encode(encoding if self._wide else "ascii")
        self._space = " ".encode(encoding if self._wide else "ascii")
        self._checkpoints = [Checkpoint(1, bom)]
        self._check = codecs.getincrementaldecoder("utf-8")()
        self.scanned = 0
        """Bytes from the start whose lines are known."""

    @property
    def is_scanned(self) -> bool:
        """Whether all lines are known."""
        return self.scanned >= self.size

    def scan(self) -> Iterator[None]:
        """Go on through the bytes, block by block, to know the lines and the encoding."""
        while not self.is_scanned:
            begin, end = self.scanned, min(self.scanned + BLOCK, self.size)
            data = self._source.read(begin, end)
            if self.encoding in ("utf-8", "utf-8-sig"):
                try:
                    self._check.decode(data[self.bom if begin == 0 else 0 :], end == self.size)
                except UnicodeDecodeError:
                    self.encoding = "windows-1252"
            self._checkpoints.append(self._after(self._checkpoints[-1], data, begin))
            self.scanned = end
            yield

    def _after(self, known: Checkpoint, data: bytes, begin: int) -> Checkpoint:
        last = self._rfind(data, self._feed)
        if last == -1:
            return known
        feeds = self._count(data)
        return Checkpoint(known.line + feeds, begin + last + len(self._feed))

    @property
    def lines_known(self) -> int:
        """The last line whose start is known; at most one past the last, after a final LF."""
        return self._checkpoints[-1].line

    @property
    def line_count(self) -> int:
        """Lines that `sed -n` would print, as far as it was scanned."""
        last = self._checkpoints[-1]
        return last.line - (last.start >= self.size)

    def decode(self, start: int, end: int) -> str:
        """Decode bytes from one code point's start to another's."""
        data = self._source.read(start, end)
        if self._wide:
            return data[: len(data) & ~1].decode(self.encoding, "replace")
        if self.encoding == "windows-1252":
            return data.decode("windows-1252", "replace")
        # Until the scan tells that it is Windows-1252; byte for byte, to keep the places.
        return data.decode("utf-8", "surrogateescape")

    def width(self, text: str) -> int:
        """Give the bytes of what `decode` gave."""
        if self.encoding in ("utf-8", "utf-8-sig"):
            return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
        return width(text, self.encoding)

    def encode(self, text: str) -> bytes:
        """Give the bytes that a text has in this article. Raises UnicodeEncodeError."""
        return text.encode("utf-8" if self.encoding == "utf-8-sig" else self.encoding)

    def read(self, start: int, end: int) -> bytes:
        """Give bytes as they are."""
        return self._source.read(start, end)

    def align(self, at: int) -> int:
        """Give the start of the code point that a byte belongs to."""
        if at >= self.size or self.encoding == "windows-1252":
            return min(at, self.size)
        if self._wide:
            even = at - at % 2
            unit = int.from_bytes(
                self._source.read(even, even + 2),
                "little" if self.encoding == "utf-16-le" else "big",
            )
            return even - 2 * (0xDC00 <= unit <= 0xDFFF)
        data = self._source.read(max(self.bom, at - _LONGEST + 1), at + 1)
        back = 0
        while back < len(data) - 1 and data[-1 - back] & 0xC0 == 0x80:
            back += 1
        return at - back

    def feed(self, start: int, end: int) -> int:
        """Give the place of the first LF from `start` to before `end`, or -1."""
        found = self._find(self._source.read(start, end), self._feed)
        return found if found == -1 else start + found

    def last_space(self, start: int, end: int) -> int:
        """Give the place behind the last space from `start` to before `end`, or -1."""
        found = self._rfind(self._source.read(start, end), self._space)
        return found if found == -1 else start + found + len(self._space)

    @property
    def feed_width(self) -> int:
        """Bytes of a LF."""
        return len(self._feed)

    def line_at(self, at: int) -> Checkpoint:
        """Give the line that a byte stands on. Of bytes not yet scanned, the last line known."""
        block = min(at // BLOCK, len(self._checkpoints) - 1)
        begin = block * BLOCK
        data = self._source.read(begin, min(at, begin + BLOCK))
        return self._after(self._checkpoints[block], data, begin)

    def start_of(self, line: int) -> int:
        """Give the byte that a line starts at; of a line past the last one known, the last's."""
        block = bisect_right(self._checkpoints, line - 1, key=lambda known: known.line) - 1
        known = self._checkpoints[max(0, block)]
        if known.line >= line:
            return known.start
        begin = block * BLOCK
        data = self._source.read(begin, begin + BLOCK)
        at = -1
        for _ in range(line - known.line):
            found = self._find(data, self._feed, at + 1)
            if found == -1:
                break
            at = found
        return known.start if at == -1 else begin + at + len(self._feed)

    def byte_of(self, place: Place) -> int:
        """Give the byte of a place, at most the end; decodes its line up to there."""
        at, left = self.start_of(place.line), place.column - 1
        while left and at < self.size:
            end = self.align(at + BLOCK)
            text = self.decode(at, end)
            if len(text) > left:
                return at + self.width(text[:left])
            at, left = end, left - len(text)
        return at

    def place_of(self, at: int) -> Place:
        """Give the place of a byte; decodes its line up to there."""
        line = self.line_at(at)
        column, begin = 1, line.start
        while begin < at:
            end = min(self.align(begin + BLOCK), at)
            column += len(self.decode(begin, end))
            begin = end
        return Place(line.line, column)

    def _find(self, data: bytes, unit: bytes, start: int = 0) -> int:
        found = data.find(unit, start)
        while found % len(unit) and found != -1:
            found = data.find(unit, found + 1)
        return found

    def _rfind(self, data: bytes, unit: bytes) -> int:
        found = data.rfind(unit)
        while found % len(unit) and found != -1:
            found = data.rfind(unit, 0, found + len(unit) - 1)
        return found

    def _count(self, data: bytes) -> int:
        if not self._wide:
            return data.count(self._feed)
        count, found = 0, self._find(data, self._feed)
        while found != -1:
            count += 1
            found = self._find(data, self._feed, found + 2)
        return count


def open_text(source: Bytes) -> SourceText | NotText:
    """Tell from the first bytes whether they are text; nothing is scanned yet."""
    head = decode(source.read(0, _HEAD))
    if isinstance(head, NotText):
        return head
    # A head that breaks off inside a code point is no proof of Windows-1252.
    encoding: Encoding = "utf-8" if head.encoding == "windows-1252" else head.encoding
    return SourceText(source, encoding, head.bom)
