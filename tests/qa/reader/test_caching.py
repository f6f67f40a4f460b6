from collections.abc import Sequence
from dataclasses import dataclass, field

from index.articles.passages import Passage
from index.articles.spans import Span
from qa.reader.caching import CachingReader
from qa.reader.protocol import Candidate


def passage(text: str) -> Passage:
    return Passage(text, 0, len(text), 1, 1, (Span(0, len(text)),))


@dataclass
class Counting:
    """Answers with each passage's every letter, the later the likelier."""

    read_passages: list[str] = field(default_factory=list)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        self.read_passages += [one.text for one in passages]
        candidates = [
            Candidate(index, Span(at, at + 1), Span(0, len(one.text)), float(ord(letter)), 0.0)
            for index, one in enumerate(passages)
            for at, letter in enumerate(one.text)
        ]
        return sorted(candidates, key=lambda candidate: -candidate.margin)


A, B, C = passage("ad"), passage("be"), passage("cf")


def test_what_is_remembered_is_what_would_be_read() -> None:
    reader = CachingReader(Counting())
    for passages in ([A, B], [B, A], [C, A, B], [A], []):
        assert reader.read("Who?", passages) == Counting().read("Who?", passages)


def test_no_passage_is_read_twice_for_a_question() -> None:
    counting = Counting()
    reader = CachingReader(counting)
    reader.read("Who?", [A, B])
    reader.read("Who?", [B, C])
    assert counting.read_passages == ["ad", "be", "cf"]
    reader.read("When?", [A])
    assert counting.read_passages == ["ad", "be", "cf", "ad"]


def test_where_all_is_remembered_nothing_is_read() -> None:
    counting = Counting()
    reader = CachingReader(counting)
    first = reader.read("Who?", [A, B])
    assert reader.read("Who?", [A, B]) == first
    assert counting.read_passages == ["ad", "be"]


def test_what_was_used_longest_ago_is_forgotten() -> None:
    counting = Counting()
    reader = CachingReader(counting, most=2)
    reader.read("Who?", [A, B])
    reader.read("Who?", [A])
    reader.read("Who?", [C])
    reader.read("Who?", [A])
    assert counting.read_passages == ["ad", "be", "cf"]
    reader.read("Who?", [B])
    assert counting.read_passages == ["ad", "be", "cf", "be"]


def test_more_passages_than_are_remembered_are_read_all_the_same() -> None:
    reader = CachingReader(Counting(), most=1)
    assert reader.read("Who?", [A, B, C]) == Counting().read("Who?", [A, B, C])
