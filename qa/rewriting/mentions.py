"""Who and what a question or an answer speaks of: runs of its words, told without a grammar."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from qa.rewriting import lexicon
from qa.rewriting.tagger import Class, Word, words_of


class Kind(Enum):
    """What a mention can stand for."""

    PERSON = auto()
    NAME = auto()
    """Of somebody or something; which cannot be told."""
    PLACE = auto()
    TIME = auto()
    THING = auto()


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that speak of somebody or something."""

    text: str
    """As it would stand within a sentence."""
    head: str
    """The word that the others belong to, in lower case."""
    kind: Kind
    named: bool
    definite: bool
    """Whether it stands with `the`."""
    plural: bool
    side: bool
    """Whether it only says a side of something else: `the origins`."""
    preposition: str
    """The one before it, or nothing."""
    start: int
    end: int
    """In code points of the text that it stands in."""


def mentions_of(text: str) -> list[Mention]:
    """Find the mentions of a text, in order."""
    words = words_of(text)
    found: list[Mention] = []
    at = 0
    while at < len(words):
        end = _run(words, at)
        if end > at:
            found += _mention(text, words, at, end)
        at = max(end, at + 1)
    return [
        _with_office(one, after)
        for one, after in zip(found, [*found[1:], *found[-1:]], strict=True)
    ]


def _with_office(one: Mention, after: Mention) -> Mention:
    """Make `prime minister` what it would be within a sentence: `the prime minister of Norway`."""
    if one.kind is not Kind.PERSON or one.named or "’s " in one.text or "'s " in one.text:
        return one
    text = one.text if one.text.startswith("the ") else f"the {one.text}"
    near = after.preposition == "of" and 0 <= after.start - one.end <= len(" of the ")
    return replace(one, text=f"{text} of {after.text}" if near else text)


def _run(words: Sequence[Word], at: int) -> int:
    """Give where a run of nouns and their adjectives ends that begins here; here, for none."""
    end = at
    while end < len(words) and (end == at or not words[end].apart or _joined(words, end)):
        word = words[end]
        if word.word_class in (Class.NOUN, Class.ADJECTIVE):
            end += 1
        elif end > at and _links_names(words, end):
            end += 2
        else:
            break
    return end


def _joined(words: Sequence[Word], end: int) -> bool:
    """Tell whether a point before a word only ends an abbreviation, as in `St. Petersburg`."""
    return words[end].named and words[end - 1].named and len(words[end - 1].text) <= 2


def _links_names(words: Sequence[Word], at: int) -> bool:
    """Tell whether `and` or `of` stands between two names: `Lewis and Clark`, `Museum of Art`."""
    return (
        words[at].lower in ("and", "of", "&")
        and at + 1 < len(words)
        and words[at - 1].named
        and words[at + 1].named
        and not words[at - 1].possessive
    )


def _asks_what_it_is(before: Sequence[Word]) -> bool:
    """Tell whether `What is` or the like stands there: what follows is no subject of its own."""
    return (
        len(before) > 1
        and before[-1].is_in(lexicon.FORMS_OF_BE)
        and before[-2].lower in ("what", "who", "which")
    )


def _subject_end(words: Sequence[Word], at: int, end: int) -> int:
    """Leave out what is said of a name: `was Rosetta silent`, `did Panama widen`."""
    names = at
    while names < end and words[names].named:
        names += 1
    acts = end < len(words) and words[end].word_class is Class.VERB
    is_said = at < names == end - 1 and not words[names - 1].possessive and not acts
    return names if is_said else end


_SPECIFIC = frozenset("a an the this that these those".split())


def _mention(text: str, words: Sequence[Word], at: int, end: int) -> list[Mention]:
    """Make the mention of a run, and those of the names in it that something belongs to."""
    while end > at and words[end - 1].word_class is Class.ADJECTIVE:
        end -= 1
    before = words[:at] if not words[at].apart else []
    if before and before[-1].word_class is Class.AUXILIARY and not _asks_what_it_is(before):
        end = _subject_end(words, at, end)
    if end == at:
        return []
    owners = [i for i in range(at, end - 1) if words[i].possessive and words[i].named]
    found = [_made(text, before, words[at : i + 1]) for i in owners]
    return [*found, _made(text, before, words[at:end])]


def _made(text: str, before: Sequence[Word], run: Sequence[Word]) -> Mention:
    last = run[-1]
    determiner = before[-1:] if before and before[-1].lower in _SPECIFIC else []
    definite = any(word.lower == "the" for word in determiner)
    earlier = before[: len(before) - len(determiner)]
    preposition = [word.lower for word in earlier[-1:] if word.word_class is Class.PREPOSITION]
    end = last.start + len(last.text)
    shown = text[run[0].start : end]
    named = last.named or (run[0].named and not run[0].possessive)
    return Mention(
        f"the {shown}" if definite or (determiner and not named) else shown,
        last.lower,
        _kind(run, "".join(preposition), definite),
        named,
        definite,
        lexicon.is_plural(last.lower) or any(word.lower == "and" for word in run),
        _is_side(last.lower) and not any(_makes_own(word) for word in run),
        "".join(preposition),
        (determiner or run)[0].start if definite else run[0].start,
        end,
    )


def _is_side(head: str) -> bool:
    return any(base in lexicon.RELATIONAL | lexicon.UNIQUE for base in lexicon.bases(head))


def _makes_own(word: Word) -> bool:
    """Tell whether a word makes even `method` a thing of its own: `the RICE method`."""
    return (word.named and not word.possessive) or word.text[0].isdigit()


def _kind(run: Sequence[Word], preposition: str, determiner: bool) -> Kind:
    last = run[-1]
    if lexicon.YEAR.fullmatch(last.text) or last.is_in(lexicon.MONTHS):
        return Kind.TIME
    if any(word.is_in(lexicon.PEOPLE) for word in run) and not lexicon.is_plural(last.lower):
        return Kind.PERSON
    names = [word for word in run if word.named]
    if last.is_in(lexicon.COUNTRIES):
        return Kind.PLACE
    if len(names) < len(run) or last.text.isupper():
        return Kind.THING
    if preposition in lexicon.PLACE_PREPOSITIONS:
        return Kind.PLACE
    return Kind.THING if determiner else Kind.NAME
