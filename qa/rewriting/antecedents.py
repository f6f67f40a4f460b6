"""What earlier turns spoke of, and which of it a word of a new question can mean."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from qa.rewriting import lexicon
from qa.rewriting.mentions import Kind, Mention, mentions_of
from qa.rewriting.tagger import Class, Word, words_of

_LONGEST_ANSWER = 80
"""Code points; of a longer answer only the names in it can be meant."""


class ExpectedType(Enum):
    """What a question or a word asks for."""

    PERSON = auto()
    PLACE = auto()
    TIME = auto()
    AMOUNT = auto()
    """Or a manner: of `how`, nothing that a later word can stand for."""
    THING = auto()
    THINGS = auto()
    SORT = auto()
    """What `one` stands for: a thing of a sort, not a name."""
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention of an earlier turn."""

    mention: Mention
    age: int
    """Turns since; 0 for the last one."""
    order: int
    """Its place among the mentions of its question."""
    repeats: int
    """Other earlier turns that speak of it too."""
    answers: bool
    """Whether the question sought just this."""
    introduced: bool
    """Whether the question does nothing but name it: `What is the keto diet?`."""


_AGE = 1.5
_ORDER = 0.4
_NAMED = 1.0
_REPEATED = 0.6
_MOST_REPEATS = 3
_SIDE = 4.0
_NUMBER = 2.0
_ANSWER = 3.0
_INTRODUCED = 2.0
_PLACE = 3.0
_LOCATED = 2.0
_AFTER_PREPOSITION = 1.0


def candidates_of(turns: Sequence[tuple[str, str]]) -> list[Candidate]:
    """List the mentions of turns, question and best answer (or nothing) each, oldest first."""
    listed = [
        _of_turn(question, answer, age) for age, (question, answer) in enumerate(reversed(turns))
    ]
    spoken_of = Counter(key for turn in listed for key in {_key(one.mention) for one in turn})
    return [
        replace(one, repeats=spoken_of[_key(one.mention)] - 1) for turn in listed for one in turn
    ]


def _key(mention: Mention) -> str:
    return min(lexicon.bases(mention.head), key=len)


def _of_turn(question: str, answer: str, age: int) -> list[Candidate]:
    own = mentions_of(question)
    introduced = is_introduction(words_of(question))
    answers = [*_answering(answer, expected_type(question)), *_described(question, answer)]
    return [
        Candidate(one, age, at, 0, False, introduced and at == 0 and not one.side)
        for at, one in enumerate(own)
    ] + [Candidate(one, age, len(own), 0, True, False) for one in answers]


def is_introduction(words: Sequence[Word]) -> bool:
    """Tell whether a question only names something: `What is taurine?`, `Tell me about Tesla`."""
    lower = [word.lower for word in words]
    if lower[:1] in (["describe"], ["explain"]) or lower[:2] in (["tell", "me"], ["tell", "about"]):
        return True
    return (
        lower[:1] in (["what"], ["who"])
        and (words[0].possessive or (len(lower) > 1 and lower[1] in lexicon.FORMS_OF_BE))
        and not any(word.word_class is Class.VERB for word in words)
    )


def expected_type(question: str) -> ExpectedType:
    """Tell what kind of answer a question asks for, by its question word."""
    words = words_of(question)
    for at, word in enumerate(words):
        if word.word_class is not Class.QUESTION:
            continue
        after = [one.lower for one in words[at + 1 : at + 4]]
        if word.lower in ("who", "whom", "whose"):
            return ExpectedType.PERSON
        if word.lower == "where":
            return ExpectedType.PLACE
        if word.lower in ("how", "why"):
            return ExpectedType.AMOUNT
        if word.lower == "when" or (after and after[0] in ("year", "day", "month", "date")):
            return ExpectedType.TIME
        if word.lower in ("which", "what") and any(one in lexicon.PEOPLE for one in after):
            return ExpectedType.PERSON
        return ExpectedType.THING
    return ExpectedType.ANY


