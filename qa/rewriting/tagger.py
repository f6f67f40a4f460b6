"""Split a question into words, each with a coarse part of speech from word lists and position."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from qa.rewriting import lexicon

_WORD = re.compile(r"(?:\w+\.){2,}|[\w$€£#%]+(?:[.'’&/-]\w+)*")
_POSSESSIVE = re.compile(r"(?<=\w)(?:['’]s|(?<=s)['’])\Z", re.IGNORECASE)
_BREAK = re.compile(r"[^\s'’\"“”]")
_SENTENCE_END = re.compile(r"[.?!…:]")


class WordClass(Enum):
    """The part of speech of a word."""

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


NOMINAL = (WordClass.NOUN, WordClass.ADJECTIVE)

_CLOSED = (
    (lexicon.QUESTION_WORDS, WordClass.QUESTION),
    (lexicon.DETERMINERS, WordClass.DETERMINER),
    (lexicon.PRONOUNS, WordClass.PRONOUN),
    (lexicon.AUXILIARIES, WordClass.AUXILIARY),
    (lexicon.PREPOSITIONS, WordClass.PREPOSITION),
    (lexicon.CONJUNCTIONS, WordClass.CONJUNCTION),
)
_NOUN_FOLLOWS = (WordClass.DETERMINER, WordClass.PREPOSITION, WordClass.ADJECTIVE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question."""

    text: str
    """Without a possessive ending."""
    start: int
    end: int
    """Exclusive, after a possessive ending; both in code points of the question."""
    possessive: bool
    """Whether it ends in 's, which may also be short for `is`."""
    named: bool
    """Whether its capital letters mark it as a name."""
    after_break: bool
    """Whether punctuation separates it from the previous word."""
    word_class: WordClass

    @property
    def lower(self) -> str:
        """The word in lower case."""
        return self.text.lower()

    def is_in(self, words: frozenset[str]) -> bool:
        """Return whether it is one of these lower-case words."""
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
        named, after_break = _is_name(bare, first, lower), bool(_BREAK.search(between))
        word_class, (start, end) = _class_of(lower, named, words), match.span()
        words.append(Word(bare, start, end, ending is not None, named, after_break, word_class))
    return words


def _is_name(bare: str, first: bool, lower: str) -> bool:
    if bare.isupper() and len(bare) > 1 and lower not in lexicon.OPENERS:
        return True
    if not bare[0].isupper():
        return any(letter.isupper() for letter in bare)
    return not (first and _is_common(lower))


def _is_common(lower: str) -> bool:
    """Return whether a lower-case word is in a word list, so that a capital makes it no name."""
    return (
        any(lower in words for words, _ in _CLOSED)
        or lower in lexicon.ADVERBS
        or lower in lexicon.ADJECTIVES
        or any(base in lexicon.VERBS for base in lexicon.bases(lower))
    )


def _class_of(lower: str, named: bool, before: Sequence[Word]) -> WordClass:
    if named:
        return WordClass.NOUN
    for words, word_class in _CLOSED:
        if lower in words:
            return word_class
    if before and before[-1].lower == "in" and lower in lexicon.AFTER_IN:
        return WordClass.ADVERB
    if lower in lexicon.ADJECTIVES:
        return WordClass.ADJECTIVE
    if lower in lexicon.ADVERBS or (lower.endswith("ly") and len(lower) > 4):
        return WordClass.ADVERB
    if any(base in lexicon.VERBS for base in lexicon.bases(lower)):
        return _class_of_verb(lower, before) if before else WordClass.VERB
    return WordClass.NOUN


def _class_of_verb(lower: str, before: Sequence[Word]) -> WordClass:
    """Distinguish a verb from a noun or participle by the words before it."""
    last = before[-1]
    past = lower.endswith("ed") or (lower not in lexicon.VERBS and not lower.endswith(("s", "ing")))
    if last.lower != "to" and (
        last.word_class in _NOUN_FOLLOWS or last.possessive or last.is_in(lexicon.POSSESSIVES)
    ):
        return WordClass.ADJECTIVE if past else WordClass.NOUN
    if last.word_class is not WordClass.NOUN or last.named or past:
        return WordClass.VERB
    helped = {word.lower for word in before if word.word_class is WordClass.AUXILIARY}
    if lower.endswith("ing"):
        return WordClass.NOUN
    if lower not in lexicon.VERBS:
        return WordClass.NOUN if helped else WordClass.VERB
    return WordClass.NOUN if helped and helped <= lexicon.FORMS_OF_BE else WordClass.VERB
