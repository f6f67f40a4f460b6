"""What every reader takes and gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.articles.passages import Passage
from index.articles.spans import Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may answer, by its offsets; nobody searches for its text again."""

    passage: int
    """Index of its passage among those given."""
    span: Span
    """The answer, in code points of the passage."""
    sentence: Span
    """The sentence around it, in code points of the passage."""
    margin: float
    """How much likelier than no answer in this passage: a difference of logits."""
    sharpness: float
    """Log-probability of just this span, given that the passage has an answer; 0 at most."""


class Reader(Protocol):
    """Finds answers in passages."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Give the spans that may answer a question, the best first.

        `passages` come in the retriever's order, the best first.
        """


@dataclass(frozen=True, slots=True)
class FirstSentenceReader:
    """A Reader that takes each passage's first sentence, the surer the better the passage ranks."""

    def read(self, _question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Give the first sentences in the order of their passages."""
        return [
            Candidate(index, span, span, margin=-float(index), sharpness=0.0)
            for index, one in enumerate(passages)
            for span in one.sentences[:1]
        ]