_OF_ANSWER = {
    ExpectedType.PERSON: Kind.PERSON,
    ExpectedType.PLACE: Kind.PLACE,
    ExpectedType.TIME: Kind.TIME,
    ExpectedType.THING: Kind.THING,
    ExpectedType.ANY: Kind.THING,
}


def _answering(answer: str, asked: ExpectedType) -> list[Mention]:
    if asked is ExpectedType.AMOUNT:
        return []
    short = answer.split(",")[0].strip(" .;:“”\"'")
    found = mentions_of(short)
    names = [one for one in found if one.named]
    kind = _OF_ANSWER[asked]
    if names and (asked is ExpectedType.PERSON or len(short) > _LONGEST_ANSWER):
        return [replace(one, kind=kind) for one in names[:1]]
    if not found or len(short) > _LONGEST_ANSWER:
        return []
    first, _, rest = short.partition(" ")
    text = f"{first.lower()} {rest}" if first in ("The", "A", "An") else short
    return [replace(found[-1], text=text, kind=kind, side=False)]


def _described(question: str, answer: str) -> list[Mention]:
    """Describe whoever an unanswered question asks for: `the person who led the team`."""
    words = words_of(question)
    if answer or len(words) < 3 or words[0].lower != "who":
        return []
    if words[1].word_class is Class.AUXILIARY or words[0].possessive:
        return []
    text = "the person " + question[0].lower() + question[1:].rstrip(" ?.!")
    return [Mention(text, "person", Kind.PERSON, False, True, False, False, "", 0, 0)]


def fits(mention: Mention, sought: ExpectedType) -> bool:
    """Tell whether a mention can be what is sought at all."""
    if sought is ExpectedType.PERSON:
        return mention.kind in (Kind.PERSON, Kind.NAME) and not mention.plural
    if sought is ExpectedType.PLACE:
        return mention.kind in (Kind.PLACE, Kind.NAME)
    if sought is ExpectedType.TIME:
        return mention.kind is Kind.TIME
    if sought is ExpectedType.SORT:
        return mention.kind is Kind.THING and mention.text.split()[-1][0].islower()
    return mention.kind is not Kind.TIME and (
        sought is not ExpectedType.THING or mention.kind is not Kind.PERSON
    )


def weight(one: Candidate, sought: ExpectedType) -> float:
    """Weigh how likely it is that a candidate is meant; the more the likelier."""
    mention = one.mention
    mismatch = (sought is ExpectedType.THING and mention.plural) or (
        sought is ExpectedType.THINGS and not mention.plural
    )
    return (
        _NAMED * mention.named
        + _REPEATED * min(one.repeats, _MOST_REPEATS)
        + _ANSWER
        * (one.answers and sought in (ExpectedType.PERSON, ExpectedType.PLACE, ExpectedType.TIME))
        - _AGE * one.age
        - _ORDER * one.order
        - _SIDE * mention.side
        + _INTRODUCED * one.introduced
        - _NUMBER * mismatch / (1 + mention.named)
        + _LOCATED
        * (
            sought is ExpectedType.PLACE
            and (mention.kind is Kind.PLACE or mention.preposition in lexicon.PLACE_PREPOSITIONS)
        )
        - _PLACE
        * (mention.kind is Kind.PLACE and sought in (ExpectedType.THING, ExpectedType.THINGS))
        - _AFTER_PREPOSITION
        * (mention.preposition in lexicon.PLACE_PREPOSITIONS and sought is not ExpectedType.PLACE)
    )


def meant(candidates: Sequence[Candidate], sought: ExpectedType) -> list[Mention]:
    """Give the mentions that can be meant, the likeliest first."""
    able = [one for one in candidates if fits(one.mention, sought)]
    if sought is ExpectedType.PERSON and not able:
        able = [one for one in candidates if _is_perhaps_person(one.mention)]
    return [one.mention for one in sorted(able, key=lambda one: -weight(one, sought))]


def _is_perhaps_person(mention: Mention) -> bool:
    """Tell whether it may be a name that was typed without capitals."""
    return mention.kind is Kind.THING and not (mention.definite or mention.plural or mention.side)
