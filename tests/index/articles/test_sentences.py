import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentencex import get_sentence_boundaries

from index.articles.sentences import _prepared, cut, sentences
from index.articles.spans import Span
from tests.index.strategies import nasty_text


def sentences_in(text: str) -> list[str]:
    return [one.of(text) for one in sentences(text, Span(0, len(text)))]


def test_sentences_end_at_their_marks_and_not_at_abbreviations() -> None:
    text = "Dr. Ng of the U.S. Navy paid $1.5 million. Why? “Because.” She left!"
    assert sentences_in(text) == [
        "Dr. Ng of the U.S. Navy paid $1.5 million.",
        "Why?",
        "“Because.”",
        "She left!",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "The shop opens Mon. to Fri. at nine, and Tues. Smith is there.",
        "It opens Sun. | Nobody is there Sat. 5 May.",
        "Mmes. Dunn and Gov. Hale came with Mgr. Orr.",
        "It weighs approx. 12 kg. | See vol. 3 of it, ch. 9, fig. B and 5 deg. C of it.",
        "It rose 12 per cent. last year. | Nobody knew.",
        "It rose 12 per cent. | The bank knew.",
        "He looked at the Sun. | It was red.",
        "J. R. R. Tolkien met C.S. Lewis. | He smiled.",
        "Thomas J.\nArkwright kept it. | He left.",
        "He stopped. and then went on. | The end.",
        "What? he asked. | “No!” she said. | He left.",
        "iPhone sales fell. | eBay rose.",
        "It was 5 p.m. Monday. | They met at 6 p.m. | She left.",
        "The cook got 2s. 6d. a week and 500.– francs. | She left.",
        "Cllr. Bo and Ms. Li of Ft. Worth met. | He is 6 ft. | She is not.",
        "4. Bake the bread. | It ended in 1999. | 12 men died.",
        "“It was dark. | We saw nothing. | “Then the light came on. We ran.” | He left.",
        '"It was dark. | We saw nothing. | "Then the light came on. We ran." | He left.',
        "“It was dark. | We saw nothing.",
        "i went home. | then i slept. | it was fine.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences_in(text.replace(" | ", " ")) == text.split(" | ")


@pytest.mark.parametrize(
    "unit", [". a ", "“", "« ", ' "', "...", '."', "vol. ", "Mon. ", ".   ", "p.m. M", "1. "]
)
def test_preparing_text_takes_time_linear_in_it(unit: str) -> None:
    text = (unit * 50_000)[:100_000]
    started = time.process_time()
    assert len(_prepared(text)) == len(text)
    assert time.process_time() - started < 1


@given(nasty_text)
def test_preparing_text_keeps_every_offset(text: str) -> None:
    assert len(_prepared(text)) == len(text)


@given(st.lists(st.sampled_from([*"aI1é ,:’(-\n.!", "No", "St", "東", "p.m", "5 "]), max_size=9))
def test_words_without_a_stop_are_one_sentence_with_or_without_the_segmenter(
    parts: list[str],
) -> None:
    text = "".join(parts)
    found = sentences_in(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.articles.sentences._ONE_SENTENCE", re.compile("(?!)"))
        assert sentences_in(text) == found


def test_a_wrapped_line_end_counts_as_a_space_within_the_sentence() -> None:
    assert sentences_in("He said\r\nit rained.\nThen he\nleft.") == [
        "He said\r\nit rained.",
        "Then he\nleft.",
    ]


def test_spans_are_offsets_in_the_text_not_in_the_paragraph() -> None:
    text = "😀 Not this. One. Two."
    assert list(sentences(text, Span(12, len(text)))) == [Span(12, 16), Span(17, 21)]


@given(nasty_text)
def test_sentences_are_in_order_and_only_white_space_is_lost(text: str) -> None:
    found = list(sentences(text, Span(0, len(text))))
    at = 0
    for one in found:
        assert at <= one.start < one.end
        assert text[at : one.start].strip() == ""
        assert one.of(text) == one.of(text).strip()
        at = one.end
    assert text[at:].strip() == ""


def test_a_span_that_fits_is_not_cut() -> None:
    assert cut("one two", Span(0, 7), lambda _: True) == [Span(0, 7)]


def test_a_span_is_halved_at_the_white_space_nearest_its_middle() -> None:
    text = "aa bbbb cc dddd"
    pieces = cut(text, Span(0, len(text)), lambda piece: len(piece) <= 8)
    assert [one.of(text) for one in pieces] == ["aa bbbb", "cc dddd"]


def test_a_word_without_white_space_is_cut_in_the_middle() -> None:
    assert cut("x" * 10, Span(0, 10), lambda piece: len(piece) <= 3) == [
        Span(0, 2),
        Span(2, 5),
        Span(5, 7),
        Span(7, 10),
    ]


@given(nasty_text, st.integers(0, 9))
def test_pieces_fit_and_only_white_space_is_lost(text: str, limit: int) -> None:
    span = Span(0, len(text)).trimmed(text)
    pieces = cut(text, span, lambda piece: len(piece) <= limit)
    assert all(len(one) <= max(1, limit) for one in pieces)
    kept = "".join(one.of(text) for one in pieces)
    assert "".join(kept.split()) == "".join(text.split())


def test_a_long_paragraph_has_the_same_sentences_as_its_parts() -> None:
    parts = [f"Ship {number} left “the old port”, said Dr. Ng." for number in range(2_000)]
    assert sentences_in(" ".join(parts)) == parts


def test_no_more_than_a_window_is_segmented_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def counted(language: str, text: str) -> list[dict[str, Any]]:
        sizes.append(len(text))
        return list(get_sentence_boundaries(language, text))

    monkeypatch.setattr("index.articles.sentences.get_sentence_boundaries", counted)
    for text in ("“'" * 100_000, "He left. " * 20_000, "x" * 200_000):
        sizes.clear()
        found = sentences_in(text)
        assert "".join("".join(found).split()) == "".join(text.split())
        assert max(sizes) <= 16_384
        assert sum(sizes) < 1.1 * len(text) + 16_384


@pytest.mark.parametrize("unit", ["“", "`", "「」", "(", "東京。", "Oh! ", '"a": "b", '])
def test_text_that_is_not_prose_is_segmented_in_small_windows(
    monkeypatch: pytest.MonkeyPatch, unit: str
) -> None:
    sizes: list[int] = []

    def counted(language: str, text: str) -> list[dict[str, Any]]:
        sizes.append(len(text))
        return list(get_sentence_boundaries(language, text))

    monkeypatch.setattr("index.articles.sentences.get_sentence_boundaries", counted)
    text = (unit * 9_000)[:9_000]
    assert "".join("".join(sentences_in(text)).split()) == "".join(text.split())
    assert max(sizes) == 1_024


def test_fragments_are_not_treated_as_sentences() -> None:
    assert len(sentences_in("?! " * 100_000)) < 16_384
    assert len(sentences_in("He left. " * 20_000)) < 20
    assert sentences_in("?! " * 3) == ["?!", "?!", "?!"]


def test_an_endless_word_is_halved_without_searching_for_its_ends() -> None:
    found = cut("x" * 1_000_000, Span(0, 1_000_000), lambda text: len(text) <= 1_000)
    assert {len(one) for one in found} <= {976, 977}
