"""Words of a question that lean on earlier turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.followups import lexicon
from qa.followups.mentions import Mention
from qa.followups.spoken import Sought, fits
from qa.followups.words import Class, Word

_SUBJECTS = {"he": Sought.PERSON, "she": Sought.PERSON, "it": Sought.THING, "they": Sought.THINGS}
_OBJECTS = {"him": Sought.PERSON, "her": Sought.PERSON, "them": Sought.THINGS}
_POSSESSIVES = {
    "his": Sought.PERSON,
    "her": Sought.PERSON,
    "its": Sought.THING,
    "their": Sought.THINGS,
}
_NOMINAL = (Class.NOUN, Class.ADJECTIVE)
_SHORT = 5
"""Words of a question that may say no more than `Who was the Romanian?`."""
_TIMES = frozenset("year day month week time date moment".split())


@dataclass(frozen=True, slots=True)
class Reference:
    """A word or two that stand for something of an earlier turn."""

    start: int
    end: int
    """In code points of the question."""
    sought: Sought
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
    if lower in _POSSESSIVES and (lower != "her" or (after and after.word_class in _NOMINAL)):
        return [Reference(word.start, word.end, _POSSESSIVES[lower], possessive=True)]
    if lower == "it" and _says_nothing(words, at):
        return []
    if lower in _SUBJECTS or lower in _OBJECTS:
        sought = _SUBJECTS.get(lower) or _OBJECTS[lower]
        return [Reference(word.start, word.end, sought, possessive=word.possessive)]
    if lower == "there" and not _is_existential(words, at):
        return [Reference(word.start, word.end, Sought.PLACE, prepositional=_is_led(words, at))]
    if lower in ("one", "ones") and _counts(words, at):
        return [Reference(word.start, word.end, Sought.SORT, counts=True)]
    return []


def times_in(words: Sequence[Word]) -> list[Reference]:
    """Find `that year` and its like; `prepositional` where a preposition stands before them."""
    return [
        Reference(word.start, after.end, Sought.TIME, prepositional=_is_led(words, at))
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
        if after.lower == "of" or (after.word_class in _NOMINAL and words[at].lower == "one"):
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
    if one.counts or one.sought is Sought.PLACE or not earlier:
        return False
    if one.sought is Sought.PERSON or (one.possessive and any(it.named for it in earlier)):
        return True
    last = earlier[0].end
    return any(
        word.apart or word.word_class in (Class.CONJUNCTION, Class.QUESTION)
        for word in words[: at + 1]
        if word.start > last
    )


def leans_as_a_whole(words: Sequence[Word], mentions: Sequence[Mention]) -> bool:
    """Tell whether a question says too little, though no word of it stands for another.

    It goes on from the last one (`And who …`), compares with what it does not name (`the other
    ones`), speaks of a side of something without saying of what (`What are the symptoms?`), or
    names nothing at all.
    """
    return (
        words[0].is_in(lexicon.OPENERS - {"oh", "ok", "okay"})
        or (words[0].lower in ("what", "how") and len(words) > 1 and words[1].lower == "about")
        or not mentions
        or _is_open_count(words, mentions)
        or (words[0].lower == "which" and words[1:2] and words[1].word_class is Class.AUXILIARY)
        or (any(word.lower == "any" for word in words) and not any(one.named for one in mentions))
        or any(_is_open_side(words, one) or _is_definite(words, one) for one in mentions)
        or any(_is_open_superlative(words, at) for at in range(len(words)))
        or any(_points_back(words, at) for at in range(len(words)))
    )


def _is_open_count(words: Sequence[Word], mentions: Sequence[Mention]) -> bool:
    """`How many will there be?`, `How much is owed?`."""
    return any(
        word.lower == "how"
        and (after.lower == "many" or (after.lower == "much" and not mentions))
        and last.word_class is Class.AUXILIARY
        for word, after, last in zip(words, words[1:], words[2:], strict=False)
    )


def _after(words: Sequence[Word], mention: Mention) -> str:
    for word in words:
        if word.start >= mention.end:
            return "" if word.apart else word.lower
    return ""


def _before(words: Sequence[Word], mention: Mention) -> str:
    earlier = [word for word in words if word.end <= mention.start]
    return earlier[-1].lower if earlier else ""


_COMPLEMENTS = frozenset("of for in between that who which with to from at on by behind".split())


def _is_open_side(words: Sequence[Word], mention: Mention) -> bool:
    """Tell `What are the symptoms?` from `What are the symptoms of anemia?`."""
    owned = _before(words, mention) in lexicon.POSSESSIVES
    unique = any(base in lexicon.UNIQUE for base in lexicon.bases(mention.head))
    return mention.side and not (owned or unique) and _after(words, mention) not in _COMPLEMENTS


def _is_definite(words: Sequence[Word], mention: Mention) -> bool:
    """Tell `the empires`, as if spoken of before, from `the empires of Asia` and `the world`."""
    if mention.named and mention.definite and len(words) <= _SHORT:
        return mention.head.endswith(lexicon.OF_PEOPLES)
    if mention.named or mention.head in lexicon.UNIQUE or _after(words, mention) in _COMPLEMENTS:
        return False
    if _before(words, mention) in ("this", "that", "these", "those"):
        return True
    return mention.definite and mention.text.count(" ") == 1


def _is_open_superlative(words: Sequence[Word], at: int) -> bool:
    """Tell whether no noun says the largest what: `the largest in the world`."""
    word = words[at]
    if (
        not at
        or word.word_class is not Class.ADJECTIVE
        or words[at - 1].lower not in ("the", "most")
    ):
        return False
    following = words[at + 1] if at + 1 < len(words) else word
    return following is word or following.apart or following.word_class not in _NOMINAL


def _points_back(words: Sequence[Word], at: int) -> bool:
    """`other causes`, `anything else`, `that` where no noun follows."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    last = after is None or after.apart
    if word.lower in ("that", "this", "these", "those"):
        return last or (after is not None and at == 0 and after.word_class is Class.AUXILIARY)
    if word.lower in ("else", "instead", "similar", "different"):
        return last
    return word.lower in ("other", "others", "another", "such") and not any(
        one.lower == "than" for one in words
    )
