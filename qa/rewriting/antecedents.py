"""What a word of a follow-up can refer to: mentions in earlier turns, scored by likelihood."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import dropwhile

from qa.rewriting import lexicon
from qa.rewriting.mentions import Kind, Mention, TaggedText, tag
from qa.rewriting.tagger import Word, WordClass

_LONGEST_ANSWER = 80
"""Code points; only the names in a longer answer can be referred to."""


class ExpectedType(Enum):
    """What a question or a word asks for or refers to."""

    PERSON = auto()
    PLACE = auto()
    TIME = auto()
    AMOUNT = auto()
    """An amount, a manner or a cause: no later word can refer to it."""
    THING = auto()
    THINGS = auto()
    SORT = auto()
    """What `one` refers to: a kind of thing, not a name."""
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention in an earlier turn."""

    mention: Mention
    age: int
    """Turns since; 0 for the last turn."""
    order: int
    """Index among the mentions of its question."""
    repeats: int = 0
    """Other earlier turns that mention it too."""
    is_answer: bool = False
    """Whether it is the answer to the question."""
    is_introduced: bool = False
    """Whether the question does nothing but name it: `What is the keto diet?`."""


_MAX_REPEATS = 3


def antecedents_of(turns: Sequence[tuple[TaggedText, str | None]]) -> list[Antecedent]:
    """List the mentions of turns, each a question and its best answer if any, oldest first."""
    by_turn = [
        _of_turn(question, answer, age) for age, (question, answer) in enumerate(reversed(turns))
    ]
    mentioned_in = Counter(key for turn in by_turn for key in {_key(each.mention) for each in turn})
    return [
        replace(each, repeats=mentioned_in[_key(each.mention)] - 1)
        for turn in by_turn
        for each in turn
    ]


def _key(mention: Mention) -> str:
    return min(lexicon.bases(mention.head), key=len)


def _of_turn(question: TaggedText, answer: str | None, age: int) -> list[Antecedent]:
    found = [Antecedent(mention, age, order) for order, mention in enumerate(question.mentions)]
    if found and _is_introduction(question.words) and not found[0].mention.aspect:
        found[0] = replace(found[0], is_introduced=True)
    expected = expected_type(question.words)
    mention = _answer_mention(answer, expected) if answer else _person_asked_for(question)
    if mention is not None:
        found.append(Antecedent(mention, age, len(question.mentions), is_answer=True))
    return found


def _is_introduction(words: Sequence[Word]) -> bool:
    """Return whether a question only names something: `What is taurine?`, `Tell me about Tesla`."""
    lower = [word.lower for word in words]
    if lower[:1] in (["describe"], ["explain"]) or lower[:2] in (["tell", "me"], ["tell", "about"]):
        return True
    return (
        lower[:1] in (["what"], ["who"])
        and (words[0].possessive or (len(lower) > 1 and lower[1] in lexicon.FORMS_OF_BE))
        and not any(word.word_class is WordClass.VERB for word in words)
    )


def expected_type(words: Sequence[Word]) -> ExpectedType:
    """Return the kind of answer that a question asks for, by its first question word."""
    clause = list(dropwhile(lambda word: word.word_class is not WordClass.QUESTION, words))
    if not clause:
        return ExpectedType.ANY
    asking, *after = [word.lower for word in clause[:4]]
    if asking in ("who", "whom", "whose"):
        return ExpectedType.PERSON
    if asking == "where":
        return ExpectedType.PLACE
    if asking in ("how", "why"):
        return ExpectedType.AMOUNT
    if asking == "when" or (after and after[0] in ("year", "day", "month", "date")):
        return ExpectedType.TIME
    if asking in ("which", "what") and any(word in lexicon.PEOPLE for word in after):
        return ExpectedType.PERSON
    return ExpectedType.THING


_KIND_OF_ANSWER = {  # an answer of any other type is a thing
    ExpectedType.PERSON: Kind.PERSON,
    ExpectedType.PLACE: Kind.PLACE,
    ExpectedType.TIME: Kind.TIME,
}


