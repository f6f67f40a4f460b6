"""Decode an article, and convert its code points to bytes, lines and columns."""

import codecs
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

from index.articles.places import Place, Places

Encoding = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "windows-1252", "mixed"]
"""*Mixed* is UTF-8 with bytes that are not, each of which is read as Windows-1252."""

BINARY_PROBE = 8 * 1024
_BOMS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STRIDE = 4096
"""Code points between two offsets whose byte is remembered."""
_STRAY = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8, as `surrogateescape` decodes it."""
_UTF_8 = re.compile("[\x80-\u2fff\U00010000-\U0010ffff]|[\u3000-\ud7ff\ue000-\uffff]{2,}")
"""What tells UTF-8. One ideograph alone does not: it may be `é` and two marks in Windows-1252."""
_STRAYS = {
    0xDC00 + byte: bytes([byte]).decode("windows-1252", errors="replace")
    for byte in range(0x80, 0x100)
}
"""The five bytes that Windows-1252 leaves undefined become U+FFFD, one for one."""


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column as editors, `sed -n` and `grep -n` count them, both from 1.

    Only LF ends a line; a column is a code point. A byte order mark takes no column.
    """

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class NotText:
    """The file is not a text that can be read, and why."""

    reason: str


@dataclass(frozen=True)
class Text:
    """A decoded article; offsets are code points from 0."""

    text: str
    """Without the byte order mark; nothing else is changed."""
    encoding: Encoding
    bom: int
    """Length of the byte order mark in bytes."""
    escaped: str | None = None
    """The text with each stray byte as a surrogate escape; None unless the encoding is mixed."""
    places: Places | None = None
    """Where the text is in the file; None if it is the file's own."""

    def byte_offset(self, offset: int) -> int:
        """Return the byte at which a code point starts; the text's length is allowed."""
        if self._is_narrow:
            return self.bom + offset
        stride, rest = divmod(offset, _STRIDE)
        since_stride = self._source[offset - rest : offset]
        return self._strides[stride] + encoded_length(since_stride, self.encoding)

    def position(self, offset: int) -> Position:
        """Return the line and column of a code point."""
        line = self.line_of(offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def place(self, offset: int) -> Place:
        """Return where a code point is in the file."""
        if self.places:
            return self.places.at(offset)
        position = self.position(offset)
        return Place(position.line, position.column)

    def line_of(self, offset: int) -> int:
        """Return the line, from 1, of a code point."""
        return bisect_right(self.line_starts, offset)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset at which each line starts."""
        starts, at = [0], self.text.find("\n")
        while at != -1:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def line_span(self, line: int) -> tuple[int, int]:
        """Return the span of a line without its LF. Raises IndexError past the end."""
        start = self.line_starts[line - 1]
        is_last = line == len(self.line_starts)
        return start, len(self.text) if is_last else self.line_starts[line] - 1

    @property
    def line_count(self) -> int:
        """The number of lines that `sed -n` would print: a final LF starts no line."""
        return len(self.line_starts) - (self.line_starts[-1] == len(self.text))

    @property
    def _source(self) -> str:
        """The text in the form that its bytes can be computed from."""
        return self.text if self.escaped is None else self.escaped

    @cached_property
    def _is_narrow(self) -> bool:
        """Whether each code point is one byte."""
        is_utf_8 = self.encoding in ("utf-8", "utf-8-sig")
        return self.encoding == "windows-1252" or (is_utf_8 and self.text.isascii())

    @cached_property
    def _strides(self) -> list[int]:
        source = self._source
        pieces = (source[i : i + _STRIDE] for i in range(0, len(source), _STRIDE))
        lengths = (encoded_length(piece, self.encoding) for piece in pieces)
        return list(accumulate(lengths, initial=self.bom))


_BINARY = NotText("binary: a NUL in its first 8 KiB")


def encoded_length(text: str, encoding: Encoding) -> int:
    """Return the number of bytes that a part of an article takes in its file.

    Stray bytes of a mixed article count if they are escaped.
    """
    match encoding:
        case "windows-1252":
            return len(text)
        case "utf-16-le" | "utf-16-be":
            return 2 * len(text) + 2 * sum(char > "\uffff" for char in text)
        case "utf-8" | "utf-8-sig" | "mixed":
            return len(text) if text.isascii() else len(text.encode(errors="surrogateescape"))


def decode(data: bytes) -> Text | NotText:
    """Decode an article: by its byte order mark, else as UTF-8, else as Windows-1252.

    UTF-8 with no more stray bytes than characters beyond ASCII is mixed.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            body = data[len(mark) :]
            if encoding == "utf-8-sig":
                return _decode_unmarked(body, len(mark))
            text = body.decode(encoding, errors="replace")
            return _BINARY if "\0" in text[:BINARY_PROBE] else Text(text, encoding, len(mark))
    return _decode_unmarked(data, 0)


def _decode_unmarked(data: bytes, bom: int) -> Text | NotText:
    if b"\0" in data[:BINARY_PROBE]:
        return _BINARY
    escaped = data.decode("utf-8", errors="surrogateescape")
    strays = len(_STRAY.findall(escaped))
    if not strays:
        return Text(escaped, "utf-8-sig" if bom else "utf-8", bom)
    if len(_UTF_8.findall(escaped)) >= strays:
        return Text(escaped.translate(_STRAYS), "mixed", bom, escaped)
    return Text(data.decode("windows-1252", errors="replace"), "windows-1252", bom)


def encodable(text: str) -> str:
    """Replace lone surrogates, which questions and paths can contain, so that text is UTF-8."""
    return text.encode("utf-8", errors="replace").decode()
