"""What a training learns from: questions, each with passages that answer it or do not."""

from dataclasses import dataclass

from index.articles.spans import Span


@dataclass(frozen=True, slots=True)
class Example:
    """A passage to read for a question."""

    passage: str
    answer: Span | None
    """In code points of the passage; None if it does not answer."""
    context: str = ""
    """The title of its article; empty if unknown."""


@dataclass(frozen=True, slots=True)
class Group:
    """A question with the passages that are trained together, so that their scores compare."""

    question: str
    """With the turns before it, as it is read."""
    examples: tuple[Example, ...]
