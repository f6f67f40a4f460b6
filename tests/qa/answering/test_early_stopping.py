"""Reading four passages, then all others or only those that may repeat a confident answer."""

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from index.articles.passages import Passage
from index.articles.spans import Span
from qa.ablation import Component
from qa.answering.confidence import ScoredAnswer
from qa.answering.early_stopping import SURE, ReadResult, read_until_sure
from qa.answering.grouping import group_candidates
from qa.answers import Answered
from qa.bot import Bot
from qa.reader.protocol import Candidate
from tests.fakes import FakeEncoder
from tests.qa.fakes import CALIBRATION, Library, MarkingReader, passage, retrieved, stored


@dataclass
class FirstWords:
    """A Reader that returns the first two words of each passage and records what it read."""

    margins: dict[str, float]
    reads: list[list[str]] = field(default_factory=list)

    def read(
        self, _question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        self.reads.append([one.text for one in passages])
        found = [
            Candidate(
                index, Span(0, len(words)), one.sentences[0], self.margins.get(words, 0.0), 0.0
            )
            for index, one in enumerate(passages)
            for words in [" ".join(one.text.split()[:2])]
        ]
        return sorted(found, key=lambda candidate: -candidate.margin)


def read(texts: Sequence[str], reader: FirstWords, sure: float = SURE) -> ReadResult:
    passages = [passage(text) for text in texts]
    found = [retrieved(stored(n, n, one)) for n, one in enumerate(passages)]

    def score(candidates: Sequence[Candidate]) -> list[ScoredAnswer]:
        return [
            ScoredAnswer(group, 1 / (1 + math.exp(-group.best.margin)))
            for group in group_candidates(candidates, found)
        ]

    return read_until_sure(reader, "Who?", found, score, sure)


FIRST_FOUR = ["Karel Novak signed.", "Rain fell.", "Boats came.", "Nobody spoke."]
REST = ["Wine flowed.", "Later Novak, too, spoke.", "Novakova left.", "Karel Novak again."]


def test_without_a_confident_answer_all_passages_are_read() -> None:
    reader = FirstWords({"Karel Novak": 0.8})  # a logistic of 0.690
    reading = read(FIRST_FOUR + REST, reader)
    assert reader.reads == [FIRST_FOUR, REST]
    assert reading.passages == list(range(8))
    assert len(reading.answers) == 7


def test_after_a_confident_answer_only_passages_that_may_repeat_it_are_read() -> None:
    reader = FirstWords({"Karel Novak": 0.9})  # 0.711
    reading = read(FIRST_FOUR + REST, reader)
    assert reader.reads == [FIRST_FOUR, [REST[1], REST[3]]]
    assert reading.passages == [0, 1, 2, 3, 5, 7]
    best = reading.answers[0].group
    assert [one.passage for one in best.candidates] == [0, 7]


def test_candidates_read_later_refer_to_their_own_passages() -> None:
    reader = FirstWords({"Karel Novak": 0.9, "Later Novak,": 3.0})
    reading = read(FIRST_FOUR + REST, reader)
    assert reading.answers[0].group.best.passage == 5


def test_four_passages_or_fewer_are_read_in_one_call() -> None:
    reader = FirstWords({})
    assert read(FIRST_FOUR, reader).passages == [0, 1, 2, 3]
    assert reader.reads == [FIRST_FOUR]
    assert read(FIRST_FOUR[:2], reader).passages == [0, 1]


def test_no_passages_have_no_answers() -> None:
    assert (read([], FirstWords({})).answers, read([], FirstWords({})).passages) == ([], [])


def test_with_an_infinite_threshold_all_passages_are_read() -> None:
    reader = FirstWords({"Karel Novak": 50.0})
    assert read(FIRST_FOUR + REST, reader, math.inf).passages == list(range(8))


@pytest.fixture(name="repeated")
def repeated_answer(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    monkeypatch.setattr("qa.bot.default_calibration", lambda: CALIBRATION)
    for number in range(5):
        library.write(f"{number}.txt", f"Minister number {number} {'saw it ' * number}in Prague.")
    library.write("a.txt", "A minister was seen with a minister and a minister in Brno.")
    library.write("b.txt", "The minister and his minister saw the minister in Brno or so.")
    library.index()
    return library


def reads(library: Library, *without: Component) -> tuple[int, int]:
    """Ask where a minister was; return the passages read and the citations of the answer."""
    reader = MarkingReader("Prague")  # its margin of 8 makes it confident
    components = frozenset({*without, Component.VECTORS})
    with closing(
        Bot.from_index(library.store.open(), FakeEncoder(), reader, 0.0, components)
    ) as bot:
        traced = bot.trace("Where was the minister in Prague?")
        reply = bot.reply(traced, 3)
    assert isinstance(reply, Answered)
    return len(traced.reading.passages), len(reply.answers[0].citations)


def test_a_confident_answer_keeps_all_its_citations(repeated: Library) -> None:
    assert reads(repeated, Component.STOPPING) == (7, 5)
    assert reads(repeated, Component.READER) == (7, 5)
    assert reads(repeated)[1] == 5
    assert reads(repeated)[0] < 7
