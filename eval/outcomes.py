"""What became of each question of a set, as one JSON line each."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from eval.sets.highlight import Mark, Marked
from eval.sets.question_set import Gold


class Kind(StrEnum):
    """What is known of a question, and so what it counts for."""

    ANSWERABLE = "answerable"
    """It has accepted answers."""
    PLACE = "place"
    """Only where it is answered is known: it counts for rankings and lines."""
    UNANSWERABLE = "unanswerable"
    """The articles do not answer it."""
    MARKED = "marked"
    """Only what is wrong is known: it counts as heeded where that is not done again."""


class Cause(StrEnum):
    """Why a question failed."""

    NONE = "none"
    """It did not."""
    NOT_INDEXED = "not indexed"
    NOT_RETRIEVED = "not retrieved"
    """Among the fused passages there is none of gold."""
    NOT_READ = "retrieved but not read"
    """Gold ranks behind the passages that are read."""
    OUTRANKED = "read but outranked"
    """The best answer is from elsewhere."""
    WRONG_SPAN = "wrong span"
    """The best answer stands on a gold line, in the wrong words; or nothing was marked there."""
    WRONG_LINE = "right text but wrong line"
    SHOULD_HAVE_ANSWERED = "should have answered"
    """The right answer came nearest, under the threshold; or a refusal marked wrong came again."""
    SHOULD_HAVE_ABSTAINED = "should have abstained"
    STALE = "changed since it was indexed"
    """The right answer was found, and stands in its file no more."""
    MARKED_WRONG = "marked wrong, given again"


class Given(msgspec.Struct, frozen=True):
    """An answer as it was given, or came near, and how it compares to gold."""

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
    """Whether one of its citations begins on a gold line."""
    is_right: bool
    """Whether its F1 is at least RIGHT; where gold has no words, whether its line is right."""
    start: int = 0
    """The code point of its quote at which the answer begins."""

    @property
    def marked(self) -> Marked:
        """Its sentence, the answer marked in it."""
        is_there = self.quote.startswith(self.text, self.start)
        mark = Mark(self.start, self.start + len(self.text))
        return Marked(self.quote, (mark,) if is_there else ())


class Found(msgspec.Struct, frozen=True, array_like=True):
    """A gold place in a ranking."""

    rank: int
    """From 1: of its first passage."""
    place: int
    """Index among the gold places."""


class Rankings(msgspec.Struct, frozen=True):
    """Where gold places rank, the best first; a place that is not found has no entry."""

    keywords: tuple[Found, ...] = ()
    vectors: tuple[Found, ...] = ()
    fused: tuple[Found, ...] = ()
    read: tuple[Found, ...] = ()
    """Among the passages read, near-duplicates counted with the one they join."""


class Spent(msgspec.Struct, frozen=True):
    """Milliseconds of each stage; see `qa.trace.Stages`."""

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
    """What became of a question."""

    id: str
    question: str
    history: tuple[str, ...] = ()
    asked: str
    """As it was searched for."""
    tags: tuple[str, ...] = ()
    kind: Kind
    gold: tuple[Gold, ...] = ()
    rejected: tuple[Gold, ...] = ()
    gold_quotes: tuple[Marked, ...] = ()
    """What stands at each gold place, as `eval.sets.gold_quotes` gives it."""
    rejected_quotes: tuple[Marked, ...] = ()
    answered: bool
    reason: str = ""
    """Why there was no answer; empty where there was one."""
    given: tuple[Given, ...] = ()
    """The best first; what only came near where it was not answered."""
    grades: tuple[int, ...] = ()
    """How relevant each gold place is: places that one passage covers are one."""
    is_indexed: bool = False
    """Whether a passage of the index covers a gold place."""
    rankings: Rankings = Rankings()
    exact: float = 0.0
    """Of the reply as SQuAD scores it: a refusal is an empty answer."""
    f1: float = 0.0
    cause: Cause = Cause.NONE
    milliseconds: Spent = Spent()

    @property
    def accepted(self) -> list[str]:
        """Every accepted answer."""
        return [answer for place in self.gold for answer in place.answers]

    @property
    def quoted_gold(self) -> list[tuple[Gold, Marked]]:
        """Each gold place with what stands there."""
        return _quoted(self.gold, self.gold_quotes)

    @property
    def quoted_rejected(self) -> list[tuple[Gold, Marked]]:
        """Each rejected place with what stands there."""
        return _quoted(self.rejected, self.rejected_quotes)

    @property
    def confidence(self) -> float:
        """Of the best answer, given or not; 0 where there is none."""
        return self.given[0].confidence if self.given else 0.0

    @property
    def reply(self) -> str:
        """The answer given; empty where it was refused."""
        return self.given[0].text if self.answered else ""

    @property
    def is_scored(self) -> bool:
        """Whether exact match and F1 count."""
        return self.kind in (Kind.ANSWERABLE, Kind.UNANSWERABLE)


def _quoted(places: Sequence[Gold], quotes: Sequence[Marked]) -> list[tuple[Gold, Marked]]:
    # Runs kept by an earlier version have no quotes.
    missing = [Marked("")] * (len(places) - len(quotes))
    return list(zip(places, [*quotes, *missing], strict=True))


RIGHT = 0.5
"""F1 from which on an answer counts as right: what its confidence was fitted to."""
