"""From logits to spans, on plain arrays; and spans to whole words."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.articles.spans import Span

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_LONGEST = 30
"""Tokens of an answer, at most; as BERT's SQuAD script has it (`max_answer_length`)."""
_PARTNERS = {"“": "”", "‘": "’", "«": "»", "„": "“", "(": ")", "[": "]", "{": "}"}
_STRAIGHT = "\"'`"
_OUTER = ",;:!?…—–-*•|/\\"
"""What an answer neither begins nor ends with, as it does not with white space."""
_CAPITALS = r"[^\W\d_a-z](?:[^\W\d_a-z]|\.)+"
_DATELINE = re.compile(
    rf"^{_CAPITALS}(?:,? {_CAPITALS})*(?:, \w+\.?(?: \d+)?)?(?: \(\w+\))? ?(?:[–—]|--?)\s+(?=.*\w)"
)
"""What news has before its first sentence: PRAGUE –; WARSAW, July 8 (Reuters) –."""
_ABBREVIATION = re.compile(
    r"(?:\b(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}|\b[^\W\d_]|"
    r"\b(?:Inc|Ltd|Co|Corp|Jr|Sr|St|Bros|etc|Gen|Col|Dr|Mr))\.$"
)
"""What keeps its full stop: U.S., a.m., an initial, and a few others."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Tokens that may be an answer."""

    first: int
    last: int
    """Inclusive; both count from the passage's first token."""
    margin: float
    """Start and end logit, less those of [CLS]: how much likelier than no answer in this window."""
    sharpness: float
    """Log-probability of just this span, given that the window holds an answer; 0 at most."""


def best_spans(
    starts: Floats, ends: Floats, null: float, sentences: Ints, most: int
) -> list[Scored]:
    """Give the best spans of a window, the best first; no two share a token.

    `starts` and `ends` have shape (tokens,), over the passage's tokens; `null` is the sum of both
    logits of [CLS]. `sentences` has shape (tokens,): the sentence of each token, -1 where it is in
    none. A span stays in one sentence.
    """
    scores = starts[:, None] + ends[None, :]
    positions = np.arange(len(starts))
    length = positions[None, :] - positions[:, None]
    allowed = (length >= 0) & (length < _LONGEST)
    allowed &= (sentences[:, None] == sentences[None, :]) & (sentences[:, None] >= 0)
    scores = np.where(allowed, scores, -np.inf)
    whole = log_sum_exp(starts) + log_sum_exp(ends)
    found: list[Scored] = []
    while len(found) < most and np.isfinite(best := scores.max(initial=-np.inf)):
        first, last = np.unravel_index(int(scores.argmax()), scores.shape)
        found.append(Scored(int(first), int(last), float(best) - null, float(best) - whole))
        scores[: last + 1, first:] = -np.inf
    return found


def log_sum_exp(values: Floats) -> float:
    """Give log(sum(exp(values))) without overflow."""
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum()))


def sentence_of_tokens(offsets: Ints, sentences: Sequence[Span]) -> Ints:
    """Tell in which sentence each token lies whole; -1 where in none.

    `offsets` has shape (tokens, 2), code points of the passage, half-open.
    """
    found = np.full(len(offsets), -1, dtype=np.int64)
    for index, sentence in enumerate(sentences):
        inside = (offsets[:, 0] >= sentence.start) & (offsets[:, 1] <= sentence.end)
        found[inside & (offsets[:, 0] < offsets[:, 1])] = index
    return found


def whole_words(text: str, span: Span, within: Span) -> Span:
    """Widen a span to whole words; leave out a dateline, stray quotes, brackets and punctuation.

    It never leaves `within`, its sentence; empty where nothing but punctuation was in it.
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
    said = any(char.isalnum() for char in text[start:end])
    return Span(start, end) if said else Span(start, start)


def _joined(text: str, at: int) -> bool:
    """Tell whether the code points before and at a place belong to one word or number."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if _is_word(before) and _is_word(after):
        return True
    # 1,000 and 3.5 are one number each.
    if before.isdigit() and after in ".,":
        return at + 1 < len(text) and text[at + 1].isdigit()
    return before in ".," and after.isdigit() and at > 1 and text[at - 2].isdigit()


def _is_word(char: str) -> bool:
    # A combining mark is not alphanumeric, and belongs to the letter before it.
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


def _peeled(text: str, span: Span) -> Span:
    """Leave out one stray code point at either end, or nothing."""
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
    if first in _STRAIGHT:  # of an odd number the last one is left over
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
    opener = next((one for one, closer in _PARTNERS.items() if closer == last), "")
    if opener:
        # The last one closes something if as many are opened as closed before it, and one more.
        return inner.count(opener) < inner.count(last)
    return last in _PARTNERS


def _is_closed(inner: str) -> bool:
    """Tell whether what the first code point opens is closed again."""
    opener, closer = inner[0], _PARTNERS[inner[0]]
    depth = 0
    for char in inner:
        depth += (char == opener) - (char == closer)
        if depth == 0:
            return True
    return False
