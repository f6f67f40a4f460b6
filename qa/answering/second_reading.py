"""Read the best passages again, with a reader that is slower and more accurate."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from typing import Protocol

from index.articles.passages import Passage
from qa.answering.confidence import MAX_MARGIN, Calibration, ScoredAnswer
from qa.answering.early_stopping import ReadResult
from qa.answering.grouping import Group, group_candidates
from qa.reader.protocol import Candidate
from qa.retrieval.retriever import Hit
from qa.stopwatch import Stopwatch

PASSAGES_READ_AGAIN = 4
"""At most."""
READING_BUDGET = 500.0
"""Milliseconds that a second reading takes, about: on a slower machine it reads fewer passages."""
SURE_ALONE = 0.8
"""Confidence of the first reader's best answer from which nothing is read again.

Of 97 such answers to development questions 92% are right, and after a second reading 91%.
"""

Scorer = Callable[[Sequence[Group]], list[ScoredAnswer]]
"""Returns groups with their confidence, most confident first."""


class Rereader(Protocol):
    """A reader that can be interrupted."""

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        contexts: Sequence[str] = (),
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> list[Candidate]:
        """Return the spans that may answer a question, as `Reader.read` does.

        Raises CancelledError if, on the way, `is_wanted` returns that they are not.
        """


@dataclass(frozen=True)
class SecondReader:
    """A reader of the best passages, and how its answers are scored."""

    reader: Rereader
    calibration: Calibration
    """Of answers that both readers found."""
    passages: Callable[[], int] = lambda: PASSAGES_READ_AGAIN
    """Returns how many are read again; asked once the reader is needed."""


def read_again(
    second: SecondReader,
    question: str,
    hits: Sequence[Hit],
    first: ReadResult,
    score: Scorer,
    is_wanted: Callable[[], bool] = lambda: True,
) -> ReadResult:
    """Read the passages of the best answers again; the answers are those of the second reading.

    What the first reader found in other passages remains as evidence for the same answers. As soon
    as a second reading is not wanted any more, the first one is returned.
    """
    watch = Stopwatch()
    indexes = _best_passages(first)[: second.passages()]
    passages = [hits[index].stored.passage for index in indexes]
    contexts = [hits[index].context for index in indexes]
    try:
        read = second.reader.read(question, passages, contexts, is_wanted)
    except CancelledError:
        return first
    reading = watch.lap()
    found = [replace(candidate, passage=indexes[candidate.passage]) for candidate in read]
    before = [candidate for answer in first.answers for candidate in answer.group.candidates]
    again = [_seconded(candidate, before) for candidate in found]
    others = [candidate for candidate in before if candidate.passage not in indexes]
    groups = [
        each
        for each in group_candidates([*_sorted(again), *_sorted(others)], hits)
        if each.best.passage in indexes
    ]
    answers = score(groups)
    return ReadResult(
        answers, first.passages, first.read + reading, first.weigh + watch.lap(), is_second=True
    )


def _sorted(candidates: Sequence[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: -candidate.margin)


def _best_passages(first: ReadResult) -> list[int]:
    """Return the passages of answers, most confident first, then the others in their order."""
    of_answers = [answer.group.best.passage for answer in first.answers]
    return list(dict.fromkeys([*of_answers, *first.passages]))


def _seconded(candidate: Candidate, before: Sequence[Candidate]) -> Candidate:
    """Return a candidate with the first reader's margin for words that it shares."""
    margins = [each.margin for each in before if each.overlaps(candidate)]
    return replace(candidate, first_margin=max(margins, default=-MAX_MARGIN))
