from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.articles.spans import Span
from qa.reader.spans import Floats, Ints, ScoredSpan, best_spans, log_sum_exp, sentence_of_tokens


def logits(*values: float) -> Floats:
    return np.array(values, dtype=np.float32)


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int64)


def one_sentence(tokens: int) -> Ints:
    return np.zeros(tokens, dtype=np.int64)


def positions(spans: list[ScoredSpan]) -> list[tuple[int, int]]:
    return [(span.first, span.last) for span in spans]


def test_the_best_span_has_the_greatest_sum_of_logits() -> None:
    found = best_spans(logits(0, 5, 1), logits(0, 1, 4), 0, one_sentence(3), 1)
    assert positions(found) == [(1, 2)]
    assert found[0].margin == 9


@pytest.mark.parametrize(("null", "margin"), [(2.0, 7.0), (9.0, 0.0), (-1.5, 10.5), (12.0, -3.0)])
def test_the_margin_is_relative_to_no_answer(null: float, margin: float) -> None:
    (found,) = best_spans(logits(0, 5, 1), logits(0, 1, 4), null, one_sentence(3), 1)
    assert found.margin == margin


@pytest.mark.parametrize(
    ("starts", "ends", "position", "probability"),
    [
        # Two tokens: starts 1 : 3, ends 1 : 7; so 3/4 of 7/8.
        ((1, 3), (1, 7), (1, 1), 21 / 32),
        # Three tokens: starts 1 : 2 : 1, ends 1 : 1 : 6; so 1/2 of 6/8.
        ((1, 2, 1), (1, 1, 6), (1, 2), 3 / 8),
        ((5,), (5,), (0, 0), 1),
    ],
)
def test_sharpness_is_the_log_probability_of_the_span_in_its_window(
    starts: tuple[float, ...],
    ends: tuple[float, ...],
    position: tuple[int, int],
    probability: float,
) -> None:
    (found,) = best_spans(
        np.log(logits(*starts)), np.log(logits(*ends)), 3, one_sentence(len(starts)), 1
    )
    assert (found.first, found.last) == position
    assert found.sharpness == pytest.approx(log(probability), abs=1e-6)


def test_sharpness_counts_tokens_outside_of_sentences_too() -> None:
    # Half of the weight of starts and of ends is on a token outside of every sentence.
    (found,) = best_spans(logits(0, 0), logits(0, 0), 0, ints(0, -1), 5)
    assert (found.first, found.last) == (0, 0)
    assert found.sharpness == pytest.approx(log(1 / 4), abs=1e-6)


def test_a_span_never_ends_before_it_begins() -> None:
    # Last to first would make 18; each alone makes 9, both together 0.
    found = best_spans(logits(0, 9), logits(9, 0), 0, one_sentence(2), 5)
    assert positions(found) == [(0, 0), (1, 1)]


def test_a_span_has_at_most_thirty_tokens() -> None:
    starts, ends = np.zeros(40, dtype=np.float32), np.zeros(40, dtype=np.float32)
    starts[1], ends[30], ends[31] = 10, 5, 8
    # 1 to 31 would make 18, with 31 tokens.
    (found,) = best_spans(starts, ends, 0, one_sentence(40), 1)
    assert (found.first, found.last, found.margin) == (1, 30, 15)


def test_a_part_of_a_sentence_never_leaves_it() -> None:
    found = best_spans(logits(-5, 9, 0, 0), logits(0, 0, 1, 9), 0, ints(0, 0, 1, 1), 5)
    # 1 to 3 would make 18: it starts within a sentence. Left: 1 alone makes 9, 2 to 3 does, too.
    assert positions(found)[:2] == [(1, 1), (2, 3)]


@pytest.mark.parametrize(("last", "found"), [(2, (0, 5)), (3, (0, 3))])
def test_up_to_three_entire_sentences_are_an_answer(last: int, found: tuple[int, int]) -> None:
    # Two tokens a sentence; the last of them is the third or the fourth.
    best, *_ = best_spans(logits(9, 0, 0, 0, 0, 0), logits(0, 3, 0, 5, 0, 9), 0,
                          ints(0, 0, 1, 1, last, last), 1)  # fmt: skip
    assert (best.first, best.last, best.is_whole) == (*found, True)


def test_an_entire_sentence_may_be_longer_than_a_part_of_one() -> None:
    starts, ends = np.zeros(40, dtype=np.float32), np.zeros(40, dtype=np.float32)
    starts[0], starts[1], ends[39], ends[29] = 10, 9, 8, 5
    (found,) = best_spans(starts, ends, 0, one_sentence(40), 1)
    assert (found.first, found.last, found.is_whole) == (0, 39, True)
    # A part of the sentence as long is none.
    starts[0] = 0
    (found,) = best_spans(starts, ends, 0, one_sentence(40), 1)
    assert (found.first, found.last, found.is_whole) == (1, 29, False)


def test_tokens_in_no_sentence_are_not_an_answer() -> None:
    found = best_spans(logits(9, 0, 0, 8), logits(9, 0, 0, 8), 0, ints(-1, 0, 0, -1), 5)
    assert all(1 <= span.first <= span.last <= 2 for span in found)
    assert found


