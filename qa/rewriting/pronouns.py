"""Find the words of a question that refer to earlier turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.rewriting.antecedents import ExpectedType, fits
from qa.rewriting.mentions import Mention, TaggedText
from qa.rewriting.tagger import NOMINAL, Word, WordClass

_PERSONAL = {
    **dict.fromkeys(("he", "she", "him", "her"), ExpectedType.PERSON),
    "it": ExpectedType.THING,
    **dict.fromkeys(("they", "them"), ExpectedType.THINGS),
}
_POSSESSIVES = {
    **dict.fromkeys(("his", "her"), ExpectedType.PERSON),
    "its": ExpectedType.THING,
    "their": ExpectedType.THINGS,
}
_TIMES = frozenset("year day month week time date moment".split())


@dataclass(frozen=True, slots=True)
class Reference:
    """A word, or two, that refer to something in an earlier turn."""

    start: int
    end: int
    """Exclusive; both in code points of the question."""
    expected: ExpectedType
    possessive: bool = False
    is_one: bool = False
    """Whether it is `one` or `ones`, after words that say which."""
    after_preposition: bool = False


def references_in(question: TaggedText) -> list[Reference]:
    """Return the words that refer to earlier turns, pronouns first, then `that year` and its like.

    Words that refer to something inside the question are left out.
    """
    words = question.words
    found = []
    for at in range(len(words)):
        reference = _pronoun(words, at)
        if reference and not _refers_inside(words, at, reference, question.mentions):
            found.append(reference)
    for at, (word, after) in enumerate(pairwise(words)):
        if word.lower in ("that", "this") and after.lower in _TIMES:
            led = _follows_preposition(words, at)
            found.append(Reference(word.start, after.end, ExpectedType.TIME, after_preposition=led))
    return found


def _pronoun(words: Sequence[Word], at: int) -> Reference | None:
    word = words[at]
    start, end, lower = word.start, word.end, word.lower
    if word.word_class is not WordClass.PRONOUN and lower not in ("that", "then", "one"):
        return None
    after = words[at + 1] if at + 1 < len(words) else None
    if lower in _POSSESSIVES and (lower != "her" or (after and after.word_class in NOMINAL)):
        return Reference(start, end, _POSSESSIVES[lower], possessive=True)
    if lower == "it" and _is_dummy(words, at):
        return None
    if lower in _PERSONAL:
        return Reference(start, end, _PERSONAL[lower], possessive=word.possessive)
    if lower == "there" and not _is_existential(words, at):
        led = _follows_preposition(words, at)
        return Reference(start, end, ExpectedType.PLACE, after_preposition=led)
    if lower in ("one", "ones") and _refers_to_sort(words, at):
        return Reference(start, end, ExpectedType.SORT, is_one=True)
    return None


def _follows_preposition(words: Sequence[Word], at: int) -> bool:
    return at > 0 and words[at - 1].word_class is WordClass.PREPOSITION


def _is_dummy(words: Sequence[Word], at: int) -> bool:
    """Return whether `it` refers to nothing: `Is it true that`, `How long does it take`."""
    rest = [word for word in words[at + 1 :] if word.word_class is not WordClass.AUXILIARY]
    if not rest:
        return False
    if rest[0].lower in ("take", "takes", "took", "taken", "rain", "raining", "snow", "snowing"):
        return True
    if rest[0].lower in ("mean", "cost", "costs", "like") and len(rest) > 1:
        return rest[1].lower in ("to", "for")
    if rest[0].word_class not in (WordClass.ADJECTIVE, WordClass.ADVERB) or len(words) < at + 3:
        return False
    after = words[words.index(rest[0]) + 1 :]
    begins_clause = [word.lower for word in after[:1]] == ["that"] or (
        len(after) > 1
        and after[0].lower == "to"
        and after[1].word_class in (WordClass.VERB, WordClass.AUXILIARY)
    )
    return begins_clause and all(word.lower != "than" for word in after)


def _is_existential(words: Sequence[Word], at: int) -> bool:
    near = [*words[max(0, at - 1) : at], *words[at + 1 : at + 2]]
    return len(words) > at + 1 and any(word.word_class is WordClass.AUXILIARY for word in near)


def _refers_to_sort(words: Sequence[Word], at: int) -> bool:
    """Return whether `one` refers to a thing: `the new one`, `which one`, `become one`."""
    if not at:
        return False
    if at + 1 < len(words) and not words[at + 1].after_break:
        after = words[at + 1]
        if after.lower == "of" or (after.word_class in NOMINAL and words[at].lower == "one"):
            return False
    return words[at - 1].word_class in (
        WordClass.ADJECTIVE, WordClass.DETERMINER, WordClass.NOUN, WordClass.QUESTION,
        WordClass.VERB, WordClass.ADVERB,
    )  # fmt: skip


def _refers_inside(
    words: Sequence[Word], at: int, reference: Reference, mentions: Sequence[Mention]
) -> bool:
    """Return whether the question names the referent before the word that refers to it."""
    earlier = [
        mention
        for mention in mentions
        if mention.end <= reference.start and fits(mention, reference.expected)
    ]
    if reference.is_one or reference.expected is ExpectedType.PLACE or not earlier:
        return False
    is_owner_named = reference.possessive and any(mention.named for mention in earlier)
    if is_owner_named or reference.expected is ExpectedType.PERSON:
        return True
    return any(
        word.after_break or word.word_class in (WordClass.CONJUNCTION, WordClass.QUESTION)
        for word in words[: at + 1]
        if word.start > earlier[0].end
    )
