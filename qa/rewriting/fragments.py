"""Complete fragments such as `And for Prague?` from the previous question."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.rewriting import lexicon
from qa.rewriting.mentions import Mention, TaggedText
from qa.rewriting.tagger import Word, WordClass

_END = " \t.?!…,;:"
_LONGEST_FRAGMENT = 6
"""Words."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A question that stands alone."""

    question: str
    added: tuple[str, ...]
    """The words added from earlier turns, as in the question; empty if it is unchanged."""


def complete_fragment(fragment: TaggedText, previous: TaggedText, known: str) -> Resolved | None:
    """Put a fragment into the previous question; return None if it is no such fragment.

    `known` is the text of the turns before that, in lower case: a fragment replaces what was new.
    """
    words = _without_opening(fragment.words)
    if not 0 < len(words) <= _LONGEST_FRAGMENT or not previous.text or any(map(_is_clause, words)):
        return None
    rest = fragment.text[words[0].start :].rstrip(_END)
    if any(word.word_class is WordClass.QUESTION for word in words):
        completed = _from_question_words(rest, words, previous)
    elif words[0].word_class is WordClass.PREPOSITION:
        completed = _from_phrase(rest, words[0].lower, previous)
    else:
        completed = _from_name(rest, fragment, previous, known)
    return completed if completed and completed.added else None


def _without_opening(words: Sequence[Word]) -> Sequence[Word]:
    """Leave out `and`, `what about`, `how about`."""
    while words and words[0].is_in(lexicon.OPENERS):
        words = words[1:]
    if len(words) > 2 and words[0].lower in ("what", "how") and words[1].lower == "about":
        words = words[2:]
    return words


def _is_clause(word: Word) -> bool:
    return word.word_class in (WordClass.AUXILIARY, WordClass.VERB) or (
        word.word_class is WordClass.PRONOUN and word.lower not in ("one", "ones")
    )


def _from_question_words(rest: str, words: Sequence[Word], previous: TaggedText) -> Resolved | None:
    """Complete `By which two leaders?` after `Where was the treaty signed?`."""
    asks_how_many = words[0].lower == "how" and len(words) > 1
    verbs = [word for word in previous.words[1:2] if word.word_class is WordClass.VERB] or [
        word for word in previous.words if word.word_class is WordClass.AUXILIARY
    ]
    if not verbs or asks_how_many:
        return None
    kept = previous.text[verbs[0].start :].rstrip(_END)
    kept = kept[0].lower() + kept[1:]
    return Resolved(f"{rest[0].upper()}{rest[1:]} {kept}?", (kept,))


def _from_phrase(rest: str, preposition: str, previous: TaggedText) -> Resolved:
    """Complete `And for the Czechs?` after `Who signed the treaty for the Americans?`."""
    same = [word for word in previous.words if word.lower == preposition]
    after = [mention for mention in previous.mentions if same and mention.start >= same[-1].end]
    if not after:
        kept = previous.text.rstrip(_END)
        return Resolved(f"{kept} {rest}?", (kept,))
    return _substitute(rest, previous.text, same[-1].start, after[0].end)


def _from_name(
    rest: str, fragment: TaggedText, previous: TaggedText, known: str
) -> Resolved | None:
    """Complete `And Poland?` after `What did Norway say?`."""
    if not fragment.mentions:
        return None
    own, mentions = fragment.mentions[-1], previous.mentions
    replaceable = (
        [mention for mention in mentions if _is_similar(own, mention)]
        or [mention for mention in mentions if mention.head not in known]
        or (mentions if len(mentions) == 1 else [])
    )
    if not replaceable:
        return None
    return _substitute(rest, previous.text, replaceable[-1].start, replaceable[-1].end)


def _is_similar(first: Mention, second: Mention) -> bool:
    share_base = set(lexicon.bases(first.head)) & set(lexicon.bases(second.head))
    return (first.named and second.named) or bool(share_base)


def _substitute(rest: str, previous: str, start: int, end: int) -> Resolved:
    kept = (previous[:start].strip(), previous[end:].strip(_END))
    tail = previous[end:].rstrip(_END)
    return Resolved(f"{previous[:start]}{rest}{tail}?", tuple(part for part in kept if part))
