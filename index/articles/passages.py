"""Articles to passages: whole sentences under a token budget, each with its exact place."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.articles import tokens
from index.articles.paragraphs import Paragraph
from index.articles.sentences import cut, sentences
from index.articles.spans import Span
from index.articles.text import Text, width

_LONGEST_TOKEN = 25
"""Code points: no piece of the encoding's pattern is longer."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How articles are cut; recorded in the manifest, for a change cuts everything again."""

    budget: int = 160
    """Tokens of our own encoding in a passage, at most."""
    overlap: int = 40
    """Tokens that a passage may repeat from the one before it."""


DEFAULT_SETTINGS = PassageSettings()


class ModelLimit(Protocol):
    """How much the embedding model can see, by its own tokenizer."""

    @property
    def max_tokens(self) -> int:
        """Tokens, special ones counted in."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens that the model takes each text for, special ones and prompt included."""


class NoLimit:
    """A model that sees everything, for when only the budget is to cut."""

    max_tokens = 2**62

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count nothing."""
        return [0] * len(texts)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, and where it stands in the file."""

    text: str
    """The file's bytes from `byte_start` to `byte_end`, decoded; nothing else changed."""
    byte_start: int
    byte_end: int
    line: int
    """Line of the first code point, from 1."""
    column: int
    """Column of the first code point, in code points from 1."""
    sentences: tuple[Span, ...]
    """What may be quoted: code points of `text`, in order; headings are not among them."""

    @property
    def end_line(self) -> int:
        """Line of the last code point."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True, slots=True)
class _Piece:
    span: Span
    heading: bool


_Run = Sequence[_Piece]


def embedding_text(title: str, text: str) -> str:
    """Give the text that a passage is embedded as: its article's title tells what it is about."""
    return f"{title}\n{text}" if title else text


def split(
    text: Text,
    regions: Sequence[Sequence[Paragraph]],
    headings: Container[Paragraph],
    title: str,
    settings: PassageSettings,
    limit: ModelLimit,
) -> list[Passage]:
    """Cut an article's regions into passages; none crosses from one region into the next.

    A heading is in its passage's text and not among its sentences: it tells what the passage is
    about and is no answer. A sentence over the budget is cut at a word, and whatever the model
    could not see whole is cut again, so nothing is ever truncated.
    """

    def within_budget(piece: str) -> bool:
        if len(piece) > _LONGEST_TOKEN * settings.budget:
            return False
        # No token is less than a byte.
        return len(piece.encode()) <= settings.budget or tokens.count(piece) <= settings.budget

    def within_model(piece: str) -> bool:
        return limit.count([embedding_text(title, piece)])[0] <= limit.max_tokens

    runs: list[_Run] = []
    for region in regions:
        pieces = [
            _Piece(piece, paragraph in headings)
            for paragraph in region
            for sentence in sentences(text.text, paragraph.span)
            for piece in cut(text.text, sentence, within_budget)
        ]
        runs += [pieces[start:end] for start, end in pack(_sizes(text.text, pieces), settings)]
    texts = [_covered(run).of(text.text) for run in runs]
    seen = limit.count([embedding_text(title, one) for one in texts])
    whole = (
        run
        for wide, one, size in zip(runs, texts, seen, strict=True)
        for run in (
            [wide]
            if size <= limit.max_tokens and within_budget(one)
            else _refit(text.text, wide, lambda one: within_budget(one) and within_model(one))
        )
    )
    return [_passage(text, run) for run in whole if not all(piece.heading for piece in run)]


def _sizes(text: str, pieces: Sequence[_Piece]) -> list[int]:
    """Count each piece's tokens, with the white space that stands between it and the last."""
    starts = [piece.span.start for piece in pieces[:1]] + [piece.span.end for piece in pieces[:-1]]
    return [
        tokens.count(text[start : piece.span.end])
        for start, piece in zip(starts, pieces, strict=True)
    ]


def pack(sizes: Sequence[int], settings: PassageSettings) -> Iterator[tuple[int, int]]:
    """Yield half-open ranges of sentences, by their sizes in tokens, that make up the passages.

    Each range holds as many sentences as the budget allows, at least one that no range before it
    has, and begins with those that overlap the range before it.
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
    if fits(_covered(run).of(text)):
        return [run]
    if len(run) == 1:
        return [[_Piece(span, run[0].heading)] for span in cut(text, run[0].span, fits)]
    half = len(run) // 2
    return _refit(text, run[:half], fits) + _refit(text, run[half:], fits)


def _covered(run: _Run) -> Span:
    return Span(run[0].span.start, run[-1].span.end)


def _passage(text: Text, run: _Run) -> Passage:
    covered = _covered(run)
    place = text.place(covered.start)
    start = text.byte(covered.start)
    return Passage(
        text=covered.of(text.text),
        byte_start=start,
        byte_end=start + width(covered.of(text.text), text.encoding),
        line=place.line,
        column=place.column,
        sentences=tuple(piece.span.shifted(-covered.start) for piece in run if not piece.heading),
    )