def test_without_sentences_there_is_no_span() -> None:
    assert best_spans(logits(9, 8), logits(9, 8), 0, ints(-1, -1), 5) == []


def test_no_two_spans_share_a_token() -> None:
    # 0 to 1 makes 8, 0 to 3 makes 7, 2 to 3 makes 6.
    found = best_spans(logits(4, 0, 3, 0), logits(0, 4, 0, 3), 0, one_sentence(4), 2)
    assert positions(found) == [(0, 1), (2, 3)]
    assert [span.margin for span in found] == [8, 6]


def test_both_sides_of_a_better_span_are_returned() -> None:
    # The middle makes 10; then 0 and 2 are left, but not a span over all three.
    found = best_spans(logits(2, 5, 0), logits(0, 5, 1), 0, one_sentence(3), 5)
    assert positions(found) == [(1, 1), (0, 0), (2, 2)]


def test_the_limit_is_a_maximum() -> None:
    starts, ends = logits(3, 2, 1), logits(3, 2, 1)
    assert positions(best_spans(starts, ends, 0, ints(0, 1, 2), 2)) == [(0, 0), (1, 1)]
    assert positions(best_spans(starts, ends, 0, ints(0, 1, 2), 9)) == [(0, 0), (1, 1), (2, 2)]
    assert best_spans(starts, ends, 0, ints(0, 1, 2), 0) == []


values = st.integers(min_value=1, max_value=45).flatmap(
    lambda tokens: st.tuples(
        arrays(np.float32, tokens, elements=st.integers(-9, 9)),
        arrays(np.float32, tokens, elements=st.integers(-9, 9)),
        st.lists(st.integers(-1, 2), min_size=tokens, max_size=tokens).map(sorted),
    )
)


@given(values)
def test_spans_follow_all_rules_and_the_best_comes_first(
    made: tuple[Floats, Floats, list[int]],
) -> None:
    starts, ends, sentences = made
    found = best_spans(starts, ends, 0, ints(*sentences), 6)
    covered = [token for span in found for token in range(span.first, span.last + 1)]
    assert len(covered) == len(set(covered))
    margins = [span.margin for span in found]
    assert margins == sorted(margins, reverse=True)
    for span in found:
        first, last = sentences[span.first], sentences[span.last]
        assert 0 <= first <= last <= first + 2
        assert first == last or span.is_whole
        begins = span.first == 0 or sentences[span.first - 1] != first
        finishes = span.last == len(sentences) - 1 or sentences[span.last + 1] != last
        assert span.is_whole == (begins and finishes)
        assert span.is_whole or span.last - span.first < 30
    within = [
        float(starts[first] + ends[last])
        for first in range(len(sentences))
        for last in range(first, min(first + 30, len(sentences)))
        if sentences[first] == sentences[last] >= 0
    ]
    assert not within or margins[0] >= max(within)


def test_the_log_of_a_sum_of_exponentials() -> None:
    assert log_sum_exp(np.log(logits(1, 2, 5))) == pytest.approx(log(8), abs=1e-6)
    assert log_sum_exp(logits(-3)) == -3


@pytest.mark.parametrize("far", [1000, -1000])
def test_large_logits_do_not_overflow(far: float) -> None:
    assert log_sum_exp(logits(far, far)) == pytest.approx(far + log(2), abs=1e-4)
    (found,) = best_spans(logits(far, far), logits(far, far), 0, ints(0, -1), 1)
    assert found.margin == 2 * far
    assert found.sharpness == pytest.approx(log(1 / 4), abs=1e-4)


def offsets(*pairs: tuple[int, int]) -> Ints:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def test_a_token_belongs_to_the_sentence_that_contains_all_of_it() -> None:
    tokens = offsets((0, 3), (3, 4), (5, 9), (9, 10))
    assert sentence_of_tokens(tokens, [Span(0, 4), Span(5, 10)]).tolist() == [0, 0, 1, 1]


def test_a_token_partly_in_a_sentence_is_in_none() -> None:
    # One extends beyond the start, one the end, one both; one spans two sentences.
    tokens = offsets((1, 3), (7, 9), (1, 9), (2, 8), (6, 8), (4, 6))
    assert sentence_of_tokens(tokens, [Span(2, 8)]).tolist() == [-1, -1, -1, 0, 0, 0]
    assert sentence_of_tokens(tokens, [Span(2, 5), Span(5, 8)]).tolist() == [-1, -1, -1, -1, 1, -1]


def test_a_token_of_no_code_points_is_in_no_sentence() -> None:
    assert sentence_of_tokens(offsets((0, 0), (3, 3), (0, 1)), [Span(0, 5)]).tolist() == [-1, -1, 0]


def test_without_sentences_every_token_is_in_none() -> None:
    assert sentence_of_tokens(offsets((0, 3), (4, 5)), []).tolist() == [-1, -1]
    assert sentence_of_tokens(offsets(), [Span(0, 3)]).tolist() == []
