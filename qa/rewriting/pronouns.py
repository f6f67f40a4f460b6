"""Words of a question that lean on earlier turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.rewriting.antecedents import ExpectedType, fits
from qa.rewriting.mentions import Mention
from qa.rewriting.tagger import NOMINAL, Class, Word

_SUBJECTS = {
    "he": ExpectedType.PERSON,
    "she": ExpectedType.PERSON,
    "it": ExpectedType.THING,
    "they": ExpectedType.THINGS,
}
_OBJECTS = {"him": ExpectedType.PERSON, "her": ExpectedType.PERSON, "them": ExpectedType.THINGS}
_POSSESSIVES = {
    "his": ExpectedType.PERSON,
    "her": ExpectedType.PERSON,
    "its": ExpectedType.THING,
    "their": ExpectedType.THINGS,
}

_TIMES = frozenset("year day month week time date moment".split())


@dataclass(frozen=True, slots=True)
class Reference:
    """A word or two that stand for something of an earlier turn."""

    start: int
    end: int
    """In code points of the question."""
    sought: ExpectedType
    possessive: bool = False
    counts: bool = False
    """Whether it is `one` or `ones`, after words that say which."""
    prepositional: bool = False
    """Whether a preposition stands before it."""


def references_in(words: Sequence[Word], mentions: Sequence[Mention]) -> list[Reference]:
    """Find the words that lean, those left out that lean on the question itself."""
    found: list[Reference] = []
    for at in range(len(words)):
        found += [
            one for one in _reference(words, at) if not _leans_inwards(words, at, one, mentions)
        ]
    return found


def _reference(words: Sequence[Word], at: int) -> list[Reference]:
    word = words[at]
    lower = word.lower
    if word.word_class is not Class.PRONOUN and lower not in ("that", "then", "one"):
        return []
    after = words[at + 1] if at + 1 < len(words) else None
    if lower in _POSSESSIVES and (lower != "her" or (after and after.word_class in NOMINAL)):
        return [Reference(word.start, word.end, _POSSESSIVES[lower], possessive=True)]
    if lower == "it" and _says_nothing(words, at):
        return []
    if lower in _SUBJECTS or lower in _OBJECTS:
        sought = _SUBJECTS.get(lower) or _OBJECTS[lower]
        return [Reference(word.start, word.end, sought, possessive=word.possessive)]
    if lower == "there" and not _is_existential(words, at):
        return [
            Reference(word.start, word.end, ExpectedType.PLACE, prepositional=_is_led(words, at))
        ]
    if lower in ("one", "ones") and _counts(words, at):
        return [Reference(word.start, word.end, ExpectedType.SORT, counts=True)]
    return []


def times_in(words: Sequence[Word]) -> list[Reference]:
    """Find `that year` and its like; `prepositional` where a preposition stands before them."""
    return [
        Reference(word.start, after.end, ExpectedType.TIME, prepositional=_is_led(words, at))
        for at, (word, after) in enumerate(pairwise(words))
        if word.lower in ("that", "this") and after.lower in _TIMES
    ]


def _is_led(words: Sequence[Word], at: int) -> bool:
    return at > 0 and words[at - 1].word_class is Class.PREPOSITION


def _says_nothing(words: Sequence[Word], at: int) -> bool:
    """Tell whether `it` only fills its place: `Is it true that`, `How long does it take`."""
    rest = [one for one in words[at + 1 :] if one.word_class is not Class.AUXILIARY]
    if not rest:
        return False
    if rest[0].lower in ("take", "takes", "took", "taken", "rain", "raining", "snow", "snowing"):
        return True
    if rest[0].lower in ("mean", "cost", "costs", "like") and len(rest) > 1:
        return rest[1].lower in ("to", "for")
    if rest[0].word_class not in (Class.ADJECTIVE, Class.ADVERB) or len(words) < at + 3:
        return False
    after = words[words.index(rest[0]) + 1 :]
    clause = [one.lower for one in after[:1]] == ["that"] or (
        len(after) > 1
        and after[0].lower == "to"
        and after[1].word_class in (Class.VERB, Class.AUXILIARY)
    )
    return clause and all(one.lower != "than" for one in after)


def _is_existential(words: Sequence[Word], at: int) -> bool:
    near = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
    return len(words) > at + 1 and any(one.word_class is Class.AUXILIARY for one in near)


def _counts(words: Sequence[Word], at: int) -> bool:
    """Tell whether `one` stands for a thing: `the new one`, `which one`, `become one`."""
    if not at:
        return False
    if at + 1 < len(words) and not words[at + 1].apart:
        after = words[at + 1]
        if after.lower == "of" or (after.word_class in NOMINAL and words[at].lower == "one"):
            return False
    return words[at - 1].word_class in (
        Class.ADJECTIVE, Class.DETERMINER, Class.NOUN, Class.QUESTION, Class.VERB, Class.ADVERB
    )  # fmt: skip


def _leans_inwards(
    words: Sequence[Word], at: int, one: Reference, mentions: Sequence[Mention]
) -> bool:
    """Tell whether the question itself names what is meant, before the word that leans on it."""
    earlier = [
        mention for mention in mentions if mention.end <= one.start and fits(mention, one.sought)
    ]
    if one.counts or one.sought is ExpectedType.PLACE or not earlier:
        return False
    if one.sought is ExpectedType.PERSON or (one.possessive and any(it.named for it in earlier)):
        return True
    last = earlier[0].end
    return any(
        word.apart or word.word_class in (Class.CONJUNCTION, Class.QUESTION)
        for word in words[: at + 1]
        if word.start > last
    )
