"""Blocks: what each stretch of an article is. A kind lends context and sets rank, no more."""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from index.articles.spans import Span


class Kind(StrEnum):
    """What a block was taken for."""

    TITLE = "title"
    BYLINE = "byline"
    """Who wrote the article, and when."""
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "list item"
    ROW = "table row"
    CODE = "code"
    QUOTE = "quotation"
    DIALOGUE = "dialogue"
    FRONT_MATTER = "front matter"
    BOILERPLATE = "boilerplate"


HEADINGS = frozenset({Kind.TITLE, Kind.BYLINE, Kind.HEADING})
"""Kinds that say what follows them is about."""
ONE_SENTENCE = HEADINGS | {Kind.ROW, Kind.FRONT_MATTER}
"""Kinds of blocks that are a single sentence each."""


_ENDED = frozenset({Kind.HEADING, Kind.ITEM, Kind.ROW, Kind.DIALOGUE, Kind.FRONT_MATTER})
"""Kinds whose lines are read as sentences, though most have no full stop."""
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_TAIL = 20
_CLOSING = "*_`|)]}\"'”’» \t"
_STOPS = frozenset(".!?:;…,–—")


class Edit(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is read in place of a span: nothing for a mark, a label for the bar after a cell.

    Text that replaces words, such as a ligature, stands for them; other text is only a label and
    cannot be quoted. An edit that changes nothing sets its span apart from the sentences.
    """

    start: int
    end: int
    text: str = ""

    def shifted(self, by: int) -> "Edit":
        """Return the edit, moved."""
        return Edit(self.start + by, self.end + by, self.text)


class Block(msgspec.Struct, frozen=True, gc=False):
    """A stretch of an article, without white space at its ends."""

    span: Span
    kind: Kind
    level: int = 0
    """Of a heading from 1 to 6; how deeply a list item or a quotation is nested, from 1."""
    edits: tuple[Edit, ...] = ()
    """In order; none overlap."""
    lead: Span | None = None
    """What it is read after: a list's introduction, a table's header, a question; or None."""

    def shifted(self, by: int) -> "Block":
        """Return the block, moved."""
        edits = tuple(edit.shifted(by) for edit in self.edits)
        lead = self.lead.shifted(by) if self.lead else None
        return Block(self.span.shifted(by), self.kind, self.level, edits, lead)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is read, and where each of its code points is in the text as it is written."""

    text: str
    starts: tuple[int, ...] | None
    """The first source code point of each code point, -1 in a label; None if nothing differs."""
    ends: tuple[int, ...]
    parts: tuple[int, ...]
    """The number of labels before each code point."""


def words_as_read(text: str, edits: Iterable[Edit], span: Span | None = None) -> str:
    """Return a text, or a span of it that holds all the edits, with its edits made."""
    at, last = (span.start, span.end) if span else (0, len(text))
    said: list[str] = []
    for edit in edits:
        said += (text[at : edit.start], edit.text)
        at = edit.end
    said.append(text[at:last])
    return "".join(said)


def read_as(text: str, edits: Sequence[Edit]) -> Reading:
    """Return a text with its edits made, and where each of its code points is in the source."""
    said = words_as_read(text, edits)
    if not edits:
        return Reading(said, None, (), ())
    starts: list[int] = []
    ends: list[int] = []
    parts: list[int] = []
    at = labels = 0
    for edit in (*edits, Edit(len(text), len(text))):
        source, size = text[edit.start : edit.end], len(edit.text)
        is_label = has_words(edit.text) and not has_words(source)
        starts += range(at, edit.start)
        ends += range(at + 1, edit.start + 1)
        parts += [labels] * (edit.start - at)
        labels += is_label
        if edit.text == source:
            starts += range(edit.start, edit.end)
            ends += range(edit.start + 1, edit.end + 1)
        else:
            starts += [-1 if is_label else edit.start] * size
            ends += [-1 if is_label else edit.end] * size
        parts += [labels] * size
        at = edit.end
    return Reading(said, tuple(starts), tuple(ends), tuple(parts))


def blanked(text: str, edits: Iterable[Edit], span: Span) -> str:
    """Return a span of a text, with white space in place of marks and labelled spans."""
    parts: list[str] = []
    at = span.start
    for edit in edits:
        if edit.start == edit.end:
            continue
        source, instead = text[edit.start : edit.end], edit.text
        if instead and instead != source and has_words(source) and has_words(instead):
            continue
        parts += (text[at : edit.start], " " * len(source))
        at = edit.end
    parts.append(text[at : span.end])
    return "".join(parts)


def has_words(text: str) -> bool:
    """Return whether a text has a letter or a digit."""
    return _LETTER_OR_DIGIT.search(text) is not None


def within(edits: Iterable[Edit], span: Span) -> list[Edit]:
    """Return the edits that lie within a span, with offsets from its start."""
    return [
        edit.shifted(-span.start)
        for edit in edits
        if span.start <= edit.start and edit.end <= span.end
    ]


def ordered(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Sort edits; of two that overlap, the one that starts first is kept."""
    found = list(edits)
    if len(found) < 2:
        return tuple(found)
    kept: list[Edit] = []
    for edit in sorted(found, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def ended(text: str, block: Block) -> Block:
    """Return a block that is read with a full stop at its end if it has no punctuation there."""
    if block.kind not in _ENDED:
        return block
    span = block.span
    tail = text[max(span.start, span.end - _TAIL) : span.end]
    if tail.rstrip(_CLOSING)[-1:] in _STOPS:
        return block
    edits = (*block.edits, Edit(span.end, span.end, "."))
    return Block(span, block.kind, block.level, edits, block.lead)


def unescaped(entity: str) -> str:
    """Return what an HTML entity stands for, without control characters."""
    said = html.unescape(entity)
    return " " if any(unicodedata.category(char)[0] == "C" for char in said) else said
