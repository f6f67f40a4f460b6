"""Split articles into passages: complete sentences within a token budget, with exact positions."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import msgspec

from index.articles import tokens
from index.articles.blocks import (
    HEADINGS,
    ONE_SENTENCE,
    Block,
    Edit,
    Kind,
    Reading,
    blanked,
    has_words,
    read_as,
    within,
    words_as_read,
)
from index.articles.places import Anchor
from index.articles.sentences import cut, sentences
from index.articles.spans import Span
from index.articles.text import Text

_LONGEST_TOKEN = 25
"""Code points; no match of the encoding's pattern is longer, so no text within the budget is longer
than this many for each of its tokens; what a passage holds besides is limited by the same."""
_MAX_CONTEXT = 200
"""Code points of a passage's context, and of what a sentence is read after."""
_CONTEXT_SHARE = 4
"""A context is dropped if it takes more than 1 in this many of the tokens the model can see."""
_MARKS = re.compile(r"[|*_`#>\[\]]+")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_APART = frozenset({Kind.BOILERPLATE, Kind.FRONT_MATTER, Kind.ROW})
"""Kinds that share no passage with others."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How articles are split; recorded in the manifest, because a change rebuilds the index."""

    budget: int = 160
    """Limit on the tokens of a passage as it is read, in Byline's own encoding; each white space
    is one blank, so that the width of the lines decides nothing."""
    overlap: int = 40
    """Limit on the tokens that a passage repeats from the one before it."""


DEFAULT_SETTINGS = PassageSettings()


class ModelLimit(Protocol):
    """How much text the embedding model can see, by its own tokenizer."""

    @property
    def max_tokens(self) -> int:
        """Limit on the tokens, including special ones."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text, including special ones and the prompt."""


class NoLimit:
    """A model that sees any text, for splitting by the budget alone."""

    max_tokens = 2**62

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return 0 for each text."""
        return [0] * len(texts)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of complete sentences of one article, and its position in the file."""

    text: str
    """The bytes from `byte_start` to `byte_end` of the file, or of the text that was extracted from
    it, decoded; nothing else is changed."""
    byte_start: int
    byte_end: int
    line: int
    """Line of the first code point, from 1."""
    column: int
    """Column of the first code point, in code points from 1."""
    sentences: tuple[Span, ...]
    """What may be quoted: code points of `text`, in order; at least one."""
    kind: Kind = Kind.PARAGRAPH
    """What most of it is; headings and boilerplate rank below other passages."""
    context: str = ""
    """The headings above it that are not in its text, and what it is read after; may be empty."""
    edits: tuple[Edit, ...] = ()
    """What is read in place of marks, in code points of `text`."""
    leads: tuple[str, ...] = ()
    """What each sentence is read after, such as a question or a table's header; none, or as many
    as sentences."""
    anchors: tuple[Anchor, ...] = ()
    """Where the text is in the file, in code points of `text`; none if it is the file's own."""

    @property
    def end_line(self) -> int:
        """Line of the last code point."""
        return self.line + self.text.count("\n")

    @property
    def words(self) -> str:
        """The text as it is read."""
        return words_as_read(self.text, self.edits)

    @property
    def reading(self) -> Reading:
        """The text as it is read, and where that is in the text."""
        return read_as(self.text, self.edits)

    def said_in(self, sentence: Span) -> str:
        """Return one of the sentences as it is read, after what it is read after."""
        said = words_as_read(sentence.of(self.text), within(self.edits, sentence))
        lead = dict(zip(self.sentences, self.leads, strict=False)).get(sentence)
        return f"{lead} {said}" if lead else said

    def embedded_with(self, title: str | None) -> str:
        """Return the text that it is embedded as, under its article's title if there is one."""
        return "\n".join(filter(None, (title, self.context, self.words)))


class _Piece(msgspec.Struct, frozen=True, gc=False):
    """A sentence with the marks around it, or a part of one that is over the budget."""

    span: Span
    said: Span | None
    """What may be quoted; None if it is marks alone."""
    block: int
    size: int
    """Tokens as it is read."""


_Run = Sequence[_Piece]


def split(
    text: Text,
    blocks: Sequence[Block],
    title: str | None,
    settings: PassageSettings,
    limit: ModelLimit,
) -> list[Passage]:
    """Split an article's blocks into passages, which cover every character but white space.

    A section, boilerplate, front matter and a table's row begin passages of their own. A sentence
    over the budget is cut at a word, and what the model cannot see completely is cut again, so
    nothing is ever truncated.
    """
    return _Splitter(text, blocks, title, settings, limit).passages()


