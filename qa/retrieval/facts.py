"""Whether two texts that are alike say different things: numbers, dates, names and negations."""

import re
from collections import Counter
from functools import lru_cache

_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|\w+(?:['’]\w+)*")
_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty""".split()
_TENS = "thirty forty fifty sixty seventy eighty ninety hundred".split()
_NUMBERS = {word: str(value) for value, word in enumerate(_SMALL)} | {
    word: str(10 * value) for value, word in enumerate(_TENS, 3)
}
"""Numbers in words by the digits that mean the same."""
_FACTS = frozenset(
    """thousand million billion dozen half first second third fourth fifth once twice last next
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december today yesterday tomorrow tonight morning evening
    night no not never none nobody nothing nowhere neither nor without cannot hardly""".split()
)
"""Other numbers, dates and negations."""
_NEGATING_PREFIXES = ("un", "in", "im", "ir", "dis", "non")
_PLAIN = frozenset(
    """a an the this that these those he she it they we i you his her its their our my in on at by
    for from of to with as and but or so if when while after before since until there then mr mrs ms
    dr also however meanwhile""".split()
)
"""Words whose capital only says that they begin a sentence."""


@lru_cache(maxsize=512)
def missing_facts(text: str, other: str) -> frozenset[str]:
    """Return the numbers, date words, names and negations of a text that another one lacks.

    A name is any word with a capital, but for a few that often begin a sentence.
    """
    words, others = _words(text), Counter(word for word, _ in _words(other))
    lacking = Counter(word for word, _ in words) - others
    capital = {word for word, is_capital in words if is_capital}
    opposites = set(others)
    return frozenset(
        word for word in lacking if word in capital or _is_fact(word) or _negates(word, opposites)
    )


def differ_in_facts(first: str, second: str) -> bool:
    """Return whether either of two texts has a number, date, name or negation the other lacks."""
    return bool(missing_facts(first, second) or missing_facts(second, first))


def _words(text: str) -> list[tuple[str, bool]]:
    """Return the words of a text in lower case, numbers in digits; and whether each is a name."""
    found = ((word, word.casefold()) for word in _WORD.findall(text))
    return [
        (_NUMBERS.get(plain, plain), word[0].isupper() and plain not in _PLAIN)
        for word, plain in found
    ]


def _is_fact(word: str) -> bool:
    return word[0].isdigit() or word in _FACTS or word.endswith(("n't", "n’t"))


def _negates(word: str, others: set[str]) -> bool:
    return any(
        word.startswith(prefix) and word.removeprefix(prefix) in others
        for prefix in _NEGATING_PREFIXES
    )
