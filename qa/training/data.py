"""The training data: questions with a context and accepted answers, cut to passages."""

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from index.articles import tokens
from index.articles.blocks import Block
from index.articles.blocks import Kind as BlockKind
from index.articles.passages import DEFAULT_SETTINGS, NoLimit, split
from index.articles.spans import Span
from index.articles.text import Text
from qa.training.groups import Example

MEASURED = frozenset({"Normans", "Warsaw", "Steam_engine", "Immune_system"})
"""Articles of SQuAD dev for measuring only: nothing is trained, chosen or calibrated on them."""
CALIBRATED = frozenset({"Harvard_University", "Scottish_Parliament", "Islamism"})
"""Articles of SQuAD dev for choosing settings and calibrating; never trained on."""
_SHARED = 12
"""Consecutive words that two contexts share only if one is taken from the other."""


class GoldAnswer(msgspec.Struct, frozen=True):
    """An accepted answer."""

    text: str
    start: int
    """In its context, in code points."""

    @property
    def span(self) -> Span:
        """Where it is in its context."""
        return Span(self.start, self.start + len(self.text))


class Row(msgspec.Struct, frozen=True):
    """A line of the data: a question; without answers it is unanswerable."""

    id: str
    source: str
    context: str
    question: str
    answers: tuple[GoldAnswer, ...]
    title: str = ""


def load(path: Path) -> list[Row]:
    """Read a file of the data, without rows whose answers are not at their offsets."""
    with gzip.open(path, "rb") as lines:
        rows = [msgspec.json.decode(line, type=Row) for line in lines]
    return [
        row
        for row in rows
        if all(answer.span.of(row.context) == answer.text for answer in row.answers)
    ]


def training_rows(dev: Iterable[Row]) -> list[Row]:
    """Return the rows of dev that may be trained on."""
    return [row for row in dev if row.title not in MEASURED | CALIBRATED]


def without_contexts(rows: Iterable[Row], kept_apart: Iterable[Row]) -> list[Row]:
    """Leave out rows whose context shares twelve consecutive words with one kept apart.

    A shorter context is left out if all of it appears in one kept apart.
    """
    apart = [_words(context) for context in {row.context for row in kept_apart}]
    lengths = range(1, _SHARED + 1)
    runs = {run for words in apart for length in lengths for run in _runs(words, length)}
    return [row for row in rows if runs.isdisjoint(_longest_runs(_words(row.context)))]


def _words(context: str) -> list[str]:
    return re.findall(r"\w+", context.lower())


def _longest_runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return _runs(words, min(_SHARED, len(words))) if words else iter(())


def _runs(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def passages_of(context: str) -> list[Span]:
    """Cut a context as the index cuts an article: into full sentences within the token budget."""
    if tokens.count(context) <= DEFAULT_SETTINGS.budget:
        return [Span(0, len(context))]
    text = Text(context, "utf-8", 0)
    block = Block(Span(0, len(context)).trimmed(context), BlockKind.PARAGRAPH)
    return [
        Span(start, start + len(passage.text))
        for passage in split(text, [block], None, DEFAULT_SETTINGS, NoLimit())
        for start in [text.line_starts[passage.line - 1] + passage.column - 1]
    ]


def example_of(row: Row) -> Example:
    """Return the passage of a question's context that has its answer, as it is trained on.

    If the answer is cut in two the passage is the entire context; without an answer, its first one.
    """
    passages = passages_of(row.context)
    title = row.title.replace("_", " ")
    if not row.answers:
        return Example(passages[0].of(row.context), None, title)
    answer = likeliest(row.answers).span
    holding = (span for span in passages if span.start <= answer.start and answer.end <= span.end)
    passage = next(holding, Span(0, len(row.context)))
    return Example(passage.of(row.context), answer.shifted(-passage.start), title)


def likeliest(answers: tuple[GoldAnswer, ...]) -> GoldAnswer:
    """Return the answer that most people gave; among equals the shortest, then the first."""
    votes = Counter(answer.text for answer in answers)
    return max(answers, key=lambda answer: (votes[answer.text], -len(answer.text), -answer.start))
