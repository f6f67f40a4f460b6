"""The news questions and conversations: natural questions on articles that we invented.

A question is read as it was typed, in training as at run time, with no turn before it: later turns
of the development news are answered better so (62.7% right and given, not 58.6%).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from index.articles.files import Contents, Signature
from index.articles.parse import read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.articles.spans import Span
from index.articles.text import NotText, decode
from qa.answering.squad_text import normalise_answer
from qa.training.data import GoldAnswer
from qa.training.groups import Example, Group
from qa.training.near_misses import NearMisses

Line = TypeVar("Line", bound=msgspec.Struct)

_WITH_TITLE = 0.8
"""Share of the passages that are read under their title: a reader must do without one, too."""
_WITH_MISS = 0.6
"""Share of the answerable questions with a passage that does not answer."""
_MISSES = 2
"""Passages of a question that is not answered."""
_COVERED = 0.5
"""Share of an answer that its passage has at least; the rest is in the next one."""


class Question(msgspec.Struct, frozen=True):
    """A line of questions.jsonl."""

    id: str
    article: str
    kind: str
    """span, open, none or follow."""
    alone: bool
    """Whether it makes sense asked of all articles."""
    history: list[str]
    question: str
    answers: list[GoldAnswer]


class Turn(msgspec.Struct, frozen=True):
    """A question in a conversation; without answers its article does not answer it."""

    question: str
    answers: list[GoldAnswer]


class Conversation(msgspec.Struct, frozen=True):
    """A line of conversations.jsonl."""

    id: str
    article: str
    turns: list[Turn]


@dataclass(frozen=True, slots=True)
class NewsPassage:
    """A passage of an article, as the index has it."""

    article: str
    title: str
    text: str
    start: int
    """In code points of the article."""


@dataclass(frozen=True)
class News:
    """One part of the news data."""

    folder: Path

    @cached_property
    def questions(self) -> list[Question]:
        """The questions."""
        return _lines(self.folder / "questions.jsonl", Question)

    @cached_property
    def conversations(self) -> list[Conversation]:
        """The conversations."""
        return _lines(self.folder / "conversations.jsonl", Conversation)

    @cached_property
    def passages(self) -> dict[str, list[NewsPassage]]:
        """The passages of each article, by file name, in order."""
        paths = sorted((self.folder / "articles").iterdir())
        return {path.name: list(_passages(path)) for path in paths}


def _lines(path: Path, kind: type[Line]) -> list[Line]:
    with path.open("rb") as lines:
        return [msgspec.json.decode(line, type=kind) for line in lines]


def _passages(path: Path) -> Iterator[NewsPassage]:
    contents = Contents(path.read_bytes(), Signature.of(path.stat()))
    text, read = decode(contents.data), read_article(contents, DEFAULT_SETTINGS, NoLimit())
    if isinstance(text, NotText) or isinstance(read, NotText):
        return
    for passage in read.passages:
        start = text.line_starts[passage.line - 1] + passage.column - 1
        yield NewsPassage(path.name, read.article.title or "", passage.text, start)


def question_groups(
    news: News, misses: NearMisses[NewsPassage], chance: random.Random
) -> Iterator[Group]:
    """Yield each question with a passage that answers it, if one does, and some that do not."""
    maker = _Maker(news, misses, chance)
    for each in news.questions:
        yield from maker.groups(each.article, each.question, each.answers, alone=each.alone)


def conversation_groups(
    news: News, misses: NearMisses[NewsPassage], chance: random.Random
) -> Iterator[Group]:
    """Yield each turn of each conversation."""
    maker = _Maker(news, misses, chance)
    for conversation in news.conversations:
        for turn in conversation.turns:
            yield from maker.groups(conversation.article, turn.question, turn.answers, alone=False)


@dataclass(frozen=True)
class _Maker:
    news: News
    misses: NearMisses[NewsPassage]
    chance: random.Random

    def groups(
        self, article: str, asked: str, answers: Sequence[GoldAnswer], *, alone: bool
    ) -> Iterator[Group]:
        """Yield the group of a question: none if no passage has its answer, or no other."""
        own = self.news.passages[article]
        missing = [passage for passage in own if not _answers(passage.text, answers)]
        if alone:
            elsewhere = [self.misses.passages[found] for found in self.misses.find(asked)]
            missing += [each for each in elsewhere if not _answers(each.text, answers)]
        if not answers:
            chosen = self.chance.sample(missing, min(_MISSES, len(missing)))
            examples = [self._example(passage, None) for passage in chosen]
        else:
            gold = _holding(own, answers[0])
            if gold is None:
                return
            examples = [self._example(*gold)]
            if missing and self.chance.random() < _WITH_MISS:
                examples.append(self._example(self.chance.choice(missing), None))
        if examples:
            yield Group(asked, tuple(examples))

    def _example(self, passage: NewsPassage, answer: Span | None) -> Example:
        titled = self.chance.random() < _WITH_TITLE
        return Example(passage.text, answer, passage.title if titled else "")


def _answers(passage: str, answers: Sequence[GoldAnswer]) -> bool:
    """Return whether a passage has any of the answers' words in order."""
    words = f" {normalise_answer(passage)} "
    return any(f" {normalise_answer(answer.text)} " in words for answer in answers)


def _holding(
    passages: Sequence[NewsPassage], answer: GoldAnswer
) -> tuple[NewsPassage, Span] | None:
    """Return the passage that has most of an answer and where; None if none has half of it.

    Among passages that have all of it, the one with most text on the shorter side of it.
    """

    def inside(passage: NewsPassage) -> Span:
        span = answer.span.shifted(-passage.start)
        start = min(max(span.start, 0), len(passage.text))
        return Span(start, max(start, min(span.end, len(passage.text))))

    def fit(passage: NewsPassage) -> tuple[int, int]:
        span = inside(passage)
        return len(span), min(span.start, len(passage.text) - span.end)

    best = max(passages, key=fit, default=None)
    if best is None or len(inside(best)) < _COVERED * len(answer.text):
        return None
    return best, inside(best)
