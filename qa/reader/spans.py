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
"""Of an answer within a sentence, as in BERT's SQuAD script (`max_answer_length`)."""
_MAX_SENTENCES = 3
"""Of an answer of entire sentences."""
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
_CURRENCY = r"(?:[A-Z]{0,3}[$£€¥₹]|(?:Rs|CHF|USD|EUR|GBP|SEK|NOK|DKK|JPY|INR)\b\.?)"
_NUMBER = (
    r"(?:\d{1,3}(?:[ \xa0\u202f]\d{3})+(?!\d)|\d+)(?:[.,'’:/–—-]\d+)*[½¼¾⅓⅔]?(?:[.,][–—-](?!\w))?"
)
_MAGNITUDE = r"(?:hundred|thousand|million|billion|trillion|lakh|crore|mln|bn|[mk])\b"
_UNIT = r"""(?:%|°(?:\s?[CF]\b)?|(?:per\s?cent|pct|[kcmµ]?m|[kmµ]?g|[cm]?l|km/h|mph|
    [kMGT]?(?:Wh?|Hz)|[kMGT]B|tsp|tbsp|hrs?|am|pm|kr|kroner|kronor|crowns|euros?|dollars|pence|p)\b|[ap]\.m\.)"""
_WHOLE = re.compile(
    rf"""
    (?<![\w/])(?:https?|ftp|file|mailto):[^\s<>"“”`]*[\w/] | (?<![\w.@-])www\.[^\s<>"“”`]*[\w/]
    | (?<![\w.+-])[\w.+-]*\w@[\w-]+(?:\.[\w-]+)*
    | (?<![\w.~/-])(?:~|\.\.?)?(?:/[\w.+%@~-]*[\w%@~])+/?
    | (?<![\w.~/-])[a-z_][\w.-]*(?:/[\w.-]*[^\W\d]){{2,}}/?
    | (?<![\w-])[\w-]+=[^\s<>"“”`]*[\w/]
    | \b\d{{4}}-\d\d-\d\dT\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?\b
    | \b\d+s\.?\s\d+d\b\.?
    | (?:(?<!\w){_CURRENCY}\s?|\b){_NUMBER}
      (?:\s?(?i:{_MAGNITUDE}))?(?:\s?(?i:{_UNIT}))?(?!\w|\.\w)
    | (?<![\w.])\w+(?:\.(?:[a-z\d]\w*|[A-Z]+)\b)+
    | \b(?:twen|thir|for|fif|six|seven|eigh|nine)ty-
      (?:one|two|three|four|five|six|seven|eight|nine)\b
    """,
    re.VERBOSE,
)
"""What is one word although it has marks or spaces: a URL, an e-mail address, an absolute path, a
relative path, a setting, a point in time, old money, a sum or a range with its unit, a dotted name,
a number in words."""


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
    is_whole: bool
    """Whether it consists of entire sentences."""


def best_spans(
    starts: Floats, ends: Floats, null: float, sentences: Ints, limit: int
) -> list[ScoredSpan]:
    """Return the best spans of a window, best first; no two share a token.

    `starts` and `ends` have shape (tokens,), over the passage's tokens; `null` is the sum of both
    logits of [CLS]. `sentences` has shape (tokens,): the sentence of each token, -1 for none. A
    span is a part of a sentence, or one to three entire sentences.
    """
    positions = np.arange(len(starts))
    length = positions[None, :] - positions[:, None]
    later = sentences[None, :] - sentences[:, None]
    border = np.diff(sentences) != 0
    begins, finishes = np.append(True, border), np.append(border, True)
    whole = begins[:, None] & finishes[None, :] & (later >= 0) & (later < _MAX_SENTENCES)
    allowed = whole | ((later == 0) & (length < _MAX_TOKENS))
    allowed &= (length >= 0) & (sentences >= 0)[:, None] & (sentences >= 0)[None, :]
    scores = np.where(allowed, starts[:, None] + ends[None, :], -np.inf)
    normaliser = log_sum_exp(starts) + log_sum_exp(ends)
    spans: list[ScoredSpan] = []
    while len(spans) < limit and np.isfinite(best := scores.max(initial=-np.inf)):
        first, last = map(int, np.unravel_index(int(scores.argmax()), scores.shape))
        margin, sharpness = float(best) - null, float(best) - normaliser
        spans.append(ScoredSpan(first, last, margin, sharpness, bool(whole[first, last])))
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

    A URL, an e-mail address, a path, a range and a sum with its unit are one word each. The result
    stays within `within`, its sentence, and is empty if only punctuation is left.
    """
    units = [Span(*found.span()) for found in _WHOLE.finditer(text, within.start, within.end)]
    widened = _widened(text, span, within, units)
    start, end = widened.start, widened.end
    if start == within.start and (dateline := _DATELINE.match(text[start:end])):
        start += dateline.end()
    starts, ends = {unit.start for unit in units}, {unit.end for unit in units}
    while start < end:
        inner = text[start:end]
        if start not in starts and _is_stray_first(inner):
            start += 1
        elif end not in ends and _is_stray_last(inner):
            end -= 1
        else:
            break
    has_word = any(char.isalnum() for char in text[start:end])
    return Span(start, end) if has_word else Span(start, start)


def _widened(text: str, span: Span, within: Span, units: Sequence[Span]) -> Span:
    """Widen a span until it cuts neither a word nor one of these units."""
    start, end = span.start, span.end
    while start > within.start and _joined(text, start):
        start -= 1
    while end < within.end and _joined(text, end):
        end += 1
    for unit in units:
        if unit.start < end and start < unit.end:
            start, end = min(start, unit.start), max(end, unit.end)
    widened = Span(start, end)
    return widened if widened == span else _widened(text, widened, within, units)


def _joined(text: str, offset: int) -> bool:
    """Return whether the code points before and at an offset belong to one word."""
    return 0 < offset < len(text) and _is_word(text[offset - 1]) and _is_word(text[offset])


def _is_word(char: str) -> bool:
    # A combining mark is not alphanumeric, but belongs to the letter before it.
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")


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
