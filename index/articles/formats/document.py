"""What a format makes of a file: its text, what each stretch of it is, and what it states."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from msgspec import structs

from index.articles.blocks import Block, Edit, Kind, ordered
from index.articles.fields import Field
from index.articles.front_matter import MAX_LINES, front_matter
from index.articles.inline import broken_words
from index.articles.metadata import front_matter_blocks
from index.articles.places import Anchor, Place, Places
from index.articles.spans import Span
from index.articles.text import NotText, Text, encodable

MAX_TEXT = 16 * 1024 * 1024
"""Code points of the longest text of a document, however small its file is."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What each stretch of a text is, and what the file states about itself."""

    blocks: tuple[Block, ...]
    facts: tuple[Field, ...]
    """Author, date and others."""
    title: str = ""
    """Empty if none is stated."""
    knows_boilerplate: bool = False
    """Whether the format tells boilerplate, so that title and byline are looked for elsewhere."""


class Document(Protocol):
    """A file as it is read."""

    @property
    def text(self) -> Text:
        """The text that a reader sees, letter for letter; it knows its places in the file."""

    @property
    def outline(self) -> Outline:
        """Its blocks, in order, which cover every character but white space."""

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of parts that have no text, such as scanned pages."""


class FormatModule(Protocol):
    """The module of a format."""

    def read(self, data: bytes, /) -> Document | NotText:
        """Read a file; what is wrong with it is a NotText, in a few words."""


@dataclass(frozen=True)
class TextDocument:
    """A document that is the text of its file; it may begin with front matter."""

    text: Text
    read_blocks: Callable[[Text, int], list[Block]]
    """Returns the blocks of a text without those of its first lines, whose number it takes."""
    notes: Sequence[str] = ()

    @cached_property
    def outline(self) -> Outline:
        """Its blocks, read when they are first asked for: a citation needs none."""
        count = min(self.text.line_count, MAX_LINES)
        lines = (slice(*self.text.line_span(line)) for line in range(1, count + 1))
        matter = front_matter([self.text.text[line] for line in lines])
        blocks = front_matter_blocks(self.text, matter)
        blocks += self.read_blocks(self.text, matter.lines)
        return Outline(tuple(blocks), matter.fields, matter.title)


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """A document whose text was extracted from its file."""

    text: Text
    outline: Outline
    notes: tuple[str, ...] = ()


class TooMuchText(Exception):
    """A file has more than `MAX_TEXT` code points of text."""


@dataclass
class DocumentWriter:
    """Collects the blocks of a document in order, with their places."""

    facts: list[Field] = field(default_factory=list)
    title: str = ""
    notes: list[str] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _anchors: list[Anchor] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _length: int = 0

    def add(
        self,
        pieces: Iterable[tuple[str, Place]],
        kind: Kind = Kind.PARAGRAPH,
        level: int = 0,
        lead: Span | None = None,
    ) -> Span | None:
        """Add a block of pieces of text, each with its place; white space at its ends is dropped.

        Returns its span; None if it has nothing but white space. Raises TooMuchText.
        """
        trimmed = _trimmed(pieces)
        if not trimmed:
            return None
        self._separate(kind)
        start = self._length
        for text, place in trimmed:
            self._anchor(place)
            self._append(encodable(text))
        span = Span(start, self._length)
        self._blocks.append(Block(span, kind, level, (), lead))
        return span

    def edit(self, edits: Iterable[Edit]) -> None:
        """Add edits to the last block, with offsets of the text."""
        last = self._blocks[-1]
        self._blocks[-1] = structs.replace(last, edits=ordered([*last.edits, *edits]))

    def document(self) -> ExtractedDocument | NotText:
        """Return the document; NotText if it has no text."""
        if not self._blocks:
            return NotText("empty: no text to read")
        text = "".join(self._parts)
        blocks = tuple(
            structs.replace(block, edits=ordered([*block.edits, *broken_words(text, block.span)]))
            for block in self._blocks
        )
        return ExtractedDocument(
            Text(text, "utf-8", 0, places=Places(tuple(self._anchors))),
            Outline(blocks, tuple(self.facts), self.title, True),
            tuple(self.notes),
        )

    def _separate(self, kind: Kind) -> None:
        """Begin a line; a blank one is left out between the items of a list and alike."""
        if self._blocks:
            is_close = kind is self._blocks[-1].kind and kind in (Kind.ITEM, Kind.ROW)
            self._append("\n" if is_close else "\n\n")

    def _anchor(self, place: Place) -> None:
        """Note a place, unless it follows from the one before it."""
        if self._anchors:
            at, before = self._anchors[-1]
            column = before.column + self._length - at
            if place.column == column and replace(before, column=column) == place:
                return
        self._anchors.append(Anchor(self._length, place))

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > MAX_TEXT:
            raise TooMuchText


def anchors_of(pieces: Iterable[tuple[str, Place]]) -> list[Anchor]:
    """Return the anchors of a text that consists of pieces, each with its place."""
    anchors, size = [], 0
    for text, place in pieces:
        anchors.append(Anchor(size, place))
        size += len(text)
    return anchors


class CollectedTexts:
    """The texts of a file, one after the other, each with its places and its blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._anchors: list[Anchor] = []
        self._size = 0

    def add(
        self, text: str, anchors: Iterable[Anchor], blocks: Iterable[Block], gap: str = "\n\n"
    ) -> None:
        """Add a text, whose anchors and blocks are relative to it. Raises TooMuchText."""
        gap = gap if self._parts else ""
        start = self._size + len(gap)
        self._parts += (gap, text)
        self._size = start + len(text)
        if self._size > MAX_TEXT:
            raise TooMuchText
        self._anchors += [Anchor(start + at, place) for at, place in anchors]
        self.blocks += [block.shifted(start) for block in blocks]

    def text(self) -> Text:
        """Return all of them; there must be a place."""
        first = self._anchors[0]
        anchors = (Anchor(0, first.place), *self._anchors) if first.offset else self._anchors
        return Text("".join(self._parts), "utf-8", 0, places=Places(tuple(anchors)))


def _trimmed(pieces: Iterable[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Return pieces without white space at the ends of them all, and without empty ones."""
    found = [piece for piece in pieces if piece[0]]
    while found and not found[-1][0].strip():
        found.pop()
    while found and not found[0][0].strip():
        found.pop(0)
    if found:
        text, place = found[0]
        stripped = text.lstrip()
        found[0] = stripped, replace(place, column=place.column + len(text) - len(stripped))
        found[-1] = found[-1][0].rstrip(), found[-1][1]
    return found
