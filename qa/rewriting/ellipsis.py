"""Detect questions that leave out what they are about."""

from collections.abc import Sequence

from qa.rewriting import lexicon
from qa.rewriting.mentions import Mention, TaggedText
from qa.rewriting.tagger import NOMINAL, Word, WordClass

_SHORT = 5
"""Words of a question that may say no more than `Who was the Romanian?`."""


def is_elliptical(question: TaggedText) -> bool:
    """Return whether a question without any pronoun still depends on the previous one.

    It continues the previous question (`And who …`), compares with something unnamed (`the other
    ones`), asks for an aspect of something unnamed (`What are the symptoms?`), or names nothing.
    """
    words, mentions = question.words, question.mentions
    first, second = words[0], words[1] if len(words) > 1 else None
    return bool(
        first.is_in(lexicon.OPENERS - {"oh", "ok", "okay"})
        or (first.lower in ("what", "how") and second and second.lower == "about")
        or not mentions
        or _is_open_count(words, mentions)
        or (first.lower == "which" and second and second.word_class is WordClass.AUXILIARY)
        or (any(word.lower == "any" for word in words) and not any(each.named for each in mentions))
        or any(_is_open_aspect(words, each) or _is_demonstrative(words, each) for each in mentions)
        or any(_is_open_superlative(words, at) for at in range(len(words)))
        or any(_points_back(words, at) for at in range(len(words)))
    )


def _is_open_count(words: Sequence[Word], mentions: Sequence[Mention]) -> bool:
    """Match `How many will there be?`, `How much is owed?`."""
    return any(
        word.lower == "how"
        and (after.lower == "many" or (after.lower == "much" and not mentions))
        and last.word_class is WordClass.AUXILIARY
        for word, after, last in zip(words, words[1:], words[2:], strict=False)
    )


def _after(words: Sequence[Word], mention: Mention) -> str | None:
    """Return the word after a mention, if no punctuation separates them."""
    after = next((word for word in words if word.start >= mention.end), None)
    return None if after is None or after.after_break else after.lower


def _before(words: Sequence[Word], mention: Mention) -> str | None:
    earlier = [word for word in words if word.end <= mention.start]
    return earlier[-1].lower if earlier else None


_COMPLEMENTS = frozenset("of for in between that who which with to from at on by behind".split())


def _is_open_aspect(words: Sequence[Word], mention: Mention) -> bool:
    """Match `What are the symptoms?`, but not `What are the symptoms of anemia?`."""
    owned = _before(words, mention) in lexicon.POSSESSIVES
    unique = any(base in lexicon.UNIQUE for base in lexicon.bases(mention.head))
    return mention.aspect and not (owned or unique) and _after(words, mention) not in _COMPLEMENTS


def _is_demonstrative(words: Sequence[Word], mention: Mention) -> bool:
    """Match `these empires`, not `these empires of Asia`; `the Romanian` in a short question.

    `the empires` alone is no sign: `Who invented the telephone?` stands alone.
    """
    if mention.named and mention.definite and len(words) <= _SHORT:
        return mention.head.endswith(lexicon.OF_PEOPLES)
    if mention.named or mention.head in lexicon.UNIQUE or _after(words, mention) in _COMPLEMENTS:
        return False
    return _before(words, mention) in ("this", "that", "these", "those")


def _is_open_superlative(words: Sequence[Word], at: int) -> bool:
    """Match `the largest in the world`, without a noun."""
    word = words[at]
    if word.word_class is not WordClass.ADJECTIVE:
        return False
    if not at or words[at - 1].lower not in ("the", "most"):
        return False
    following = words[at + 1] if at + 1 < len(words) else None
    return following is None or following.after_break or following.word_class not in NOMINAL


def _points_back(words: Sequence[Word], at: int) -> bool:
    """Match `other causes`, `anything else`, `that` without a noun."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else None
    last = after is None or after.after_break
    if word.lower in ("that", "this", "these", "those"):
        return last or (after is not None and at == 0 and after.word_class is WordClass.AUXILIARY)
    if word.lower in ("else", "instead", "similar", "different"):
        return last
    compares = any(word.lower == "than" for word in words)
    return word.lower in ("other", "others", "another", "such") and not compares