def _answer_mention(answer: str, expected: ExpectedType) -> Mention | None:
    """Return what an answer names, or None if no later word can refer to it."""
    if expected is ExpectedType.AMOUNT:
        return None
    short = answer.split(",")[0].strip(" .;:“”\"'")
    mentions = tag(short).mentions
    name = next((mention for mention in mentions if mention.named), None)
    kind, is_long = _KIND_OF_ANSWER.get(expected, Kind.THING), len(short) > _LONGEST_ANSWER
    if name is not None and (expected is ExpectedType.PERSON or is_long):
        return replace(name, kind=kind)
    if not mentions or is_long:
        return None
    first, _, rest = short.partition(" ")
    text = f"{first.lower()} {rest}" if first in ("The", "A", "An") else short
    return replace(mentions[-1], text=text, kind=kind, aspect=False)


def _person_asked_for(question: TaggedText) -> Mention | None:
    """Describe whoever an unanswered question asks for: `the person who led the team`."""
    words = question.words
    asks_who = len(words) > 2 and words[0].lower == "who" and not words[0].possessive
    if not asks_who or words[1].word_class is WordClass.AUXILIARY:
        return None
    text = "the person " + question.text[0].lower() + question.text[1:].rstrip(" ?.!")
    return Mention(text, "person", Kind.PERSON, 0, 0, definite=True)


_KINDS = {
    ExpectedType.PERSON: {Kind.PERSON, Kind.NAME},
    ExpectedType.PLACE: {Kind.PLACE, Kind.NAME},
    ExpectedType.TIME: {Kind.TIME},
    ExpectedType.THING: {Kind.NAME, Kind.PLACE, Kind.THING},
}


def fits(mention: Mention, expected: ExpectedType) -> bool:
    """Return whether a mention can be of the expected type at all."""
    if expected is ExpectedType.SORT:
        return mention.kind is Kind.THING and mention.text.split()[-1][0].islower()
    kinds = _KINDS.get(expected, set(Kind) - {Kind.TIME})
    return mention.kind in kinds and not (expected is ExpectedType.PERSON and mention.plural)


def _score(antecedent: Antecedent, expected: ExpectedType) -> float:
    """Return the weighted sum of the features of an antecedent."""
    mention = antecedent.mention
    is_place = mention.kind is Kind.PLACE
    in_place_phrase = mention.preposition in lexicon.PLACE_PREPOSITIONS
    wants_place = expected is ExpectedType.PLACE
    wants_one, wants_many = expected is ExpectedType.THING, expected is ExpectedType.THINGS
    wrong_number = mention.plural if wants_one else wants_many and not mention.plural
    score = 0.0
    for weight, feature in (
        (1.0, mention.named),
        (0.6, min(antecedent.repeats, _MAX_REPEATS)),
        (3.0, antecedent.is_answer and expected in _KIND_OF_ANSWER),
        (-1.5, antecedent.age),
        (-0.4, antecedent.order),
        (-4.0, mention.aspect),
        (2.0, antecedent.is_introduced),
        (-2.0, wrong_number / (1 + mention.named)),
        (2.0, wants_place and (is_place or in_place_phrase)),
        (-3.0, is_place and (wants_one or wants_many)),
        (-1.0, in_place_phrase and not wants_place),
    ):
        score += weight * feature  # not sum(), whose rounding depends on the Python version
    return score


def resolve_antecedent(
    antecedents: Sequence[Antecedent], expected: ExpectedType, exclude: Collection[Mention] = ()
) -> Mention | None:
    """Return the likeliest mention of the expected type, or None if there is none."""
    fitting = [each for each in antecedents if fits(each.mention, expected)]
    if expected is ExpectedType.PERSON and not fitting:
        fitting = [each for each in antecedents if _may_be_lower_case_name(each.mention)]
    allowed = [each for each in fitting if each.mention not in exclude]
    best = max(allowed, key=lambda each: _score(each, expected), default=None)
    return best.mention if best else None


def _may_be_lower_case_name(mention: Mention) -> bool:
    return mention.kind is Kind.THING and not (mention.definite or mention.plural or mention.aspect)
