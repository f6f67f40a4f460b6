"""Whether a question says too little to stand alone."""

from collections.abc import Sequence

from qa.rewriting import lexicon
from qa.rewriting.mentions import Mention
from qa.rewriting.tagger import NOMINAL, Class, Word

_SHORT = 5
"""Words of a question that may say no more than `Who was the Romanian?`."""


def is_elliptical(words: Sequence[Word], mentions: Sequence[Mention]) -> bool:
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
    """Tell `these empires`, as if spoken of before, from `these empires of Asia`.

    `the empires` alone is no sign: `Who invented the telephone?` leans on nothing.
    """
    if mention.named and mention.definite and len(words) <= _SHORT:
        return mention.head.endswith(lexicon.OF_PEOPLES)
    if mention.named or mention.head in lexicon.UNIQUE or _after(words, mention) in _COMPLEMENTS:
        return False
    return _before(words, mention) in ("this", "that", "these", "those")


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
    return following is word or following.apart or following.word_class not in NOMINAL


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
