"""Split articles into passages: complete sentences within a token budget, with exact positions."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.articles import tokens
from index.articles.paragraphs import Paragraph
from index.articles.sentences import cut, sentences
from index.articles.spans import Span
from index.articles.text import Text

_LONGEST_TOKEN = 25
"""Code points; no match of the encoding's pattern is longer."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How articles are split; recorded in the manifest, because a change rebuilds the index."""

    budget: int = 160
    """Limit on the tokens of a passage, in Byline's own encoding."""
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
    """The file's bytes from `byte_start` to `byte_end`, decoded; nothing else is changed."""
    byte_start: int
    byte_end: int
    line: int
    """Line of the first code point, from 1."""
    column: int
    """Column of the first code point, in code points from 1."""
    sentences: tuple[Span, ...]
    """What may be quoted: code points of `text`, in order; headings are not included."""

    @property
    def end_line(self) -> int:
        """Line of the last code point."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of one that is over the budget."""

    span: Span
    is_heading: bool


_Run = Sequence[_Piece]


def embedding_text(title: str | None, text: str) -> str:
    """Return the text that a passage is embedded as, under its article's title if there is one."""
    return f"{title}\n{text}" if title else text


def split(
    text: Text,
    regions: Sequence[Sequence[Paragraph]],
    headings: Container[Paragraph],
    title: str | None,
    settings: PassageSettings,
    limit: ModelLimit,
) -> list[Passage]:
    """Split an article's regions into passages; none crosses from one region into the next.

    A heading is part of its passage's text but not one of its sentences: it says what the passage
    is about and is no answer. A sentence over the budget is cut at a word, and what the model
    cannot see completely is cut again, so nothing is ever truncated.
    """

    def within_budget(piece: str) -> bool:
        if len(piece) > _LONGEST_TOKEN * settings.budget:
            return False
        # Counting bytes is cheaper, and no token is shorter than a byte.
        return len(piece.encode()) <= settings.budget or tokens.count(piece) <= settings.budget

    def fits(piece: str) -> bool:
        if not within_budget(piece):
            return False
        return limit.count([embedding_text(title, piece)])[0] <= limit.max_tokens

    runs: list[_Run] = []
    for region in regions:
        pieces = [
            _Piece(span, paragraph in headings)
            for paragraph in region
            for sentence in sentences(text.text, paragraph.span)
            for span in cut(text.text, sentence, within_budget)
        ]
        runs += [pieces[start:end] for start, end in pack(_sizes(text.text, pieces), settings)]

    run_texts = [_covered(run).of(text.text) for run in runs]
    model_tokens = limit.count([embedding_text(title, run_text) for run_text in run_texts])
    passages = []
    for run, run_text, size in zip(runs, run_texts, model_tokens, strict=True):
        is_short = size <= limit.max_tokens and within_budget(run_text)
        parts = [run] if is_short else _refit(text.text, run, fits)
        with_sentences = [part for part in parts if not all(piece.is_heading for piece in part)]
        passages += [_passage(text, part) for part in with_sentences]
    return passages


def _sizes(text: str, pieces: Sequence[_Piece]) -> list[int]:
    """Return each piece's tokens, including the white space between it and the piece before."""
    starts = [piece.span.start for piece in pieces[:1]] + [piece.span.end for piece in pieces[:-1]]
    return [
        tokens.count(text[start : piece.span.end])
        for start, piece in zip(starts, pieces, strict=True)
    ]


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


def _refit(text: str, run: _Run, fits: Callable[[str], bool]) -> list[_Run]:
    """Halve a run, between sentences if possible, until all parts fit."""
    if fits(_covered(run).of(text)):
        return [run]
    if len(run) == 1:
        return [[_Piece(span, run[0].is_heading)] for span in cut(text, run[0].span, fits)]
    half = len(run) // 2
    return _refit(text, run[:half], fits) + _refit(text, run[half:], fits)


def _covered(run: _Run) -> Span:
    return Span(run[0].span.start, run[-1].span.end)


def _passage(text: Text, run: _Run) -> Passage:
    span = _covered(run)
    position = text.position(span.start)
    return Passage(
        text=span.of(text.text),
        byte_start=text.byte_offset(span.start),
        byte_end=text.byte_offset(span.end),
        line=position.line,
        column=position.column,
        sentences=tuple(piece.span.shifted(-span.start) for piece in run if not piece.is_heading),
    )
