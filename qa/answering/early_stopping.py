"""Reading what was retrieved: the best passages first, and no more than it takes to be sure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.articles.passages import Passage
from qa.answering.confidence import ScoredAnswer
from qa.answering.squad_text import normalise_answer
from qa.reader.protocol import Candidate, Reader
from qa.stopwatch import Stopwatch

FIRST = 4
"""Passages that are always read."""
SURE = 0.7
"""Confidence of the best answer from which on no other is looked for.

On the calibrated articles of SQuAD dev 178 of 498 questions get there by the first four passages,
and 27 of the 102 bundled ones; reading on changed no best answer, and put none beside it.
"""

Judge = Callable[[Sequence[Candidate]], list[ScoredAnswer]]
"""Groups candidates and gives the answers, the likeliest first."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What came of reading."""

    answers: list[ScoredAnswer]
    """Every distinct answer, the likeliest first."""
    passages: list[int]
    """Of the passages read, among those given."""
    read: float
    """Milliseconds."""
    weigh: float
    """Milliseconds for grouping candidates and for their confidence."""


def read_until_sure(
    reader: Reader, question: str, passages: Sequence[Passage], judge: Judge, sure: float = SURE
) -> ReadResult:
    """Read the first passages, then the rest, unless the best answer is sure by then.

    Where it is, only those of the rest are read that may give the same answer: citations of it.
    """
    watch = Stopwatch()
    candidates = reader.read(question, passages[:FIRST])
    read = watch.lap()
    weighed = judge(candidates)
    rest = list(range(FIRST, len(passages)))
    if weighed and weighed[0].confidence >= sure:
        rest = _holding(weighed[0], passages, rest)
    weigh = watch.lap()
    if rest:
        read_later = reader.read(question, [passages[place] for place in rest])
        later = [replace(one, passage=rest[one.passage]) for one in read_later]
        every = sorted([*candidates, *later], key=lambda candidate: -candidate.margin)
        read += watch.lap()
        weighed = judge(every)
        weigh += watch.lap()
    return ReadResult(weighed, [*range(min(FIRST, len(passages))), *rest], read, weigh)


def _holding(answer: ScoredAnswer, passages: Sequence[Passage], places: Sequence[int]) -> list[int]:
    """Choose the passages with the last word of an answer: equal answers share it, names do too."""
    best = answer.group.best
    last = normalise_answer(best.span.of(passages[best.passage].text)).split()[-1]
    return [place for place in places if last in normalise_answer(passages[place].text).split()]
