"""The second of two readers reads the best passages again, and its answers count."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace

from index.articles.passages import Passage
from index.articles.spans import Span
from qa.answering.confidence import MAX_MARGIN, ScoredAnswer
from qa.answering.early_stopping import ReadResult
from qa.answering.grouping import Group, group_candidates
from qa.answering.second_reading import PASSAGES_READ_AGAIN, SecondReader, read_again
from qa.reader.protocol import Candidate
from tests.qa.fakes import CALIBRATION, passage, retrieved, stored

TEXTS = [f"Ship number{n} left the port of Town{n}." for n in range(7)]
TOWN = len("Ship number0 left the port of ")
HITS = [retrieved(stored(n, n, passage(text))) for n, text in enumerate(TEXTS)]


def candidate(number: int, start: int, end: int, margin: float) -> Candidate:
    return Candidate(number, Span(start, end), Span(0, len(TEXTS[number])), margin, 0.0)


def scored(groups: Sequence[Group]) -> list[ScoredAnswer]:
    answers = [ScoredAnswer(one, 1 / (1 + math.exp(-one.best.margin))) for one in groups]
    return sorted(answers, key=lambda answer: -answer.confidence)


def grouped(candidates: Sequence[Candidate]) -> list[Group]:
    return group_candidates(candidates, HITS)


def first_reading(*candidates: Candidate) -> ReadResult:
    ordered = sorted(candidates, key=lambda one: -one.margin)
    return ReadResult(scored(grouped(ordered)), list(range(len(HITS))), 0.0, 0.0)


@dataclass
class TownReader:
    """A reader that returns the town of each passage, with the margins given by its number."""

    margins: dict[int, float] = field(default_factory=dict)
    read_texts: list[str] = field(default_factory=list)

    def read(
        self,
        _question: str,
        passages: Sequence[Passage],
        _contexts: Sequence[str] = (),
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> list[Candidate]:
        if not is_wanted():
            raise CancelledError
        self.read_texts += [one.text for one in passages]
        found = [
            Candidate(
                index,
                Span(TOWN, TOWN + 5),
                one.sentences[0],
                self.margins.get(TEXTS.index(one.text), 0.0),
                0.0,
            )
            for index, one in enumerate(passages)
        ]
        return sorted(found, key=lambda each: -each.margin)


def again(reader: TownReader, first: ReadResult) -> ReadResult:
    return read_again(SecondReader(reader, CALIBRATION), "Which port?", HITS, first, scored)


def test_the_passages_of_the_best_answers_are_read_again_then_those_ranked_first() -> None:
    reader = TownReader()
    again(reader, first_reading(candidate(5, 0, 4, 3.0), candidate(3, 5, 12, 4.0)))
    # "Ship" of passage 5 and "number3" of passage 3; then passages 0 and 1.
    assert reader.read_texts == [TEXTS[3], TEXTS[5], TEXTS[0], TEXTS[1]]
    assert len(reader.read_texts) == PASSAGES_READ_AGAIN


def test_a_reading_that_is_not_wanted_any_more_changes_nothing() -> None:
    reader, first = TownReader(), first_reading(candidate(5, 0, 4, 3.0))
    second = SecondReader(reader, CALIBRATION)
    assert read_again(second, "Which port?", HITS, first, scored, lambda: False) is first
    assert read_again(second, "Which port?", HITS, first, scored, lambda: True) is not first


def test_the_answers_are_those_of_the_second_reader() -> None:
    reading = again(TownReader({5: 2.0}), first_reading(candidate(5, 0, 4, 3.0)))
    best = reading.answers[0].group.best
    assert (best.passage, best.span, best.margin) == (5, Span(TOWN, TOWN + 5), 2.0)
    assert {answer.group.best.passage for answer in reading.answers} == {5, 0, 1, 2}


def test_a_candidate_knows_what_the_first_reader_thought_of_its_words() -> None:
    first = first_reading(candidate(5, TOWN - 3, TOWN + 5, 3.0), candidate(3, 0, 4, 4.0))
    margins = {
        answer.group.best.passage: answer.group.best.first_margin
        for answer in again(TownReader(), first).answers
    }
    assert margins[5] == 3.0
    assert margins[3] == -MAX_MARGIN  # it read other words there


def test_words_that_only_touch_are_not_shared() -> None:
    assert not candidate(5, 0, 4, 1.0).overlaps(candidate(5, 4, 8, 1.0))
    assert candidate(5, 0, 5, 1.0).overlaps(candidate(5, 4, 8, 1.0))
    assert not candidate(5, 0, 5, 1.0).overlaps(candidate(4, 0, 5, 1.0))


def test_other_passages_with_the_same_answer_remain_as_evidence() -> None:
    texts = ["The port of Brno.", "A boat.", "A mill.", "A tree.", "Brno, of course."]
    hits = [retrieved(stored(n, n, passage(text))) for n, text in enumerate(texts)]

    def of(number: int, word: str, margin: float) -> Candidate:
        start = texts[number].index(word)
        whole = Span(0, len(texts[number]))
        return Candidate(number, Span(start, start + len(word)), whole, margin, 0.0)

    def group(candidates: Sequence[Candidate]) -> list[Group]:
        return group_candidates(candidates, hits)

    class Second:
        def read(
            self,
            _question: str,
            passages: Sequence[Passage],
            _contexts: Sequence[str] = (),
            _is_wanted: Callable[[], bool] = lambda: True,
        ) -> list[Candidate]:
            found = of(0, "Brno", 5.0)
            return [
                replace(found, passage=index)
                for index, one in enumerate(passages)
                if one.text == texts[0]
            ]

    before = [of(0, "Brno", 2.0), of(1, "boat", 1.0), of(2, "mill", 0.5), of(3, "tree", 0.2)]
    before.append(of(4, "Brno", 0.1))
    first = ReadResult(scored(group(before)), list(range(5)), 1.0, 1.0)
    # Passage 4 has no answer of its own; the boat, the mill and the tree were rejected.
    (answer,) = read_again(
        SecondReader(Second(), CALIBRATION), "Where?", hits, first, scored
    ).answers
    assert [one.passage for one in answer.group.candidates] == [0, 4]
