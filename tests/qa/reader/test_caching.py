from collections.abc import Sequence
from dataclasses import dataclass, field

from index.articles.passages import Passage
from index.articles.spans import Span
from qa.reader.caching import CachingReader
from qa.reader.protocol import Candidate


def passage(text: str) -> Passage:
    return Passage(text, 0, len(text), 1, 1, (Span(0, len(text)),))


@dataclass
class LetterReader:
    """Returns every letter of each passage; later letters of the alphabet are likelier."""

    read_passages: list[str] = field(default_factory=list)

    def read(
        self, question: str, passages: Sequence[Passage], _contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        self.read_passages += [item.text for item in passages]
        candidates = [
            Candidate(index, Span(at, at + 1), Span(0, len(item.text)), float(ord(letter)), 0.0)
            for index, item in enumerate(passages)
            for at, letter in enumerate(item.text)
        ]
        return sorted(candidates, key=lambda candidate: -candidate.margin)


A, B, C = passage("ad"), passage("be"), passage("cf")


def test_cached_candidates_are_those_that_the_reader_would_return() -> None:
    reader = CachingReader(LetterReader())
    for passages in ([A, B], [B, A], [C, A, B], [A], []):
        assert reader.read("Who?", passages) == LetterReader().read("Who?", passages)


def test_no_passage_is_read_twice_for_the_same_question() -> None:
    letters = LetterReader()
    reader = CachingReader(letters)
    reader.read("Who?", [A, B])
    reader.read("Who?", [B, C])
    assert letters.read_passages == ["ad", "be", "cf"]
    reader.read("When?", [A])
    assert letters.read_passages == ["ad", "be", "cf", "ad"]


def test_if_everything_is_cached_nothing_is_read() -> None:
    letters = LetterReader()
    reader = CachingReader(letters)
    first = reader.read("Who?", [A, B])
    assert reader.read("Who?", [A, B]) == first
    assert letters.read_passages == ["ad", "be"]


def test_the_least_recently_used_passage_is_dropped() -> None:
    letters = LetterReader()
    reader = CachingReader(letters, size=2)
    reader.read("Who?", [A, B])
    reader.read("Who?", [A])
    reader.read("Who?", [C])
    reader.read("Who?", [A])
    assert letters.read_passages == ["ad", "be", "cf"]
    reader.read("Who?", [B])
    assert letters.read_passages == ["ad", "be", "cf", "be"]


def test_more_passages_than_the_cache_holds_are_all_read() -> None:
    reader = CachingReader(LetterReader(), size=1)
    assert reader.read("Who?", [A, B, C]) == LetterReader().read("Who?", [A, B, C])
