"""The reply to a question: answers with citations, or no answer with a reason.

Saved conversations hold these classes as JSON: their field names and enum values are a file format.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.articles.places import Anchor, Place, Places, anchors_within
from index.articles.spans import Span
from index.storage.scope import EVERYTHING, Scope

MAX_QUESTION_LENGTH = 4_000
"""Code points."""
DEFAULT_ANSWERS = 3
"""Distinct answers that a question gets at most."""


class Status(StrEnum):
    """Whether a file still has the cited words, checked when the question was answered."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    """The words are elsewhere in the file; the citation gives the new location."""
    CHANGED = "changed"
    """The words are no longer in the file; the citation gives the old location."""
    GONE = "gone"
    """The file is missing or can no longer be read."""

    @property
    def is_current(self) -> bool:
        """Whether the file has the words at the citation's location."""
        return self in (Status.UNCHANGED, Status.MOVED)


class State(StrEnum):
    """How sure a reply is, in words that JSON uses too."""

    ANSWER = "answer"
    PERHAPS = "perhaps"
    """The best answer is above the threshold, but in doubt."""
    NO_ANSWER = "no_answer"


class Reason(StrEnum):
    """Why there is no answer."""

    NO_PASSAGES = "no-passages"
    """No passage matches the question."""
    NO_SPAN = "no-span"
    """The reader found no answer in the matching passages."""
    UNSURE = "unsure"
    """The best answer is below the confidence threshold."""
    INDEX_STALE = "index-stale"
    """The passage with the answer has changed since indexing."""
    DOUBT = "doubt"
    """The user asked whether the last answer is right."""
    SMALL_TALK = "small-talk"
    """The user thanked or greeted."""

    @property
    def is_about_articles(self) -> bool:
        """Whether the question was looked for in the articles."""
        return self not in (Reason.DOUBT, Reason.SMALL_TALK)


class Precision(StrEnum):
    """What a resolved date stands for: the day itself, or what begins with it."""

    DAY = "day"
    WEEKEND = "weekend"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class ResolvedDate:
    """A relative or partial date of a sentence, with the date that was computed for it."""

    text: str
    """The phrase, letter for letter."""
    start: int
    """Code point of the sentence at which it begins."""
    date: str
    """ISO 8601, as precise as it is known: `2008-07-08`, `2008-07` or `2008`; the Monday of a
    week, the Saturday of a weekend."""
    precision: Precision


@dataclass(frozen=True, slots=True)
class JoinedWord:
    """A word that the file breaks at the end of a line, and that was read as one."""

    text: str
    """Letter for letter, with its hyphen and the line break."""
    start: int
    """Code point of the sentence at which it begins."""
    word: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an article, letter for letter, and their location in its text.

    Lines and columns count from 1, columns in code points; the end is inclusive. Where the text
    was extracted from the file, a person finds them at `place`.
    """

    text: str
    line: int
    column: int
    end_line: int
    end_column: int
    anchors: tuple[Anchor, ...] = ()
    """Where the words are in the file, in code points of them; none if the text is the file's."""

    @property
    def place(self) -> Place:
        """Where the first code point is in the file."""
        return self.anchors[0].place if self.anchors else Place(self.line, self.column)

    @property
    def end_place(self) -> Place:
        """Where the last code point is in the file."""
        if not self.anchors:
            return Place(self.end_line, self.end_column)
        return Places(self.anchors).at(len(self.text) - 1)


def part_of(quote: Quote, start: int, text: str) -> Quote:
    """Return the location of words of a quote that begin at one of its code points."""
    before = quote.text[:start].split("\n")
    line = quote.line + len(before) - 1
    column = len(before[-1]) + (quote.column if len(before) == 1 else 1)
    lines = text.split("\n")
    end_column = len(lines[-1]) + (column - 1 if len(lines) == 1 else 0)
    anchors = anchors_within(quote.anchors, Span(start, start + len(text)))
    return Quote(text, line, column, line + len(lines) - 1, end_column, anchors)


def answer_offset(sentence: Quote, answer: Quote) -> int:
    """Return the code point of a sentence at which an answer inside it begins."""
    above = sentence.text.split("\n")[: answer.line - sentence.line]
    first_column = 1 if above else sentence.column
    return sum(len(line) + 1 for line in above) + answer.column - first_column


