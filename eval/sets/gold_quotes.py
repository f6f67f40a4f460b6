"""What stands at gold places, to be read beside what was given."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from eval.sets.answer_spans import find_answer
from eval.sets.gold import article_of, open_article, words_of
from eval.sets.highlight import Mark, Marked
from eval.sets.question_set import Gold
from index.articles.sentences import sentences
from index.articles.spans import Span
from index.articles.text import NotText, Text

_KEPT = 16
"""Articles kept in memory: questions about one mostly follow one another."""
_SENTENCES = 3
_LONGEST = 600
"""Code points of a quote."""
_BEFORE = 200
"""Code points before the first mark of a quote that is too long."""
_LOOKED_AT = 2_000
"""Code points of a place without answers."""
_GAP = " … "


class GoldQuotes:
    """Quotes gold places from the articles as they are now."""

    def __init__(self, bases: Sequence[Path]) -> None:
        """Find paths below these folders, as `eval.sets.gold.article_of` does."""
        self._bases = bases
        self._opened = lru_cache(_KEPT)(open_article)

    def quote(self, place: Gold) -> Marked:
        """Give the sentences of a place that hold accepted answers, these marked in them.

        Where none is accepted, or none stands there, the first sentence; no text at all where the
        article cannot be read, or has no such line.
        """
        text = self._opened(article_of(place.path, self._bases))
        if isinstance(text, NotText) or place.lines[-1] > text.line_count:
            return Marked("")
        return _quoted(_words(text, place), place.answers)


def _words(text: Text, place: Gold) -> str:
    words = words_of(text, place.lines)
    return words if place.answers else words[:_LOOKED_AT]


def _quoted(words: str, answers: Sequence[str]) -> Marked:
    marks = _joined(span for answer in answers for span in _standing(words, answer))
    chosen = _chosen(list(sentences(words, Span(0, len(words)))), marks)
    return _shortened(_assembled(words, chosen, marks))


def _standing(words: str, answer: str) -> Iterator[Span]:
    """Yield where an answer stands, whole words of it; else the one place that has it otherwise."""
    spans = [
        Span(*found.span())
        for found in re.finditer(rf"(?<!\w){re.escape(answer.strip())}(?!\w)", words)
    ]
    yield from spans or find_answer(words, answer, words.find(answer))


def _joined(spans: Iterator[Span]) -> list[Span]:
    """Join spans that overlap, in order."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        elif len(span):
            joined.append(span)
    return joined


def _chosen(found: Sequence[Span], marks: Sequence[Span]) -> list[Span]:
    """Choose the sentences with marks, and join those that one mark goes across."""
    chosen: list[Span] = []
    for sentence in found:
        crossing = [
            mark for mark in marks if mark.start < sentence.end and sentence.start < mark.end
        ]
        if crossing and chosen and crossing[0].start < chosen[-1].end:
            chosen[-1] = Span(chosen[-1].start, sentence.end)
        elif crossing:
            chosen.append(sentence)
    return chosen[:_SENTENCES] or list(found[:1])


def _assembled(words: str, chosen: Sequence[Span], marks: Sequence[Span]) -> Marked:
    text, placed = "", list[Mark]()
    for before, span in zip((Span(0, 0), *chosen), chosen, strict=False):
        is_next = not words[before.end : span.start].strip()
        text += (" " if is_next else _GAP) if text else ""
        shift = len(text) - span.start
        text += span.of(words)
        placed += [
            Mark(mark.start + shift, mark.end + shift)
            for mark in marks
            if span.start <= mark.start and mark.end <= span.end
        ]
    return Marked(text, tuple(placed))


def _shortened(quote: Marked) -> Marked:
    """Cut what is too long around its first mark."""
    if len(quote.text) <= _LONGEST:
        return quote
    first = quote.marks[0].start if quote.marks else 0
    start = max(0, min(first - _BEFORE, len(quote.text) - _LONGEST))
    end = start + _LONGEST
    before, after = "…" * bool(start), "…" * (end < len(quote.text))
    shift = len(before) - start
    marks = (
        Mark(one.start + shift, min(one.end, end) + shift) for one in quote.marks if one.start < end
    )
    return Marked(before + quote.text[start:end] + after, tuple(marks))
