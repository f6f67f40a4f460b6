"""Finding words in an article that may be far too large to hold."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from tui.chat.source.paged_text import SourceText

STEP = 64 * 1024
"""Bytes searched at a time."""
MOST = 10_000
"""Places that are kept; more are not looked for."""
_WIDEST = 4
"""Most bytes of one code point."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a step through an article."""

    spans: tuple[tuple[int, int], ...]
    """First byte and the byte behind the last, in order."""
    searched: int
    """Bytes from the start of the article."""


@dataclass
class Finding:
    """What was found so far, and which of it is gone to."""

    wanted: str
    origin: int
    """The byte from which the first is to be gone to."""
    spans: list[tuple[int, int]] = field(default_factory=list)
    current: int = -1
    """Place in `spans`; -1 while there is none."""
    searched: int = 0
    """Bytes from the start of the article."""
    is_complete: bool = False

    def add(self, found: Found, size: int) -> bool:
        """Take what a step found; tells whether the first to go to is known by it."""
        self.spans.extend(found.spans[: MOST - len(self.spans)])
        self.searched = found.searched
        self.is_complete = found.searched >= size or len(self.spans) >= MOST
        if self.current != -1 or not self.spans:
            return False
        at = bisect_left(self.spans, (self.origin, 0))
        if at == len(self.spans) and not self.is_complete:
            return False
        self.current = at % len(self.spans)
        return True

    def step(self, by: int) -> bool:
        """Go to the next or the one before, around the ends; tells whether there is one."""
        if self.current == -1:
            return False
        self.current = (self.current + by) % len(self.spans)
        return True

    def told(self, size: int) -> str:
        """Tell how much was found."""
        count = f"{len(self.spans):,}" + "+" * (len(self.spans) >= MOST)
        if not self.is_complete:
            return f"{count} so far, {self.searched / max(1, size):.0%} searched"
        return f"{self.current + 1:,} of {count}" if self.spans else "not found"


def find(text: SourceText, wanted: str) -> Iterator[Found]:
    """Find words, upper or lower case, step by step from the start; a match overlaps no other."""
    begin, free = text.bom, 0
    if begin >= text.size:
        yield Found((), text.size)
    while begin < text.size:
        end = text.align(begin + STEP)
        behind = text.align(end + _WIDEST * len(wanted))
        spans = []
        for start, stop in _in_window(text, wanted, begin, behind):
            if free <= start < end:
                spans.append((start, stop))
                free = stop
        yield Found(tuple(spans), end)
        begin = max(end, free)


def _in_window(text: SourceText, wanted: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    if wanted.isascii() and text.feed_width == 1:
        # Ten times as fast, and what large articles are searched for most.
        return _ascii_in_window(text, wanted.lower().encode(), begin, end)
    return _any_in_window(text, wanted, begin, end)


def _ascii_in_window(
    text: SourceText, wanted: bytes, begin: int, end: int
) -> Iterator[tuple[int, int]]:
    window = text.read(begin, end).lower()
    found = window.find(wanted)
    while found != -1:
        yield begin + found, begin + found + len(wanted)
        found = window.find(wanted, found + len(wanted))


def _any_in_window(
    text: SourceText, wanted: str, begin: int, end: int
) -> Iterator[tuple[int, int]]:
    window = text.decode(begin, end)
    at, place = 0, begin
    for match in re.finditer(re.escape(wanted), window, re.IGNORECASE):
        start = place + text.width(window[at : match.start()])
        at, place = match.end(), start + text.width(match[0])
        yield start, place


def find_bytes(text: SourceText, wanted: bytes) -> Iterator[int]:
    """Find each place of some bytes, letter for letter; no bytes are nowhere."""
    begin = text.bom
    while wanted and begin < text.size:
        data = text.read(begin, begin + STEP + len(wanted) - 1)
        found = data.find(wanted)
        while found != -1:
            if not found % text.feed_width:
                yield begin + found
            found = data.find(wanted, found + 1)
        begin += STEP
