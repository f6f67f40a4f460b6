"""Fragments that put one thing in the place of another: `And for Prague?`."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.rewriting import lexicon
from qa.rewriting.mentions import Mention, mentions_of
from qa.rewriting.tagger import Class, Word, words_of

_END = " \t.?!…,;:"
_LONGEST_FRAGMENT = 6
"""Words."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """A question put together of a fragment and the question before it."""

    question: str
    kept: tuple[str, ...]
    """What of the question before it is kept."""


def parallels(fragment: str, before: str, known: str) -> list[Parallel]:
    """Put a fragment into the question before it: one way, or none where it is no such fragment.

    `known` is what the turns before that said, in lower case: a fragment replaces what was new.
    """
    words = _without_opening(words_of(fragment))
    if not words or not before or any(_is_clause(word) for word in words):
        return []
    rest = fragment[words[0].start :].rstrip(_END)
    earlier = words_of(before)
    if len(words) > _LONGEST_FRAGMENT:
        return []
    if any(word.word_class is Class.QUESTION for word in words):
        found = _in_question_words(rest, words, before, earlier)
    elif words[0].word_class is Class.PREPOSITION:
        found = _in_phrase(rest, words[0].lower, before, earlier)
    else:
        found = _in_name(rest, fragment, before, known)
    return [one for one in found if one.kept]


def _without_opening(words: list[Word]) -> list[Word]:
    """Leave out `and`, `what about`, `how about`."""
    while words and words[0].is_in(lexicon.OPENERS):
        words = words[1:]
    if len(words) > 2 and words[0].lower in ("what", "how") and words[1].lower == "about":
        words = words[2:]
    return words


def _is_clause(word: Word) -> bool:
    return word.word_class in (Class.AUXILIARY, Class.VERB) or (
        word.word_class is Class.PRONOUN and word.lower not in ("one", "ones")
    )


def _in_question_words(
    rest: str, words: Sequence[Word], before: str, earlier: Sequence[Word]
) -> list[Parallel]:
    """`By which two leaders?` after `Where was the treaty signed?`."""
    asks_how_many = words[0].lower == "how" and len(words) > 1
    helping = [word.start for word in earlier if word.word_class is Class.AUXILIARY]
    acting = [word.start for word in earlier[1:2] if word.word_class is Class.VERB]
    starts = acting or helping
    if not starts or asks_how_many:
        return []
    kept = before[starts[0] :].rstrip(_END)
    kept = kept[0].lower() + kept[1:]
    return [Parallel(f"{rest[0].upper()}{rest[1:]} {kept}?", (kept,))]


def _in_phrase(rest: str, preposition: str, before: str, earlier: Sequence[Word]) -> list[Parallel]:
    """`And for the Czechs?` after `Who signed the treaty for the Americans?`."""
    same = [word for word in earlier if word.lower == preposition]
    after = [one for one in mentions_of(before) if same and one.start >= same[-1].end][:1]
    if not after:
        kept = before.rstrip(_END)
        return [Parallel(f"{kept} {rest}?", (kept,))]
    return [_put(rest, before, same[-1].start, after[0].end)]


def _in_name(rest: str, fragment: str, before: str, known: str) -> list[Parallel]:
    """`And Poland?` after `What did Norway say?`."""
    own, theirs = mentions_of(fragment)[-1:], mentions_of(before)
    like = [one for one in theirs if own and _alike(own[0], one)]
    new = [one for one in theirs if own and one.head not in known]
    only = theirs if own and len(theirs) == 1 else []
    return [_put(rest, before, one.start, one.end) for one in (like or new or only)[-1:]]


def _alike(one: Mention, other: Mention) -> bool:
    if one.named and other.named:
        return True
    return bool(set(lexicon.bases(one.head)) & set(lexicon.bases(other.head)))


def _put(rest: str, before: str, start: int, end: int) -> Parallel:
    kept = (before[:start].strip(), before[end:].strip(_END))
    tail = before[end:].rstrip(_END)
    return Parallel(f"{before[:start]}{rest}{tail}?", tuple(one for one in kept if one))
