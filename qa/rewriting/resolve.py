"""A question of a conversation made whole from the turns before it, without any model.

Who, what, where and when are carried over where the words of the question lean on them, and only
there: a pronoun gives way to what it stands for; what says too little gets its subject appended.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.search.analyzer import terms
from qa.answers import Answered, Reply
from qa.rewriting import lexicon
from qa.rewriting.antecedents import Candidate, ExpectedType, candidates_of, meant
from qa.rewriting.ellipsis import is_elliptical
from qa.rewriting.fragments import parallels
from qa.rewriting.mentions import Kind, Mention, mentions_of
from qa.rewriting.pronouns import Reference, references_in, times_in
from qa.rewriting.tagger import Word, words_of

MAX_TURNS = 8
"""The last ones; what was spoken of before them is forgotten."""
_LONGEST_FOLLOW_UP = 400
"""Code points; a longer question stands alone, and earlier ones are read only so far."""
_LONGEST_CARRIED = 120
"""Code points of one mention."""
_END = " \t.?!…"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn."""

    question: str
    """As it was resolved."""
    answers: tuple[str, ...] = ()
    """The texts of the answers that were shown, the best first."""
    title: str = ""
    """Of the article of the best answer, if it has one."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands alone."""

    question: str
    added: tuple[str, ...]
    """What was carried over, as it stands in the question; empty where it is unchanged."""


def exchange_of(reply: Reply) -> Exchange:
    """Give a reply as an earlier turn; what was only near is no answer."""
    answers = reply.answers if isinstance(reply, Answered) else ()
    title = answers[0].citations[0].title if answers else ""
    return Exchange(reply.asked, tuple(answer.text for answer in answers), title)


def history_from_questions(questions: Sequence[str]) -> list[Exchange]:
    """Give earlier questions, oldest first, as turns whose answers are not known.

    Asking them to know the answers would cost a read each, and made no more follow-ups right on
    the bundled set.
    """
    history: list[Exchange] = []
    for question in questions[-MAX_TURNS:]:
        history.append(Exchange(resolve(question, history).question))
    return history


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str
    carried: str


def resolve(question: str, history: Sequence[Exchange]) -> Resolved:
    """Make a question whole from earlier turns, oldest first.

    A question that leans on nothing, or on nothing that they have, comes back letter for letter.
    """
    unchanged = Resolved(question, ())
    words = words_of(question) if len(question) <= _LONGEST_FOLLOW_UP else []
    if not history or all(word.is_in(lexicon.OPENERS) for word in words):
        return unchanged
    recent = history[-MAX_TURNS:]
    known = " ".join(_read(one.question).lower() for one in recent[:-1])
    for one in parallels(question, _read(recent[-1].question), known):
        return Resolved(one.question, one.kept)
    mentions = mentions_of(question)
    candidates = _candidates(recent)
    references = [*references_in(words, mentions), *times_in(words)]
    edits = [*_replaced(question, references, candidates), *_named_fully(mentions, candidates)]
    if edits:
        return _edited(question, [*edits, *_circumstances(question, words, candidates)])
    if references or is_elliptical(words, mentions):
        return _appended(question, mentions, candidates)
    return unchanged


def _candidates(recent: Sequence[Exchange]) -> list[Candidate]:
    """List what was spoken of; where that is nothing, what the answers' articles are about."""
    turns = [(_read(one.question), _read("".join(one.answers[:1]))) for one in recent]
    titles = [(_read(one.title), "") for one in recent]
    return [
        one
        for one in candidates_of(turns) or candidates_of(titles)
        if len(one.mention.text) <= _LONGEST_CARRIED
    ]


def _read(text: str) -> str:
    return text[:_LONGEST_FOLLOW_UP]


