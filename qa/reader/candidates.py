"""From the scores of tokens to the spans that may answer."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.articles.blocks import Reading
from index.articles.passages import Passage
from index.articles.spans import Span
from qa.reader.protocol import Candidate
from qa.reader.spans import Floats, Ints, ScoredSpan, best_spans, sentence_of_tokens, whole_words
from qa.reader.windows import in_source

_SPANS_PER_WINDOW = 5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, eq=False)
class TokenScores:
    """How likely each token of a passage begins or ends an answer, in one window of it."""

    passage: int
    """Index of the passage in the list that was read."""
    offsets: Ints
    """Shape (tokens, 2): the code points of the passage that each covers, half-open."""
    starts: Floats
    """Shape (tokens,): logits."""
    ends: Floats
    """Shape (tokens,): logits."""
    null: float
    """Sum of both logits of [CLS]: no answer in this window."""

    def part(self, tokens: slice) -> "TokenScores":
        """Return the scores of some of the tokens."""
        return TokenScores(
            self.passage, self.offsets[tokens], self.starts[tokens], self.ends[tokens], self.null
        )


def best_candidates(
    question: str, passages: Sequence[Passage], scores: Iterable[TokenScores]
) -> list[Candidate]:
    """Return the spans that may answer a question, best first; none of them overlap."""
    readings = [passage.reading for passage in passages]
    candidates = [
        candidate
        for each in scores
        for candidate in _candidates(each, passages[each.passage], readings[each.passage])
        if not _echoes(question, passages[each.passage].text, candidate)
    ]
    candidates.sort(key=lambda candidate: -candidate.margin)
    return _without_overlaps(candidates)


def _candidates(scores: TokenScores, passage: Passage, reading: Reading) -> list[Candidate]:
    offsets, parts = in_source(scores.offsets, reading)
    sentences = sentence_of_tokens(offsets, passage.sentences)
    # An answer stays within its sentence, and within one cell of a table.
    cells = np.where(sentences < 0, -1, sentences + len(passage.sentences) * parts)
    candidates = []
    spans = best_spans(scores.starts, scores.ends, scores.null, cells, _SPANS_PER_WINDOW)
    for scored in spans:
        first, last = (int(sentences[token]) for token in (scored.first, scored.last))
        around = Span(passage.sentences[first].start, passage.sentences[last].end)
        tokens = Span(int(offsets[scored.first, 0]), int(offsets[scored.last, 1]))
        is_whole = scored.is_whole and _covers(scored, sentences)
        span = around if is_whole else whole_words(passage.text, tokens, around)
        candidate = Candidate(
            scores.passage, span, around, scored.margin, scored.sharpness, is_whole
        )
        if len(span):
            candidates.append(candidate)
    return candidates


def _echoes(question: str, text: str, candidate: Candidate) -> bool:
    """Return whether a candidate, in a question of the text, only repeats what was asked."""
    if not candidate.sentence.of(text).rstrip("*_\"'”’ ").endswith("?"):
        return False
    asked = _WORD.findall(question.casefold())
    return set(_WORD.findall(candidate.span.of(text).casefold())) <= set(asked)


def _covers(scored: ScoredSpan, sentences: Ints) -> bool:
    """Return whether a span has all tokens of its sentences, not only a cell of a table's row."""
    first = np.flatnonzero(sentences == sentences[scored.first])[0]
    last = np.flatnonzero(sentences == sentences[scored.last])[-1]
    return bool((first, last) == (scored.first, scored.last))


def _without_overlaps(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Drop candidates that overlap a better one of the same passage."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(better.overlaps(candidate) for better in kept):
            kept.append(candidate)
    return kept
