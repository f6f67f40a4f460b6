"""A question as words, each with a coarse class told by lists and by its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from qa.rewriting import lexicon

_WORD = re.compile(r"(?:\w+\.){2,}|[\w$€£#%]+(?:[.'’&/-]\w+)*")
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’]s|(?<=s)['’])\Z", re.IGNORECASE)
_BREAK = re.compile(r"[^\s'’\"“”]")
_SENTENCE_END = re.compile(r"[.?!…:]")


class Class(Enum):
    """What a word does in its sentence."""

    QUESTION = auto()
    DETERMINER = auto()
    PRONOUN = auto()
    AUXILIARY = auto()
    PREPOSITION = auto()
    CONJUNCTION = auto()
    ADVERB = auto()
    ADJECTIVE = auto()
    VERB = auto()
    NOUN = auto()


NOMINAL = (Class.NOUN, Class.ADJECTIVE)

_CLOSED = (
    (lexicon.QUESTION_WORDS, Class.QUESTION),
    (lexicon.DETERMINERS, Class.DETERMINER),
    (lexicon.PRONOUNS, Class.PRONOUN),
    (lexicon.AUXILIARIES, Class.AUXILIARY),
    (lexicon.PREPOSITIONS, Class.PREPOSITION),
    (lexicon.CONJUNCTIONS, Class.CONJUNCTION),
)
_NOUN_FOLLOWS = (Class.DETERMINER, Class.PREPOSITION, Class.ADJECTIVE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question, without the ending of the possessive."""

    text: str
    start: int
    end: int
    """With the possessive ending; in code points."""
    possessive: bool
    """Whether it ends in 's, which may stand for `is` too."""
    named: bool
    """Whether its capital letters say that it is a name."""
    apart: bool
    """Whether punctuation stands between the word before and this one."""
    first: bool
    """Whether it begins a sentence."""
    word_class: Class

    @property
    def lower(self) -> str:
        """The word in lower case."""
        return self.text.lower()

    def is_in(self, words: frozenset[str]) -> bool:
        """Tell whether it is one of these, given in lower case."""
        return self.lower in words


def words_of(text: str) -> list[Word]:
    """Split a text into words."""
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        ending = _POSSESSIVE.search(match[0])
        bare = match[0][: ending.start()] if ending else match[0]
        first = not words or bool(_SENTENCE_END.search(between))
        lower = bare.lower()
        named = _is_name(bare, first, lower)
        words.append(
            Word(
                bare,
                match.start(),
                match.end(),
                ending is not None,
                named,
                bool(_BREAK.search(between)),
                first,
                _class_of(lower, named, words),
            )
        )
        end = match.end()
    return words


def _is_name(bare: str, first: bool, lower: str) -> bool:
    if bare.isupper() and len(bare) > 1 and lower not in lexicon.OPENERS:
        return True
    if not bare[0].isupper():
        return any(letter.isupper() for letter in bare)
    return not (first and is_common(lower))


def is_common(lower: str) -> bool:
    """Tell whether a word is of the lists: none that only names are made of."""
    return (
        any(lower in words for words, _ in _CLOSED)
        or lower in lexicon.ADVERBS
        or lower in lexicon.ADJECTIVES
        or any(base in lexicon.VERBS for base in lexicon.bases(lower))
    )


def _class_of(lower: str, named: bool, before: Sequence[Word]) -> Class:
    if named:
        return Class.NOUN
    for words, word_class in _CLOSED:
        if lower in words:
            return word_class
    if before and before[-1].lower == "in" and lower in lexicon.AFTER_IN:
        return Class.ADVERB
    if lower in lexicon.ADJECTIVES:
        return Class.ADJECTIVE
    if lower in lexicon.ADVERBS or (lower.endswith("ly") and len(lower) > 4):
        return Class.ADVERB
    if any(base in lexicon.VERBS for base in lexicon.bases(lower)):
        return _class_of_verb(lower, before) if before else Class.VERB
    return Class.NOUN


def _class_of_verb(lower: str, before: Sequence[Word]) -> Class:
    """Tell a verb from a noun, or from an adjective made of one, by what stands before it."""
    last = before[-1]
    past = lower.endswith("ed") or (lower not in lexicon.VERBS and not lower.endswith(("s", "ing")))
    if last.lower != "to" and (
        last.word_class in _NOUN_FOLLOWS or last.possessive or last.is_in(lexicon.POSSESSIVES)
    ):
        return Class.ADJECTIVE if past else Class.NOUN
    if last.word_class is not Class.NOUN or last.named or past:
        return Class.VERB
    helped = {word.lower for word in before if word.word_class is Class.AUXILIARY}
    if lower.endswith("ing"):
        return Class.NOUN
    if lower not in lexicon.VERBS:
        return Class.NOUN if helped else Class.VERB
    return Class.NOUN if helped and helped <= lexicon.FORMS_OF_BE else Class.VERB
