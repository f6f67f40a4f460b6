"""Candidates to distinct answers: the same answer from several places is one."""

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
    {"president", "premier", "chancellor", "minister", "secretary", "senator", "governor",
     "general", "ambassador", "professor", "dr", "sir"}
)  # fmt: skip
"""What, with all before it, tells no two people of one name apart."""
_LONGEST_NAME = 5
"""Words of a name, at most, that a shorter form of it may stand for."""


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
class Group:
    """Candidates that give the same answer, the best first; at least one."""

    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        """The one whose words are shown."""
        return self.candidates[0]


def group_candidates(candidates: Sequence[Candidate], retrieved: Sequence[Hit]) -> list[Group]:
    """Group candidates, the best first, by what they answer; the groups come in the same order.

    Answers are equal as SQuAD compares them, or where one is a longer form of the other's name. A
    short name goes with the best longer form before it. One that comes before all of its longer
    forms stays alone where they are several names, as `Bill Clinton` and `Hillary Clinton` are.
    """
    told = [
        (_Form.of(one.span.of(retrieved[one.passage].stored.passage.text)), one)
        for one in candidates
    ]
    every = list(dict.fromkeys(form for form, _ in told))
    groups: list[tuple[_Form, list[Candidate]]] = []
    for form, candidate in told:
        if not form.words:
            continue
        for best, members in groups:
            if _joins(form, best, every):
                members.append(candidate)
                break
        else:
            groups.append((form, [candidate]))
    return [Group(tuple(members)) for _, members in groups]


@dataclass(frozen=True, slots=True)
class _Form:
    """An answer as it is compared."""

    words: tuple[str, ...]
    """As SQuAD compares them."""
    bare: str
    """These without what leads them in, as in `in 2011`."""
    is_name: bool
    """Whether each word, as written, begins with a capital letter, and there are a few."""

    @classmethod
    def of(cls, text: str) -> "_Form":
        normal, parts = normalise_answer(text), text.split()
        is_name = 1 <= len(parts) <= _LONGEST_NAME and all(part[0].isupper() for part in parts)
        return cls(tuple(normal.split()), _LEADING.sub("", normal), is_name)

    def is_longer(self, short: "_Form") -> bool:
        """Tell whether it is a longer form of a name: it ends as `Dmitry Medvedev` with `Medvedev`.

        The other way round, `New York Times` and `New York` are two.
        """
        count = len(short.words)
        return (
            self.is_name
            and short.is_name
            and 0 < count < len(self.words)
            and self.words[-count:] == short.words
        )


def _joins(form: _Form, best: _Form, every: Sequence[_Form]) -> bool:
    """Tell whether an answer belongs to the group that this is the best one of."""
    if form.bare == best.bare or best.is_longer(form):
        return True
    return form.is_longer(best) and not _is_ambiguous(best, every)


def _is_ambiguous(short: _Form, every: Sequence[_Form]) -> bool:
    """Tell whether the longer forms of a name are those of several."""
    given = [
        _without_title(long.words[: -len(short.words)]) for long in every if long.is_longer(short)
    ]
    longest = max(given, key=len, default=())
    return any(longest[len(longest) - len(one) :] != one for one in given)


def _without_title(words: tuple[str, ...]) -> tuple[str, ...]:
    titles = [index for index, word in enumerate(words) if word in _TITLES]
    return words[titles[-1] + 1 :] if titles else words


def evidence_of(group: Group, retrieved: Sequence[Hit]) -> list[Evidence]:
    """Give every place where a group's answer stands, the best first, each once."""
    gathered: list[Evidence] = []
    for candidate in group.candidates:
        source = retrieved[candidate.passage]
        own = Evidence(source.stored, candidate.span, candidate.sentence)
        for evidence in (own, *_in_duplicates(own, source)):
            if not any(evidence.overlaps(one) for one in gathered):
                gathered.append(evidence)
    return gathered


def _in_duplicates(own: Evidence, source: Hit) -> list[Evidence]:
    """Give the places where near-duplicate passages say the same, letter for letter theirs."""
    found = []
    for duplicate in source.duplicates:
        here, there = own.stored.passage, duplicate.passage
        for span, sentence in counterpart(here, own.span, own.sentence, there):
            found.append(Evidence(duplicate, span, sentence))
    return found