@dataclass(frozen=True, slots=True)
class Citation:
    """One place where an answer was found."""

    path: str
    """As the user named the folder, joined with the file's path inside it."""
    file: str
    """Absolute path."""
    status: Status
    answer: Quote
    sentence: Quote
    """The complete sentence around the answer."""
    title: str
    """The article's title; empty if unknown."""
    dates: tuple[date, ...]
    """The date of its section, else of its article; empty if unknown."""
    resolved: tuple[ResolvedDate, ...] = ()
    """Relative and partial dates of the sentence, in order; computed, so no part of the quote."""
    joined: tuple[JoinedWord, ...] = ()
    """Words of the sentence that a line break divides, in order."""
    short_path: str = ""
    """Its path for people, as short as it is clear; empty if that is not known."""

    @property
    def answer_dates(self) -> tuple[ResolvedDate, ...]:
        """The resolved dates that the answer, or a part of it, belongs to."""
        start = answer_offset(self.sentence, self.answer)
        end = start + len(self.answer.text)
        return tuple(
            one for one in self.resolved if one.start < end and start < one.start + len(one.text)
        )

    @property
    def answer_meaning(self) -> tuple[str, ...]:
        """The dates, ISO 8601, that were computed for the answer; empty without any."""
        return tuple(one.date for one in self.answer_dates)

    @property
    def is_current(self) -> bool:
        """Whether the file has the words at this location."""
        return self.status.is_current

    @property
    def parts(self) -> tuple[str, str, str]:
        """The sentence split into the text before the answer, the answer, and the text after."""
        start = answer_offset(self.sentence, self.answer)
        end = start + len(self.answer.text)
        return self.sentence.text[:start], self.sentence.text[start:end], self.sentence.text[end:]


class AnswerKind(StrEnum):
    """What an answer consists of."""

    SPAN = "span"
    """A part of a sentence: a name, a number, a clause."""
    SENTENCES = "sentences"
    """One to three entire sentences."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer with all its citations, best first; at least one."""

    confidence: float
    """Estimated probability that it is right, in [0, 1]."""
    citations: tuple[Citation, ...]
    doubtful: bool = False
    """Whether its confidence is below that of a plain answer."""

    @property
    def text(self) -> str:
        """The answer, letter for letter as in its first citation."""
        return self.citations[0].answer.text

    @property
    def kind(self) -> AnswerKind:
        """Whether it is a part of a sentence or entire ones."""
        return AnswerKind.SENTENCES if self.text == self.quote else AnswerKind.SPAN

    @property
    def quote(self) -> str:
        """The sentence of its first citation, or the sentences if it consists of them."""
        return self.citations[0].sentence.text


@dataclass(frozen=True, slots=True)
class Milliseconds:
    """Time spent on a question."""

    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Unmentioned:
    """Words of a question that no article in its scope has."""

    words: str
    """A word or several in a row, as in the question."""
    suggestion: str | None = None
    """The same words as articles spell them; None if none of them resembles any."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with at least one confident answer."""

    question: str
    asked: str
    """The cleaned question, after the earlier turns that it was searched with."""
    answers: tuple[Answer, ...]
    """Distinct answers, best first; at least one."""
    milliseconds: Milliseconds
    articles_differ: bool = False
    """Whether articles contradict the best answer; what they say is among the others."""
    unmentioned: tuple[Unmentioned, ...] = ()
    """What no article mentions, where the best answer is in doubt."""
    scope: Scope = EVERYTHING
    """Which articles were searched."""
    undated: int = 0
    """Articles that were only left out because they have no date."""

    @property
    def state(self) -> State:
        """Whether the best answer is in doubt."""
        return State.PERHAPS if self.answers[0].doubtful else State.ANSWER


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A question without a confident answer."""

    question: str
    asked: str
    reason: Reason
    rejected: tuple[Answer, ...]
    """The closest matches, best first."""
    milliseconds: Milliseconds
    missing_folder: str = ""
    """The indexed folder of the closest match if it is missing, as the user named it."""
    unmentioned: tuple[Unmentioned, ...] = ()
    """What no article mentions."""
    scope: Scope = EVERYTHING
    """Which articles were searched."""
    undated: int = 0
    """Articles that were only left out because they have no date."""

    @property
    def state(self) -> State:
        """Always that there is no answer."""
        return State.NO_ANSWER


Reply = Answered | NoAnswer
