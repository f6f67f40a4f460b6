"""What a question gets back: answers with their citations, or a reasoned refusal."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MAX_QUESTION_LENGTH = 4_000
"""Code points."""
DEFAULT_ANSWERS = 3
"""Distinct ones that a question gets, at most."""


class Status(StrEnum):
    """How the cited words stand in their file, read again when the question was answered."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    """They stand at another place now: the one that the citation gives."""
    CHANGED = "changed"
    """They stand there no more; the place is where they stood."""
    GONE = "gone"
    """The file is there no more."""

    @property
    def is_current(self) -> bool:
        """Whether the words are in the file now, at the place given."""
        return self in (Status.UNCHANGED, Status.MOVED)


class Reason(StrEnum):
    """Why there is no answer."""

    NO_PASSAGES = "no-passages"
    """Nothing in the articles has to do with the question."""
    NO_SPAN = "no-span"
    """Passages were found, and in them nothing that could answer."""
    UNSURE = "unsure"
    """The best that was found is too unlikely to be right."""
    INDEX_STALE = "index-stale"
    """What would answer has changed in its file since it was indexed."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an article, letter for letter, and where they stand.

    Lines and columns count from 1, columns in code points; the end is the last code point itself.
    """

    text: str
    line: int
    column: int
    end_line: int
    end_column: int


def answer_offset(sentence: Quote, answer: Quote) -> int:
    """Give the code point of a sentence at which an answer in it begins."""
    above = sentence.text.split("\n")[: answer.line - sentence.line]
    first = 1 if above else sentence.column
    return sum(len(line) + 1 for line in above) + answer.column - first


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands."""

    path: str
    """As the person named the folder, joined with the file's place below it."""
    file: str
    """Absolute path."""
    status: Status
    answer: Quote
    sentence: Quote
    """The whole sentence around the answer."""
    title: str
    """The article's; empty where it cannot be told."""
    dates: tuple[date, ...]
    """The article's date, or nothing."""

    @property
    def is_current(self) -> bool:
        """Whether the words are in the file now, at the place given."""
        return self.status.is_current

    @property
    def parts(self) -> tuple[str, str, str]:
        """The sentence in three: before the answer, the answer itself, after it."""
        start = answer_offset(self.sentence, self.answer)
        end = start + len(self.answer.text)
        return self.sentence.text[:start], self.sentence.text[start:end], self.sentence.text[end:]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with every place where it stands, the best first."""

    confidence: float
    """Estimated probability that it is right, in [0, 1]."""
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """The answer, letter for letter as its first citation has it."""
        return self.citations[0].answer.text

    @property
    def quote(self) -> str:
        """The sentence that it stands in."""
        return self.citations[0].sentence.text


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """Where the time went."""

    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that the articles answer."""

    question: str
    asked: str
    """The question as it was searched for."""
    answers: tuple[Answer, ...]
    """Distinct ones, the best first; at least one."""
    milliseconds: Milliseconds


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A question that the articles do not answer."""

    question: str
    asked: str
    reason: Reason
    rejected: tuple[Answer, ...]
    """What came nearest, with its low confidence."""
    milliseconds: Milliseconds


Reply = Answered | NoAnswer
