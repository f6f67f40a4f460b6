"""Candidates to distinct answers: the same words from several places are one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.catalog import StoredPassage
from index.spans import Span
from qa.citations import quote_of
from qa.counterparts import counterpart
from qa.normalise import normalise_answer
from qa.reader.protocol import Candidate
from qa.retriever import Retrieved


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
        source = retrieved[candidate.passage]
        key = normalise_answer(candidate.span.of(source.stored.passage.text))
        if not key or (key not in groups and len(groups) == most):
            continue
        _, gathered = groups.setdefault(key, (candidate.confidence, []))
        own = Evidence(source.stored, candidate.span, candidate.sentence)
        for evidence in (own, *_in_duplicates(own, source)):
            if not any(evidence.overlaps(one) for one in gathered):
                gathered.append(evidence)
    return [Distinct(confidence, tuple(evidence)) for confidence, evidence in groups.values()]


def _in_duplicates(own: Evidence, source: Retrieved) -> list[Evidence]:
    """Give the places where near-duplicate passages say the same, letter for letter theirs."""
    found = []
    for duplicate in source.duplicates:
        here, there = own.stored.passage, duplicate.passage
        for span, sentence in counterpart(here, own.span, own.sentence, there):
            found.append(Evidence(duplicate, span, sentence))
    return found
