"""The interface of a reader, and the simplest one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from index.articles.passages import Passage
from index.articles.spans import Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer, by its offsets: its text is never searched for again."""

    passage: int
    """Index of its passage in the list that was read."""
    span: Span
    """The answer, in code points of the passage."""
    sentence: Span
    """The sentence around it, or the sentences, in code points of the passage."""
    margin: float
    """How much likelier than no answer in this passage: a difference of logits."""
    sharpness: float
    """Log-probability of exactly this span, given that the passage has an answer; at most 0."""
    is_whole: bool = False
    """Whether it consists of entire sentences."""
    first_margin: float = 0.0
    """The margin that a reader before this one found for these words; 0 if none read them."""

    def overlaps(self, other: "Candidate") -> bool:
        """Return whether both share words of one passage."""
        is_apart = self.span.end <= other.span.start or other.span.end <= self.span.start
        return self.passage == other.passage and not is_apart


class Reader(Protocol):
    """Finds answers in passages."""

    def read(
        self, question: str, passages: Sequence[Passage], contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        """Return the spans that may answer a question, best first.

        `passages` are in the retriever's order, best first; `contexts` has what is read above each
        of them, such as the title of its article. No contexts are the same as empty ones.
        """


class FirstSentenceReader:
    """Stands in for a reader: takes each passage's first sentence, in the retriever's order."""

    def read(
        self, _question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        """Return the first sentences in the order of their passages."""
        return [
            Candidate(index, span, span, margin=-float(index), sharpness=0.0)
            for index, passage in enumerate(passages)
            for span in passage.sentences[:1]
        ]
