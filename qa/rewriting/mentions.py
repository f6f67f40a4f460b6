"""Mentions of people and things in a text: runs of nouns and adjectives, found without a parser."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from qa.rewriting import lexicon
from qa.rewriting.tagger import Word, WordClass, words_of


class Kind(Enum):
    """What a mention can refer to."""

    PERSON = auto()
    NAME = auto()
    """A name of unknown kind."""
    PLACE = auto()
    TIME = auto()
    THING = auto()


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that refer to somebody or something."""

    text: str
    """As it would appear inside a sentence."""
    head: str
    """The main word, in lower case."""
    kind: Kind
    start: int
    end: int
    """Exclusive; both in code points of the text."""
    named: bool = False
    definite: bool = False
    """Whether it has the article `the`."""
    plural: bool = False
    aspect: bool = False
    """Whether it is only an aspect of something else: `the origins`."""
    preposition: str | None = None
    """The preposition before it, in lower case; None if there is none."""


@dataclass(frozen=True, slots=True)
class TaggedText:
    """A text with its words and mentions, each in order."""

    text: str
    words: Sequence[Word]
    mentions: Sequence[Mention]


def tag(text: str) -> TaggedText:
    """Find the words and mentions of a text."""
    words = words_of(text)
    found: list[Mention] = []
    at = 0
    while at < len(words):
        end = _end_of_run(words, at)
        if end > at:
            found += _mentions_in_run(text, words, at, end)
        at = max(end, at + 1)
    return TaggedText(text, words, list(map(_with_office, found, [*found[1:], None])))


def _with_office(mention: Mention, following: Mention | None) -> Mention:
    """Complete `prime minister` as inside a sentence: `the prime minister of Norway`."""
    is_office = mention.kind is Kind.PERSON and not mention.named
    if not is_office or "’s " in mention.text or "'s " in mention.text:
        return mention
    text = mention.text if mention.text.startswith("the ") else f"the {mention.text}"
    if (
        following is not None
        and following.preposition == "of"
        and 0 <= following.start - mention.end <= len(" of the ")
    ):
        text = f"{text} of {following.text}"
    return replace(mention, text=text)


def _end_of_run(words: Sequence[Word], at: int) -> int:
    """Return the end of the run of nouns and adjectives that begins here; `at` if there is none."""
    end = at
    while end < len(words) and (
        end == at or not words[end].after_break or _follows_abbreviation(words, end)
    ):
        if words[end].word_class in (WordClass.NOUN, WordClass.ADJECTIVE):
            end += 1
        elif end > at and _links_names(words, end):
            end += 2
        else:
            break
    return end


def _follows_abbreviation(words: Sequence[Word], at: int) -> bool:
    """Return whether the full stop before a word ends an abbreviation, as in `St. Petersburg`."""
    return words[at].named and words[at - 1].named and len(words[at - 1].text) <= 2


def _links_names(words: Sequence[Word], at: int) -> bool:
    """Return whether a word joins two names: `Lewis and Clark`, `Museum of Art`."""
    return (
        words[at].lower in ("and", "of", "&")
        and at + 1 < len(words)
        and words[at - 1].named
        and words[at + 1].named
        and not words[at - 1].possessive
    )


def _asks_what_it_is(before: Sequence[Word]) -> bool:
    """Return whether a text ends in `What is` or the like; a subject does not follow."""
    return (
        len(before) > 1
        and before[-1].is_in(lexicon.FORMS_OF_BE)
        and before[-2].lower in ("what", "who", "which")
    )


def _subject_end(words: Sequence[Word], at: int, end: int) -> int:
    """Leave out the predicate after a name: `was Rosetta silent`, `did Panama widen`."""
    names = at
    while names < end and words[names].named:
        names += 1
    has_verb = end < len(words) and words[end].word_class is WordClass.VERB
    is_predicate = at < names == end - 1 and not words[names - 1].possessive and not has_verb
    return names if is_predicate else end


_SPECIFIC = frozenset("a an the this that these those".split())


def _mentions_in_run(text: str, words: Sequence[Word], at: int, end: int) -> list[Mention]:
    """Return the mention of a run, after those of the names in it that own something."""
    while end > at and words[end - 1].word_class is WordClass.ADJECTIVE:
        end -= 1
    before = words[:at] if not words[at].after_break else []
    if before and before[-1].word_class is WordClass.AUXILIARY and not _asks_what_it_is(before):
        end = _subject_end(words, at, end)
    if end == at:
        return []
    owners = [i for i in range(at, end - 1) if words[i].possessive and words[i].named]
    return [_mention(text, before, words[at : i + 1]) for i in (*owners, end - 1)]


def _mention(text: str, before: Sequence[Word], run: Sequence[Word]) -> Mention:
    last = run[-1]
    determiner = before[-1] if before and before[-1].lower in _SPECIFIC else None
    definite = determiner is not None and determiner.lower == "the"
    earlier = before[:-1] if determiner else before
    follows_preposition = earlier and earlier[-1].word_class is WordClass.PREPOSITION
    preposition = earlier[-1].lower if follows_preposition else None
    end = last.start + len(last.text)
    shown = text[run[0].start : end]
    named = last.named or (run[0].named and not run[0].possessive)
    return Mention(
        text=f"the {shown}" if definite or (determiner and not named) else shown,
        head=last.lower,
        kind=_kind(run, preposition, definite),
        start=determiner.start if determiner and definite else run[0].start,
        end=end,
        named=named,
        definite=definite,
        plural=lexicon.is_plural(last.lower) or any(word.lower == "and" for word in run),
        aspect=not lexicon.ASPECTS.isdisjoint(lexicon.bases(last.lower))
        and not any(_is_specific(word) for word in run),
        preposition=preposition,
    )


def _is_specific(word: Word) -> bool:
    """Return whether a word makes even `method` a separate thing: `the RICE method`."""
    return (word.named and not word.possessive) or word.text[0].isdigit()


def _kind(run: Sequence[Word], preposition: str | None, definite: bool) -> Kind:
    last = run[-1]
    if lexicon.YEAR.fullmatch(last.text) or last.is_in(lexicon.MONTHS):
        return Kind.TIME
    if any(word.is_in(lexicon.PEOPLE) for word in run) and not lexicon.is_plural(last.lower):
        return Kind.PERSON
    if last.is_in(lexicon.COUNTRIES):
        return Kind.PLACE
    if not all(word.named for word in run) or last.text.isupper():
        return Kind.THING
    if preposition in lexicon.PLACE_PREPOSITIONS:
        return Kind.PLACE
    return Kind.THING if definite else Kind.NAME
