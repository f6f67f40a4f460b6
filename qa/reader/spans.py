"""From logits to spans, on plain arrays, and from spans to whole words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.articles.spans import Span

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_MAX_TOKENS = 30
"""Of an answer, as in BERT's SQuAD script (`max_answer_length`)."""
_PARTNERS = {"“": "”", "‘": "’", "«": "»", "„": "“", "(": ")", "[": "]", "{": "}"}
_OPENERS = {closer: opener for opener, closer in _PARTNERS.items()}
_STRAIGHT = "\"'`"
_OUTER = ",;:!?…—–-*•|/\\"
"""An answer neither begins nor ends with these, nor with white space."""
_CAPITALS = r"[^\W\d_a-z](?:[^\W\d_a-z]|\.)+"
_DATELINE = re.compile(
    rf"^{_CAPITALS}(?:,? {_CAPITALS})*(?:, \w+\.?(?: \d+)?)?(?: \(\w+\))? ?(?:[–—]|--?)\s+(?=.*\w)"
)
"""The start of a news article: PRAGUE –; WARSAW, July 8 (Reuters) –."""
_ABBREVIATION = re.compile(
    r"(?:\b(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}|\b[^\W\d_]|"
    r"\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|Bros|etc|Gen|Col|Dr|Mr))\.$"
)
"""Text that keeps its full stop: U.S., a.m., an initial, and a few others."""


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """Consecutive tokens that may be an answer."""

    first: int
    last: int
    """Inclusive; both are counted from the passage's first token."""
    margin: float
    """Start and end logits minus those of [CLS]: how much likelier than no answer in the window."""
    sharpness: float
    """Log-probability of exactly this span, given that the window has an answer; at most 0."""


def best_spans(
    starts: Floats, ends: Floats, null: float, sentences: Ints, limit: int
) -> list[ScoredSpan]:
    """Return the best spans of a window, best first; no two share a token.

    `starts` and `ends` have shape (tokens,), over the passage's tokens; `null` is the sum of both
    logits of [CLS]. `sentences` has shape (tokens,): the sentence of each token, -1 for none. A
    span stays within one sentence.
    """
    scores = starts[:, None] + ends[None, :]
    positions = np.arange(len(starts))
    length = positions[None, :] - positions[:, None]
    allowed = (length >= 0) & (length < _MAX_TOKENS)
    allowed &= (sentences[:, None] == sentences[None, :]) & (sentences[:, None] >= 0)
    scores = np.where(allowed, scores, -np.inf)
    normaliser = log_sum_exp(starts) + log_sum_exp(ends)
    spans: list[ScoredSpan] = []
    while len(spans) < limit and np.isfinite(best := scores.max(initial=-np.inf)):
        first, last = np.unravel_index(int(scores.argmax()), scores.shape)
        spans.append(
            ScoredSpan(int(first), int(last), float(best) - null, float(best) - normaliser)
        )
        scores[: last + 1, first:] = -np.inf
    return spans


def log_sum_exp(values: Floats) -> float:
    """Return log(sum(exp(values))) without overflow."""
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum()))


def sentence_of_tokens(offsets: Ints, sentences: Sequence[Span]) -> Ints:
    """Return the index of the sentence that contains all of each token; -1 for none.

    `offsets` has shape (tokens, 2), code points of the passage, half-open.
    """
    containing = np.full(len(offsets), -1, dtype=np.int64)
    for index, sentence in enumerate(sentences):
        inside = (offsets[:, 0] >= sentence.start) & (offsets[:, 1] <= sentence.end)
        containing[inside & (offsets[:, 0] < offsets[:, 1])] = index
    return containing


def whole_words(text: str, span: Span, within: Span) -> Span:
    """Widen a span to whole words; drop a dateline, stray quotes, brackets and punctuation.

    The result stays within `within`, its sentence, and is empty if only punctuation is left.
    """
    start, end = span.start, span.end
    while start > within.start and _joined(text, start):
        start -= 1
    while end < within.end and _joined(text, end):
        end += 1
    if start == within.start and (dateline := _DATELINE.match(text[start:end])):
        start += dateline.end()
    while (inner := _peeled(text, Span(start, end))) != Span(start, end):
        start, end = inner.start, inner.end
    has_word = any(char.isalnum() for char in text[start:end])
    return Span(start, end) if has_word else Span(start, start)


def _joined(text: str, offset: int) -> bool:
    """Return whether the code points before and at an offset belong to one word or number."""
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    if _is_word(before) and _is_word(after):
        return True
    # 1,000 and 3.5 are one number each.
    if before.isdigit() and after in ".,":
        return offset + 1 < len(text) and text[offset + 1].isdigit()
    return before in ".," and after.isdigit() and offset > 1 and text[offset - 2].isdigit()


def _is_word(char: str) -> bool:
    # A combining mark is not alphanumeric, but belongs to the letter before it.
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


def _peeled(text: str, span: Span) -> Span:
    """Drop one stray code point at either end, or nothing."""
    inner = span.of(text)
    if not inner:
        return span
    if _is_stray_first(inner):
        return Span(span.start + 1, span.end)
    if _is_stray_last(inner):
        return Span(span.start, span.end - 1)
    return span


def _is_stray_first(inner: str) -> bool:
    first, follows_digit = inner[0], inner[1:2].isdigit()
    if first in "-.":  # -5 and .5 are numbers
        return not follows_digit
    if first.isspace() or first in _OUTER or (first in _PARTNERS.values() and first != "“"):
        return True
    if first in _STRAIGHT:  # if their number is odd, the last one is unmatched
        return inner.count(first) % 2 == 1 and inner[-1] != first
    return first in _PARTNERS and not _is_closed(inner)


def _is_stray_last(inner: str) -> bool:
    last = inner[-1]
    if last == ".":
        return _ABBREVIATION.search(inner) is None
    if last.isspace() or last in _OUTER:
        return True
    if last in _STRAIGHT:
        return inner.count(last) % 2 == 1
    if opener := _OPENERS.get(last):
        return inner.count(opener) < inner.count(last)
    return last in _PARTNERS


def _is_closed(inner: str) -> bool:
    """Return whether the bracket or quote that the first code point opens is closed."""
    opener, closer = inner[0], _PARTNERS[inner[0]]
    depth = 0
    for char in inner:
        depth += (char == opener) - (char == closer)
        if depth == 0:
            return True
    return False
