"""The outcome of each question of a set, stored as one JSON line."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from eval.sets.highlight import Mark, MarkedText
from eval.sets.question_set import Gold
from qa.answers import State

RIGHT_F1 = 0.5
"""Lowest F1 of a right answer; confidence is fitted to this definition."""


class Kind(StrEnum):
    """What is known about a question, which decides the figures it counts for."""

    ANSWERABLE = "answerable"
    """It has accepted answers."""
    LOCATION = "place"
    """Only the location of the answer is known: counts for rankings and cited lines."""
    UNANSWERABLE = "unanswerable"
    """The articles do not answer it."""
    REJECTED = "marked"
    """Only a wrong reply is known: counts for not repeating it."""


class Cause(StrEnum):
    """Why a question failed."""

    NONE = "none"
    """It did not fail."""
    NOT_INDEXED = "not indexed"
    NOT_RETRIEVED = "not retrieved"
    """No gold passage is among the fused ones."""
    NOT_READ = "retrieved but not read"
    """Gold ranks below the passages that are read."""
    OUTRANKED = "read but outranked"
    """The best answer comes from elsewhere."""
    WRONG_SPAN = "wrong span"
    """The best answer is on a gold line but has the wrong words, or no span was found there."""
    WRONG_LINE = "right text but wrong line"
    SHOULD_HAVE_ANSWERED = "should have answered"
    """The best span is right but below the threshold, or a rejected refusal was repeated."""
    SHOULD_HAVE_ABSTAINED = "should have abstained"
    STALE = "changed since it was indexed"
    """The right answer was found, but its article has changed since."""
    REPEATED = "marked wrong, given again"
    """An answer that the user marked wrong was repeated."""


class JudgedAnswer(msgspec.Struct, frozen=True):
    """An answer, or a candidate below the threshold, compared with gold."""

    text: str
    confidence: float
    quote: str
    """Its sentence."""
    path: str
    line: int
    column: int
    exact: bool
    f1: float
    is_line_right: bool
    """Whether one of its citations begins on, or covers, a gold line."""
    is_right: bool
    """Whether F1 is at least RIGHT_F1; if gold has no answers, whether the line is right."""
    start: int = 0
    """Offset of the answer in its quote, in code points."""
    doubtful: bool = False
    """Whether its confidence is below that of a plain answer."""

    @property
    def marked_quote(self) -> MarkedText:
        """Its sentence with the answer marked."""
        is_there = self.quote.startswith(self.text, self.start)
        mark = Mark(self.start, self.start + len(self.text))
        return MarkedText(self.quote, (mark,) if is_there else ())


class GoldRank(msgspec.Struct, frozen=True, array_like=True):
    """The rank of a gold reference."""

    rank: int
    """Rank of its first passage, from 1."""
    gold: int
    """Index of the gold reference."""


class Rankings(msgspec.Struct, frozen=True):
    """Ranks of the gold references, best first; those not found are missing."""

    keywords: tuple[GoldRank, ...] = ()
    vectors: tuple[GoldRank, ...] = ()
    fused: tuple[GoldRank, ...] = ()
    read: tuple[GoldRank, ...] = ()
    """Among the passages read; a near-duplicate has the rank of the passage it is grouped with."""


class StageTimes(msgspec.Struct, frozen=True):
    """Milliseconds per stage; see `qa.trace.Stages`."""

    resolve: float = 0.0
    encode: float = 0.0
    keywords: float = 0.0
    vectors: float = 0.0
    gather: float = 0.0
    read: float = 0.0
    weigh: float = 0.0
    cite: float = 0.0
    total: float = 0.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a question."""

    id: str
    question: str
    history: tuple[str, ...] = ()
    searched_question: str = msgspec.field(name="asked")
    """The question, after the earlier turns that it was searched with."""
    tags: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    """Articles that the search was limited to by the set, as the set names them."""
    kind: Kind
    gold: tuple[Gold, ...] = ()
    rejected: tuple[Gold, ...] = ()
    gold_quotes: tuple[MarkedText, ...] = ()
    """The text of each gold reference; see `eval.sets.gold_quotes`."""
    rejected_quotes: tuple[MarkedText, ...] = ()
    answered: bool
    reason: str = ""
    """Why there was no answer; empty if there was one."""
    answers: tuple[JudgedAnswer, ...] = msgspec.field(name="given", default=())
    """Best first; the candidates below the threshold if the question was not answered."""
    grades: tuple[int, ...] = ()
    """Relevance of each gold reference; those covered by one passage count as one."""
    is_indexed: bool = False
    """Whether a passage of the index covers a gold reference."""
    rankings: Rankings = Rankings()
    exact: float = 0.0
    """Exact match of the reply as SQuAD scores it: a refusal is an empty answer."""
    f1: float = 0.0
    cause: Cause = Cause.NONE
    milliseconds: StageTimes = StageTimes()

    @property
    def quoted_gold(self) -> list[tuple[Gold, MarkedText]]:
        """Each gold reference with its text."""
        return _quoted(self.gold, self.gold_quotes)

    @property
    def quoted_rejected(self) -> list[tuple[Gold, MarkedText]]:
        """Each rejected answer with its text."""
        return _quoted(self.rejected, self.rejected_quotes)

    @property
    def best(self) -> JudgedAnswer | None:
        """The best answer or candidate; None if no span was found."""
        return self.answers[0] if self.answers else None

    @property
    def confidence(self) -> float:
        """Confidence of the best answer or candidate; 0 if there is none."""
        return self.best.confidence if self.best else 0.0

    @property
    def state(self) -> State:
        """How sure the reply was."""
        if not self.answered:
            return State.NO_ANSWER
        return State.PERHAPS if self.answers[0].doubtful else State.ANSWER

    @property
    def reply(self) -> str:
        """The answer; empty if the question was refused."""
        return self.answers[0].text if self.answered else ""

    @property
    def is_answered_right(self) -> bool:
        """Whether it was answered, and right; see `JudgedAnswer.is_right`."""
        return self.answered and self.answers[0].is_right

    @property
    def is_refused_right(self) -> bool:
        """Whether it was refused, and the articles do not answer it."""
        return not self.answered and self.kind is Kind.UNANSWERABLE

    @property
    def cites_gold_line(self) -> bool:
        """Whether it was answered from a gold line."""
        return self.answered and self.answers[0].is_line_right

    def rank(self, ranking: str) -> int | None:
        """Return the best rank of a gold reference in a ranking; None if none is found."""
        return min((found.rank for found in getattr(self.rankings, ranking)), default=None)

    @property
    def is_scored(self) -> bool:
        """Whether exact match and F1 count."""
        return self.kind in (Kind.ANSWERABLE, Kind.UNANSWERABLE)


def _quoted(gold: Sequence[Gold], quotes: Sequence[MarkedText]) -> list[tuple[Gold, MarkedText]]:
    # Runs stored by earlier versions have no quotes.
    missing = [MarkedText("")] * (len(gold) - len(quotes))
    return list(zip(gold, [*quotes, *missing], strict=True))
