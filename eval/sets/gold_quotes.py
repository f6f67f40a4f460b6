"""The text of gold references, to show next to answers."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from eval.sets.answer_spans import find_answer
from eval.sets.gold import opener, words_of
from eval.sets.highlight import Mark, MarkedText
from eval.sets.question_set import Gold
from index.articles.sentences import sentences
from index.articles.spans import Span
from index.articles.text import NotText

_MAX_SENTENCES = 3
_MAX_LENGTH = 600
"""Code points of a quote."""
_CONTEXT = 200
"""Code points before the first mark of a shortened quote."""
_MAX_UNMARKED = 2_000
"""Code points searched for the first sentence of a reference without answers."""
_GAP = " … "


class GoldQuotes:
    """Quotes gold references from the current articles."""

    def __init__(self, bases: Sequence[Path]) -> None:
        """Resolve paths under these folders like `eval.sets.gold.article_of`."""
        self._opened = opener(bases)

    def quote(self, gold: Gold) -> MarkedText:
        """Return the sentences that have accepted answers, with the answers marked.

        If none has one, return the first sentence; if the article cannot be read or has no such
        line, an empty text.
        """
        text = self._opened(gold.path)
        if isinstance(text, NotText) or gold.lines[-1] > text.line_count:
            return MarkedText("")
        words = words_of(text, gold.lines)
        return _quoted(words if gold.answers else words[:_MAX_UNMARKED], gold.answers)


def _quoted(words: str, answers: Sequence[str]) -> MarkedText:
    marks = _joined(span for answer in answers for span in _occurrences(words, answer))
    chosen = _chosen(list(sentences(words, Span(0, len(words)))), marks)
    return _shortened(_assembled(words, chosen, marks))


def _occurrences(words: str, answer: str) -> list[Span]:
    """Return all occurrences of an answer as whole words; else its nearest inexact one."""
    spans = [
        Span(*found.span())
        for found in re.finditer(rf"(?<!\w){re.escape(answer.strip())}(?!\w)", words)
    ]
    inexact = None if spans else find_answer(words, answer, words.find(answer))
    return spans if inexact is None else [inexact]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Merge spans that overlap, in order."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        elif len(span):
            joined.append(span)
    return joined


def _chosen(found: Sequence[Span], marks: Sequence[Span]) -> list[Span]:
    """Choose the sentences with marks, and join those that share a mark."""
    chosen: list[Span] = []
    for sentence in found:
        crossing = [
            mark for mark in marks if mark.start < sentence.end and sentence.start < mark.end
        ]
        if crossing and chosen and crossing[0].start < chosen[-1].end:
            chosen[-1] = Span(chosen[-1].start, sentence.end)
        elif crossing:
            chosen.append(sentence)
    return chosen[:_MAX_SENTENCES] or list(found[:1])


def _assembled(words: str, chosen: Sequence[Span], marks: Sequence[Span]) -> MarkedText:
    text, shifted = "", list[Mark]()
    for before, span in zip((Span(0, 0), *chosen), chosen, strict=False):
        is_next = not words[before.end : span.start].strip()
        text += (" " if is_next else _GAP) if text else ""
        shift = len(text) - span.start
        text += span.of(words)
        shifted += [
            Mark(mark.start + shift, mark.end + shift)
            for mark in marks
            if span.start <= mark.start and mark.end <= span.end
        ]
    return MarkedText(text, tuple(shifted))


def _shortened(quote: MarkedText) -> MarkedText:
    """Cut a quote that is too long around its first mark."""
    if len(quote.text) <= _MAX_LENGTH:
        return quote
    first = quote.marks[0].start if quote.marks else 0
    start = max(0, min(first - _CONTEXT, len(quote.text) - _MAX_LENGTH))
    end = start + _MAX_LENGTH
    before, after = "…" * bool(start), "…" * (end < len(quote.text))
    shift = len(before) - start
    marks = (
        Mark(mark.start + shift, min(mark.end, end) + shift)
        for mark in quote.marks
        if mark.start < end
    )
    return MarkedText(before + quote.text[start:end] + after, tuple(marks))
