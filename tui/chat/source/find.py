"""Finding words in an article, ignoring case."""

import re
from bisect import bisect_left
from functools import cached_property
from itertools import islice

from index.articles.spans import Span

LIMIT = 10_000
"""Matches that are kept; the search ends there."""


class Search:
    """The matches in a text, and which of them is selected."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.matches: list[Span] = []
        self._wanted = ""
        self._number: int | None = None
        """Of the selected match; None if there is no match."""

    @cached_property
    def _folded(self) -> str:
        return fold(self._text)

    def find(self, wanted: str, origin: int) -> None:
        """Find words, and select the first match at or after `origin`, else the first of all."""
        matches = re.finditer(re.escape(fold(wanted)), self._folded) if wanted else ()
        self.matches = [Span(*match.span()) for match in islice(matches, LIMIT)]
        nearest = bisect_left(self.matches, origin, key=lambda match: match.start)
        self._number = nearest % len(self.matches) if self.matches else None
        self._wanted = wanted

    def step(self, by: int) -> bool:
        """Select another match, around the ends; return whether there is one."""
        if self._number is None:
            return False
        self._number = (self._number + by) % len(self.matches)
        return True

    @property
    def current(self) -> Span | None:
        """The selected match; None if there is no match."""
        return None if self._number is None else self.matches[self._number]

    @property
    def label(self) -> str:
        """How many matches there are, and which is selected; empty without a search."""
        if self._number is None:
            return "not found" if self._wanted else ""
        count = f"{len(self.matches):,}" + "+" * (len(self.matches) >= LIMIT)
        return f"{self._number + 1:,} of {count}"


def fold(text: str) -> str:
    """Fold case, code point by code point, so that every offset stays."""
    # "İ" alone has a lower case of two code points; "ς" is "σ" at the end of a word.
    return text.replace("İ", "i").lower().replace("ς", "σ")
