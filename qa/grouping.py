"""Candidates to distinct answers: the same words from several places are one answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.catalog import StoredPassage
from index.spans import Span
from qa.citations import quote_of
from qa.normalise import normalise_answer
from qa.reader.protocol import Candidate
from qa.retriever import Retrieved

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span in a passage, and the sentence around it."""

    stored: StoredPassage
    span: Span
    sentence: Span

    def overlaps(self, other: "Evidence") -> bool:
        """Tell whether two spans share words of one file, as overlapping passages let them."""
        if self.stored.article_id != other.stored.article_id:
            return False
        one, two = (quote_of(item.stored.passage, item.span) for item in (self, other))
        return (one.line, one.column) <= (two.end_line, two.end_column) and (
            (two.line, two.column) <= (one.end_line, one.end_column)
        )


@dataclass(frozen=True, slots=True)
class Distinct:
    """One answer with all its evidence, the best first."""

    confidence: float
    evidence: tuple[Evidence, ...]


def distinct_answers(
    candidates: Sequence[Candidate], retrieved: Sequence[Retrieved], most: int
) -> list[Distinct]:
    """Group candidates, the best first, into at most so many distinct answers."""
    groups: dict[str, tuple[float, list[Evidence]]] = {}
    for candidate in candidates:
        for evidence in _places(candidate, retrieved[candidate.passage]):
            key = normalise_answer(evidence.span.of(evidence.stored.passage.text))
            if not key or (key not in groups and len(groups) == most):
                continue
            _, gathered = groups.setdefault(key, (candidate.confidence, []))
            if not any(evidence.overlaps(one) for one in gathered):
                gathered.append(evidence)
    return [Distinct(confidence, tuple(evidence)) for confidence, evidence in groups.values()]


def _places(candidate: Candidate, retrieved: Retrieved) -> Iterator[Evidence]:
    """Yield a candidate's own place, then those where near-duplicates have the same sentence."""
    passage = retrieved.stored.passage
    yield Evidence(retrieved.stored, candidate.span, candidate.sentence)
    wanted = _unwrapped(candidate.sentence.of(passage.text))
    for duplicate in retrieved.duplicates:
        text = duplicate.passage.text
        for sentence in duplicate.passage.sentences:
            if _unwrapped(sentence.of(text)) == wanted:
                span = candidate.span.shifted(sentence.start - candidate.sentence.start)
                yield Evidence(duplicate, span, sentence)


def _unwrapped(sentence: str) -> str:
    """Make every white space the same, one for one, so that offsets hold across line breaks."""
    return _SPACE.sub(" ", sentence)
