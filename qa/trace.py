"""Everything that was found out about a question before any of it is cited."""

from dataclasses import dataclass

from qa.answering.early_stopping import ReadResult
from qa.retrieval.retriever import Hit, Ranking


@dataclass(frozen=True, slots=True)
class Stages:
    """Milliseconds that each stage took."""

    resolve: float
    """A follow-up made whole, and the articles chosen that are searched."""
    encode: float
    keywords: float
    vectors: float
    gather: float
    """Rankings fused, passages fetched, near-duplicates joined."""
    read: float
    weigh: float
    """Candidates grouped, and their confidence."""

    @property
    def retrieve(self) -> float:
        """All until the passages are there."""
        return self.resolve + self.encode + self.keywords + self.vectors + self.gather


@dataclass(frozen=True, slots=True)
class Trace:
    """A question, and what could answer it."""

    question: str
    searched_question: str
    """The question as it was searched for."""
    ranking: Ranking
    hits: tuple[Hit, ...]
    """The passages to read, the best first."""
    reading: ReadResult
    stages: Stages
