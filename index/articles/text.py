"""Decode an article, and convert its code points to bytes, lines and columns."""

import codecs
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Literal

Encoding = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "windows-1252"]

BINARY_PROBE = 8 * 1024
_BOMS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STRIDE = 4096
"""Code points between two offsets whose byte is remembered."""


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

    def byte_offset(self, offset: int) -> int:
        """Return the byte at which a code point starts; the text's length is allowed."""
        stride, rest = divmod(offset, _STRIDE)
        since_stride = self.text[offset - rest : offset]
        return self._strides[stride] + encoded_length(since_stride, self.encoding)

    def position(self, offset: int) -> Position:
        """Return the line and column of a code point."""
        line = self.line_of(offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

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

    @cached_property
    def _strides(self) -> list[int]:
        pieces = (self.text[i : i + _STRIDE] for i in range(0, len(self.text), _STRIDE))
        lengths = (encoded_length(piece, self.encoding) for piece in pieces)
        return list(accumulate(lengths, initial=self.bom))


_BINARY = NotText("binary: a NUL in its first 8 KiB")


def encoded_length(text: str, encoding: Encoding) -> int:
    """Return the number of bytes that a part of an article takes in its file."""
    match encoding:
        case "windows-1252":
            return len(text)
        case "utf-16-le" | "utf-16-be":
            return 2 * len(text) + 2 * sum(char > "\uffff" for char in text)
        case "utf-8" | "utf-8-sig":
            return len(text) if text.isascii() else len(text.encode())


def decode(data: bytes) -> Text | NotText:
    """Decode an article: by its byte order mark, else as UTF-8, else as Windows-1252."""
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
    try:
        return Text(data.decode("utf-8"), "utf-8-sig" if bom else "utf-8", bom)
    except UnicodeDecodeError:
        # The five bytes that Windows-1252 leaves undefined become U+FFFD, one for one.
        return Text(data.decode("windows-1252", errors="replace"), "windows-1252", bom)
