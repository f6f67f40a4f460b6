"""The intermediate results of a question: rankings, passages, scored answers and timings."""

from dataclasses import dataclass

from index.storage.scope import Scope
from index.storage.selection import Selection
from qa.answering.early_stopping import ReadResult
from qa.retrieval.retriever import Hit, Ranking


@dataclass(frozen=True, slots=True)
class Search:
    """What was searched for, and the passages that were found."""

    question: str
    """Cleaned."""
    searched_question: str
    """With the earlier turns that it was searched with."""
    scope: Scope
    """Which articles were searched."""
    selection: Selection
    """The articles in the scope."""
    topic: int | None
    """Id of the article that the previous question was about; None if this is no follow-up."""
    ranking: Ranking
    hits: tuple[Hit, ...]
    """The passages for the reader, best first."""
    resolve: float
    """Milliseconds; see `Stages`."""
    gather: float
    """Milliseconds."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Milliseconds spent in each stage."""

    resolve: float
    """Choosing the earlier turns to search with and the articles in scope."""
    encode: float
    keywords: float
    vectors: float
    gather: float
    """Fusing rankings, fetching passages, merging near-duplicates."""
    read: float
    weigh: float
    """Grouping candidates and computing their confidence."""

    @property
    def retrieve(self) -> float:
        """Everything before reading."""
        return self.resolve + self.encode + self.keywords + self.vectors + self.gather


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything computed for a question before its answers are cited."""

    question: str
    searched_question: str
    """The cleaned question, after the earlier turns that it was searched with."""
    scope: Scope
    """Which articles were searched."""
    undated: int
    """Articles that were only left out because they have no date."""
    ranking: Ranking
    hits: tuple[Hit, ...]
    """The passages for the reader, best first."""
    reading: ReadResult
    stages: Stages