def _replaced(
    question: str, references: Sequence[Reference], candidates: Sequence[Candidate]
) -> list[_Edit]:
    """Put what is meant in the place of the first word of each kind that stands for it."""
    edits: list[_Edit] = []
    done: set[ExpectedType] = set()
    used: set[Mention] = set()
    for reference in references:
        able = [one for one in meant(candidates, reference.sought) if one not in used]
        for mention in able[:1]:
            if reference.sought in done or _holds(question, mention):
                continue
            done.add(reference.sought)
            used.add(mention)
            edits.append(_edit(reference, mention))
    return edits


def _edit(reference: Reference, mention: Mention) -> _Edit:
    carried = mention.text
    if reference.counts:
        carried = carried.removeprefix("the ")
    text = carried
    if reference.possessive:
        text += "’" if carried.endswith("s") else "’s"
    if reference.sought is ExpectedType.TIME and not reference.prepositional:
        text = f"{'on' if ' ' in text and text[0].isdigit() else 'in'} {text}"
    if reference.sought is ExpectedType.PLACE and not reference.prepositional:
        before = mention.preposition
        text = f"{before if before in ('at', 'on', 'near') else 'in'} {text}"
    return _Edit(reference.start, reference.end, text, carried)


def _circumstances(
    question: str, words: Sequence[Word], candidates: Sequence[Candidate]
) -> list[_Edit]:
    """Say where or when it was, after a question that ends in `that`: `When did he say that?`."""
    at = len(question.rstrip(_END))
    last = [
        one.mention
        for one in candidates
        if one.age == 0 and one.mention.kind in (Kind.PLACE, Kind.TIME)
    ]
    if words[-1].lower not in ("that", "this") or not last or not last[0].preposition:
        return []
    return [_Edit(at, at, f" {last[0].preposition} {last[0].text}", last[0].text)]


def _named_fully(mentions: Sequence[Mention], candidates: Sequence[Candidate]) -> list[_Edit]:
    """Put `the US Electoral College` for `the College`, `Auguste Comte` for `Comte`."""
    edits = []
    for mention in (one for one in mentions if not one.side):
        fuller = [one.mention for one in candidates if _is_fuller(one.mention, mention)][:1]
        edits += [_Edit(mention.start, mention.end, one.text, one.text) for one in fuller]
    return edits


def _is_fuller(earlier: Mention, mention: Mention) -> bool:
    words, others = mention.text.lower().split(), earlier.text.lower().split()
    definite = mention.definite
    bare, full = words[definite:], others[others[0] == "the" :]
    if len(bare) != 1 or len(full) < 2 or len(full) > 5 or bare[0] != full[-1]:
        return False
    return definite or (mention.named and earlier.kind in (Kind.NAME, Kind.PERSON))


def _edited(question: str, edits: Sequence[_Edit]) -> Resolved:
    made, carried, end = [], [], 0
    for edit in sorted(edits, key=lambda one: one.start):
        text = edit.text if edit.start else _capital(edit.text)
        made += [question[end : edit.start], text]
        carried.append(edit.carried if edit.carried in text else _capital(edit.carried))
        end = edit.end
    return Resolved("".join([*made, question[end:]]), tuple(carried))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _appended(
    question: str, mentions: Sequence[Mention], candidates: Sequence[Candidate]
) -> Resolved:
    for mention in meant(candidates, ExpectedType.ANY)[:1]:
        if not _holds(question, mention):
            body = question.rstrip(_END)
            ends_in_side = any(one.side and one.end == len(body) for one in mentions)
            join = (
                "of"
                if ends_in_side
                else "with"
                if mention.kind in (Kind.PERSON, Kind.NAME)
                else "in"
            )
            return Resolved(f"{body} {join} {mention.text}{question[len(body) :]}", (mention.text,))
    return Resolved(question, ())


def _holds(question: str, mention: Mention) -> bool:
    said = set(terms(question))
    return set(terms(mention.text) or [mention.text]) <= said or (
        mention.named and bool(said & set(terms(mention.head)))
    )
