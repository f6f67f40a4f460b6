import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from index.spans import Span
from qa.reader.sentence_reader import SentenceReader, calibrated
from tests.fakes import FakeEncoder
from tests.qa.fakes import QuickEncoder, TableEncoder, passage

QUESTION = "Why was the harbour closed?"
NEAR, FAR, OFF = (1.0, 0.0), (0.6, 0.8), (0.0, 1.0)


@dataclass
class Rarity:
    """Terms and how rare they are; counts what it was asked."""

    table: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, term: str) -> float:
        self.asked.append(term)
        return self.table.get(term, 1.0)


def test_the_sentence_most_similar_to_the_question_comes_first() -> None:
    one = passage(
        "Nobody came. Ice did it. It was May.", "Nobody came.", "Ice did it.", "It was May."
    )
    table = {QUESTION: NEAR, "Nobody came.": OFF, "Ice did it.": NEAR, "It was May.": FAR}
    encoder = TableEncoder(table)
    found = SentenceReader(encoder, Rarity()).read(QUESTION, [one])
    assert [each.span.of(one.text) for each in found] == [
        "Ice did it.",
        "It was May.",
        "Nobody came.",
    ]
    assert all(each.sentence == each.span for each in found)


def test_at_equal_similarity_the_rarer_terms_of_the_question_decide() -> None:
    one = passage(
        "It was closed. The harbour. Closed.", "It was closed.", "The harbour.", "Closed."
    )
    table = dict.fromkeys([QUESTION, "It was closed.", "The harbour.", "Closed."], NEAR)
    rarity = Rarity({"harbour": 3.0, "close": 1.0})
    found = SentenceReader(TableEncoder(table), rarity).read(QUESTION, [one])
    assert sorted(rarity.asked) == ["close", "harbour"]
    assert found[0].span.of(one.text) == "The harbour."
    # Equals keep their order.
    assert [each.span.start for each in found[1:]] == [0, 28]


def test_every_sentence_comes_once_with_a_probability_and_the_best_first() -> None:
    passages = [
        passage("Ice. Snow.", "Ice.", "Snow."),
        passage("Snow. Rain.", "Snow.", "Rain."),
        passage("# A heading", "heading"),
    ]
    found = SentenceReader(QuickEncoder(), Rarity()).read("Why snow?", passages)
    places = [(each.passage, each.span) for each in found]
    assert sorted(places, key=str) == sorted(
        [(i, span) for i, one in enumerate(passages) for span in one.sentences], key=str
    )
    sure = [each.confidence for each in found]
    assert sure == sorted(sure, reverse=True)
    assert all(0 <= one <= 1 for one in sure)
    assert found[0].span == Span(5, 10)


def test_a_sentence_that_stands_twice_is_encoded_once_and_all_at_once() -> None:
    passages = [passage("Ice. Snow.", "Ice.", "Snow."), passage("Snow. Rain.", "Snow.", "Rain.")]
    encoder = QuickEncoder()
    SentenceReader(encoder, Rarity()).read("Why?", passages)
    assert encoder.batches == [["Why?", "Ice.", "Snow.", "Rain."]]


def test_the_higher_passage_wins_between_equal_sentences() -> None:
    passages = [passage("It was ice."), passage("It was ice.")]
    found = SentenceReader(QuickEncoder(), Rarity()).read("Why?", passages)
    assert [each.passage for each in found] == [0, 1]
    assert found[0].confidence > found[1].confidence


def test_of_no_passage_and_of_a_passage_without_sentences_nothing_is_read() -> None:
    encoder = QuickEncoder()
    reader = SentenceReader(encoder, Rarity())
    assert reader.read("Why?", []) == []
    assert reader.read("Why?", [replace(passage("Ice"), sentences=())]) == []
    assert encoder.batches == []


def test_a_question_without_terms_is_read_by_similarity_alone() -> None:
    reader = SentenceReader(QuickEncoder(), Rarity())
    one = passage("Ice. Who? So.", "Ice.", "Who?", "So.")
    found = reader.read("Who?", [one])
    assert found[0].span.of(one.text) == "Who?"


def test_features_are_what_they_say() -> None:
    one = passage("The harbour closed in 1972. Ice.", "The harbour closed in 1972.", "Ice.")
    two = passage("Ice.")
    question = "When was the harbour sold?"
    table = {question: NEAR, "The harbour closed in 1972.": FAR, "Ice.": OFF}
    reader = SentenceReader(TableEncoder(table), Rarity({"harbour": 3.0, "sold": 1.0}))
    places = [(0, one.sentences[0]), (0, one.sentences[1]), (1, two.sentences[0])]
    # Similarity, the passage's best, share of terms, the passage's share, holds a time, the
    # question says what it asks for, 1 / rank.
    np.testing.assert_allclose(
        reader.features(question, [one, two], places),
        [
            [0.6, 0.6, 0.75, 0.75, 1, 0, 1],
            [0.0, 0.6, 0.0, 0.75, 0, 0, 1],
            [0.0, 0.0, 0.0, 0.0, 0, 0, 0.5],
        ],
        atol=1e-6,
    )


@pytest.mark.parametrize("scores", [[0.0], [3.0, -2.0, 3.0], [-80.0, 80.0]])
def test_probabilities_rise_with_the_scores_and_stay_within_bounds(scores: list[float]) -> None:
    sure = calibrated(np.array(scores))
    assert all(0 <= one <= 1 and not math.isnan(one) for one in sure)
    assert list(np.argsort(-sure, kind="stable")) == list(
        np.argsort(-np.array(scores), kind="stable")
    )


def test_the_quick_encoder_gives_the_fake_encoder_s_vectors() -> None:
    texts = ["Ice. Snow.", "", "the PORT the"]
    np.testing.assert_array_equal(QuickEncoder().encode(texts), FakeEncoder().encode(texts))
