"""Group candidates into distinct answers: the same answer from several passages is one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.spans import Span
from index.storage.catalog import StoredPassage
from qa.answering.alignment import counterpart
from qa.answering.squad_text import normalise_answer
from qa.citations import quote_of
from qa.reader.protocol import Candidate
from qa.retrieval.retriever import Hit

_LEADING = re.compile(
    r"^(?:(?:in|on|at|by|from|to|since|during|of|for|about|around|nearly|almost|over|until) )+"
)
_TITLES = frozenset(
    """president premier chancellor minister secretary senator governor general ambassador
    professor dr sir""".split()
)
"""Titles: with everything before them, they do not distinguish two people of one name."""
_MAX_NAME_WORDS = 5
"""Longest name that a shorter form of it may stand for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a passage that gives an answer, and the sentence around it."""

    stored: StoredPassage
    span: Span
    sentence: Span

    def overlaps(self, other: "Evidence") -> bool:
        """Return whether both spans share words of one file; passages of a file may overlap."""
        if self.stored.article_id != other.stored.article_id:
            return False
        mine = quote_of(self.stored.passage, self.span)
        theirs = quote_of(other.stored.passage, other.span)
        return (mine.line, mine.column) <= (theirs.end_line, theirs.end_column) and (
            (theirs.line, theirs.column) <= (mine.end_line, mine.end_column)
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates that give the same answer, best first; at least one."""

    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        """The candidate whose words are shown."""
        return self.candidates[0]


def group_candidates(candidates: Sequence[Candidate], hits: Sequence[Hit]) -> list[Group]:
    """Group candidates, best first, by answer; groups are in the order of their best candidate.

    Two answers are equal if SQuAD's scorer says so or if one is a longer form of the other's name.
    A short name joins the best longer form ranked before it. A short name ranked before all of its
    longer forms stays alone if they are different names, such as `Bill Clinton` and
    `Hillary Clinton`.
    """
    texts = [hits[candidate.passage].stored.passage.text for candidate in candidates]
    forms = [_Form.of(each.span.of(text)) for each, text in zip(candidates, texts, strict=True)]
    distinct = list(dict.fromkeys(forms))
    groups: list[tuple[_Form, list[Candidate]]] = []
    for form, candidate in zip(forms, candidates, strict=True):
        if not form.words:
            continue
        for best, members in groups:
            if _is_same_answer(form, best, distinct):
                members.append(candidate)
                break
        else:
            groups.append((form, [candidate]))
    return [Group(tuple(members)) for _, members in groups]


@dataclass(frozen=True, slots=True)
class _Form:
    """An answer in the form in which answers are compared."""

    words: tuple[str, ...]
    """As normalized by SQuAD's scorer."""
    bare: str
    """The words without leading prepositions, as in `in 2011`."""
    is_name: bool
    """Whether it has few words and each begins with a capital letter."""

    @classmethod
    def of(cls, text: str) -> "_Form":
        normal, parts = normalise_answer(text), text.split()
        is_name = 1 <= len(parts) <= _MAX_NAME_WORDS and all(part[0].isupper() for part in parts)
        return cls(tuple(normal.split()), _LEADING.sub("", normal), is_name)

    def is_longer(self, short: "_Form") -> bool:
        """Return whether it is a longer form of a name: `Dmitry Medvedev` of `Medvedev`.

        Only the end may be shared: `New York Times` is not a longer form of `New York`.
        """
        both_names, count = self.is_name and short.is_name, len(short.words)
        return both_names and 0 < count < len(self.words) and self.words[-count:] == short.words


def _is_same_answer(form: _Form, best: _Form, distinct: Sequence[_Form]) -> bool:
    """Return whether an answer belongs to the group with this best answer."""
    if form.bare == best.bare or best.is_longer(form):
        return True
    return form.is_longer(best) and not _is_ambiguous(best, distinct)


def _is_ambiguous(short: _Form, distinct: Sequence[_Form]) -> bool:
    """Return whether the longer forms of a name belong to different people or things."""
    first_names = [
        _without_title(long.words[: -len(short.words)])
        for long in distinct
        if long.is_longer(short)
    ]
    longest = max(first_names, key=len, default=())
    return any(longest[len(longest) - len(names) :] != names for names in first_names)


def _without_title(words: tuple[str, ...]) -> tuple[str, ...]:
    titles = [index for index, word in enumerate(words) if word in _TITLES]
    return words[titles[-1] + 1 :] if titles else words


def evidence_of(group: Group, hits: Sequence[Hit]) -> list[Evidence]:
    """Return every distinct place that gives a group's answer, best first."""
    gathered: list[Evidence] = []
    for candidate in group.candidates:
        hit = hits[candidate.passage]
        own = Evidence(hit.stored, candidate.span, candidate.sentence)
        for evidence in (own, *_in_duplicates(own, hit)):
            if not any(evidence.overlaps(known) for known in gathered):
                gathered.append(evidence)
    return gathered


def _in_duplicates(own: Evidence, hit: Hit) -> list[Evidence]:
    """Return the places in near-duplicate passages that say the same."""
    found = []
    for duplicate in hit.duplicates:
        spans = counterpart(own.stored.passage, own.span, own.sentence, duplicate.passage)
        if spans is not None:
            found.append(Evidence(duplicate, *spans))
    return found