@dataclass
class _Splitter:
    """Splits one article."""

    text: Text
    blocks: Sequence[Block]
    title: str | None
    settings: PassageSettings
    limit: ModelLimit
    _fitting: dict[str, bool] = field(default_factory=dict)
    """Whether the model can see a context beside a passage."""
    _leads: dict[Span, str] = field(default_factory=dict)

    def passages(self) -> list[Passage]:
        """Return the passages in order."""
        runs: list[_Run] = []
        for region in _regions(self.text.text, self.blocks):
            pieces = [piece for number in region for piece in self._pieces(number)]
            sizes = [piece.size for piece in pieces]
            runs += [pieces[start:end] for start, end in pack(sizes, self.settings)]
        whole = [self._passage(run) for run in runs]
        sizes = self.limit.count([passage.embedded_with(self.title) for passage in whole])
        found = []
        for run, passage, size in zip(runs, whole, sizes, strict=True):
            is_short = size <= self.limit.max_tokens and self._is_within_budget(passage)
            found += [passage] if is_short else self._divided(run, passage)
        return found

    def _is_within_budget(self, passage: Passage) -> bool:
        return not self._is_long(len(passage.text)) and self._is_short(passage.words)

    def _is_long(self, length: int) -> bool:
        """Return whether a text, with its marks and white space, is too long for a passage."""
        return length > _LONGEST_TOKEN * self.settings.budget

    def _is_short(self, words: str) -> bool:
        # Counting bytes is cheaper, and no token is shorter than a byte.
        size = len(words) if words.isascii() else len(words.encode())
        if size < self.settings.budget:
            return True
        return not self._is_long(len(words)) and _size(words) <= self.settings.budget

    def _fits(self, passage: Passage) -> bool:
        if not self._is_within_budget(passage):
            return False
        return self.limit.count([passage.embedded_with(self.title)])[0] <= self.limit.max_tokens

    def _fitted(self, run: _Run) -> list[Passage]:
        """Return the passage of a run, or those of its parts if it does not fit."""
        whole = self._passage(run)
        return [whole] if self._fits(whole) else self._divided(run, whole)

    def _divided(self, run: _Run, whole: Passage) -> list[Passage]:
        """Halve a run whose passage does not fit, between sentences if possible."""
        if len(run) > 1:
            half = len(run) // 2
            return self._fitted(run[:half]) + self._fitted(run[half:])

        def fits(piece: str) -> bool:
            return self._fits(Passage(piece, 0, 0, 1, 1, (), context=whole.context))

        parts = cut(self.text.text, run[0].span, fits)
        return [self._passage([self._part(run[0], part)], plain=True) for part in parts]

    def _pieces(self, number: int) -> Iterator[_Piece]:
        """Yield the sentences of a block, which together cover it."""
        block, text = self.blocks[number], self.text.text
        spans = _sentences(text, block)
        at = block.span.start
        for sentence in spans[:-1]:
            yield from self._within(Span(at, sentence.end).trimmed(text), sentence, number)
            at = sentence.end
        last = Span(at, block.span.end).trimmed(text) if len(spans) > 1 else block.span
        yield from self._within(last, spans[-1] if spans else None, number)

    def _within(self, span: Span, said: Span | None, number: int) -> list[_Piece]:
        """Return the pieces of a span that are within the budget; mostly that is one."""
        piece = self._piece(span, said, number)
        if piece.size <= self.settings.budget and not self._is_long(len(span)):
            return [piece]
        return [self._part(piece, part) for part in cut(self.text.text, span, self._is_short)]

    def _piece(self, span: Span, said: Span | None, number: int) -> _Piece:
        text, written = self.text.text, span.of(self.text.text)
        is_edited = bool(self.blocks[number].edits)
        words = words_as_read(text, self._edits_in(span), span) if is_edited else written
        # Marks alone count as they are written.
        return _Piece(span, said, number, _size(words if words.strip() else written))

    def _part(self, piece: _Piece, span: Span) -> _Piece:
        """Return a part of a piece."""
        if span == piece.span:
            return piece
        said = piece.said
        if said:
            start, end = max(span.start, said.start), min(span.end, said.end)
            said = Span(start, end).trimmed(self.text.text) if start < end else None
        return self._piece(span, said if said and len(said) else None, piece.block)

    def _passage(self, run: _Run, plain: bool = False) -> Passage:
        """Make a passage; a plain one is read as it is written."""
        span, text = Span(run[0].span.start, run[-1].span.end), self.text.text
        position = self.text.position(span.start)
        said = [(piece.said, piece.block) for piece in run if piece.said is not None]
        worded = [number for _, number in said] or [piece.block for piece in run]
        main = next((n for n in worded if self.blocks[n].kind not in HEADINGS), worded[0])
        edits = [] if plain else self._edits_in(span)
        leads = tuple(self._lead(number) for _, number in said)
        return Passage(
            text=span.of(text),
            byte_start=self.text.byte_offset(span.start),
            byte_end=self.text.byte_offset(span.end),
            line=position.line,
            column=position.column,
            sentences=tuple(one.shifted(-span.start) for one, _ in said) or (Span(0, len(span)),),
            kind=self.blocks[main].kind,
            context=self._context(main, span),
            edits=tuple(edit.shifted(-span.start) for edit in edits),
            leads=leads if any(leads) else (),
            anchors=self.text.places.within(span) if self.text.places else (),
        )

    def _edits_in(self, span: Span) -> list[Edit]:
        """Return the edits that lie within a span; none that only begins where it ends."""
        first = bisect_left(self._edit_starts, span.start)
        last = bisect_left(self._edit_starts, span.end)
        return [edit for edit in self._edits[first:last] if edit.end <= span.end]

    @cached_property
    def _edits(self) -> list[Edit]:
        """The edits of all blocks, in order."""
        return [edit for block in self.blocks for edit in block.edits]

    @cached_property
    def _edit_starts(self) -> list[int]:
        return [edit.start for edit in self._edits]

    def _lead(self, number: int) -> str:
        lead = self.blocks[number].lead
        return self._said(lead) if lead else ""

    def _said(self, span: Span) -> str:
        if span not in self._leads:
            said = _MARKS.sub(" ", span.of(self.text.text)[:_MAX_CONTEXT])
            self._leads[span] = " ".join(said.split())
        return self._leads[span]

    def _context(self, number: int, span: Span) -> str:
        """Return the headings of a block, and what it is read after, as far as not in the span."""
        path, lead = self._paths[number], self.blocks[number].lead
        if not path and not lead:
            return ""
        above = [self.blocks[at] for at in path]
        said = [_words(self.text.text, one) for one in above if one.span.end <= span.start]
        said += [self._said(lead)] if lead and lead.end <= span.start else []
        context = " > ".join(one for one in dict.fromkeys(said) if one and one != self.title)
        context = context[-_MAX_CONTEXT:]
        if context not in self._fitting:
            allowed = self.limit.max_tokens // _CONTEXT_SHARE
            self._fitting[context] = self.limit.count([context])[0] <= allowed
        return context if self._fitting[context] else ""

    @cached_property
    def _paths(self) -> list[tuple[int, ...]]:
        """The headings above each block, by number, the highest first."""
        paths: list[tuple[int, ...]] = []
        path: tuple[int, ...] = ()
        for number, block in enumerate(self.blocks):
            if block.kind in (Kind.HEADING, Kind.TITLE):
                level = block.level or 1
                above = tuple(at for at in path if (self.blocks[at].level or 1) < level)
                paths.append(above)
                path = (*above, number)
            else:
                paths.append(path)
        return paths


