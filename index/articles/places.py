"""Places: where the text of an article is in its file, as a person finds it there."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from index.articles.spans import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1, of a file or of the part of it that is named.

    Only LF ends a line; a column is a code point.
    """

    line: int
    column: int
    page: int | None = None
    """Of a file with pages, from 1; the line is one of the page."""
    chapter: str | None = None
    """Name of a file inside the file; the line is one of it."""
    paragraph: int | None = None
    """Of a file without lines, from 1; the line is one of the paragraph."""

    @property
    def label(self) -> str:
        """What is written after the path and a colon, as precise as is known: `11:5`, `12:8`."""
        is_of_file = self.short_label == str(self.line)
        return f"{self.line}:{self.column}" if is_of_file else self.short_label

    @property
    def short_label(self) -> str:
        """The label without a column: `11`; of a page `12:8`, of a chapter `three.xhtml:40`."""
        if self.page is not None:
            return f"{self.page}:{self.line}"
        if self.chapter is not None:
            return f"{self.chapter}:{self.line}"
        return str(self.line if self.paragraph is None else self.paragraph)

    @property
    def number(self) -> int:
        """The first number of the label."""
        numbers = (self.page, self.paragraph, self.line)
        return next(number for number in numbers if number is not None)

    def is_between(self, first: "Place", last: "Place") -> bool:
        """Return whether its line is one of those from a place to another."""
        is_inside = self.chapter == first.chapter == last.chapter
        return is_inside and first._order <= self._order <= last._order

    @property
    def _order(self) -> tuple[int, int]:
        return self.page or self.paragraph or 0, self.line

    @property
    def words(self) -> str:
        """The place in words: `line 11`, `page 12, line 8`, `paragraph 4`."""
        if self.paragraph is not None:
            return f"paragraph {self.paragraph}"
        line = f"line {self.line}"
        if self.page is not None:
            return f"page {self.page}, {line}" if self.line else f"page {self.page}"
        return line if self.chapter is None else f"{self.chapter}, {line}"


AnchorFields = tuple[int, int, int, int | None, str | None, int | None]
"""An anchor as it is stored: its offset, and the fields of its place."""


class Anchor(NamedTuple):
    """A code point of a text, and its place; what follows on its line is at the next columns."""

    offset: int
    place: Place

    @property
    def fields(self) -> AnchorFields:
        """The anchor as it is stored."""
        place = self.place
        return (
            self.offset, place.line, place.column, place.page, place.chapter, place.paragraph
        )  # fmt: skip

    @classmethod
    def of(cls, fields: AnchorFields) -> "Anchor":
        """Return an anchor that was stored."""
        return cls(fields[0], Place(*fields[1:]))


def place_named(label: str, like: Place) -> Place | None:
    """Return the place that a label names, in a file with such places; None if it names none.

    A page alone is its line 0; a column is optional.
    """
    chapter, _, rest = label.rpartition(":") if like.chapter is not None else ("", "", label)
    numbers = [int(part) for part in rest.split(":") if part.isdecimal() and part.isascii()]
    if len(numbers) != rest.count(":") + 1 or len(numbers) > 2 or 0 in numbers:
        return None
    if like.page is not None:
        return Place(numbers[1] if len(numbers) > 1 else 0, 1, page=numbers[0])
    first, second = numbers[0], numbers[1] if len(numbers) > 1 else 1
    if like.paragraph is not None:
        return Place(second, 1, paragraph=first)
    if like.chapter is not None:
        return Place(first, 1, chapter=chapter) if chapter else None
    return Place(first, second)


@dataclass(frozen=True)
class Places:
    """The places of a text that is not the file's own: HTML, PDF and the like."""

    anchors: tuple[Anchor, ...]
    """In order; at least one, and the first at 0."""

    def at(self, offset: int) -> Place:
        """Return the place of a code point."""
        start, place = self.anchors[bisect_right(self._offsets, offset) - 1]
        return replace(place, column=place.column + offset - start)

    def within(self, span: Span) -> tuple[Anchor, ...]:
        """Return the anchors of a span, which begin at its start."""
        first = bisect_right(self._offsets, span.start)
        last = bisect_left(self._offsets, span.end)
        return (
            Anchor(0, self.at(span.start)),
            *(Anchor(at - span.start, place) for at, place in self.anchors[first:last]),
        )

    @cached_property
    def _offsets(self) -> list[int]:
        return [anchor.offset for anchor in self.anchors]


def anchors_within(anchors: Sequence[Anchor], span: Span) -> tuple[Anchor, ...]:
    """Return the anchors of a part of what anchors are of; none if there are none."""
    return Places(tuple(anchors)).within(span) if anchors else ()