def _regions(text: str, blocks: Sequence[Block]) -> Iterator[list[int]]:
    """Yield the blocks, by number, that may share passages; marks alone join what is above them."""
    region: list[int] = []
    before: Kind | None = None
    for number, block in enumerate(blocks):
        kind = block.kind
        is_marks = kind is Kind.BOILERPLATE and not has_words(block.span.of(text))
        if before and not is_marks:
            is_other = kind is not before and (kind in _APART or before in _APART)
            begins = kind is Kind.HEADING and before not in HEADINGS
            if is_other or begins or kind is Kind.ROW:
                yield region
                region = []
        region.append(number)
        before = before if is_marks else kind
    if region:
        yield region


def _sentences(text: str, block: Block) -> list[Span]:
    """Return the sentences of a block, without the marks at their ends."""
    if not block.edits:
        return _sentences_in(text, block.span, block.kind)
    start = block.span.start
    said = blanked(text, block.edits, block.span)
    whole = Span(0, len(said)).trimmed(said)
    return [span.shifted(start) for span in _sentences_in(said, whole, block.kind)]


def _sentences_in(said: str, whole: Span, kind: Kind) -> list[Span]:
    if not has_words(whole.of(said)):
        return []
    if kind in ONE_SENTENCE:
        return [whole]
    if kind is Kind.CODE:
        return [Span(*line.span()) for line in _LINE.finditer(said, whole.start, whole.end)]
    return list(sentences(said, whole))


def _words(text: str, block: Block) -> str:
    """Return the words of a heading."""
    return _flat(words_as_read(text, block.edits, block.span))[:_MAX_CONTEXT]


def _size(words: str) -> int:
    """Return the tokens of words after others: of a sentence, wherever in a passage it is."""
    return tokens.count(f" {_flat(words)}")


def _flat(text: str) -> str:
    """Return a text with one blank for each white space, and none at its ends."""
    return " ".join(text.split())


def pack(sizes: Sequence[int], settings: PassageSettings) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of sentences, given their sizes in tokens, that form passages.

    Each range holds as many sentences as the budget allows, and at least one new one; it begins
    with those that overlap the range before it.
    """
    start = end = 0
    while end < len(sizes):
        size = sum(sizes[start:end])
        while end < len(sizes) and (end == start or size + sizes[end] <= settings.budget):
            size += sizes[end]
            end += 1
        yield start, end
        if end < len(sizes):
            start = _overlap_start(sizes, start, end, settings)


def _overlap_start(sizes: Sequence[int], start: int, end: int, settings: PassageSettings) -> int:
    room = min(settings.overlap, settings.budget - sizes[end])
    following = end
    while following - 1 > start and sizes[following - 1] <= room:
        following -= 1
        room -= sizes[following]
    return following
