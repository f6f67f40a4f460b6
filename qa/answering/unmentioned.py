"""Which words of a question no article mentions, and what they may be misspellings of."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_lowercase

from index.search.analyzer import all_terms, terms
from index.storage.generation import Generation
from index.storage.selection import ALL, Selection
from qa.answering.common_words import is_common
from qa.answers import Unmentioned

_TOKEN = re.compile(r"[^\W_]+")
_JOINTS = (" ", "-")
"""What stands between the words of one name."""
_MAX_WORDS = 40
"""Words of a question that are looked up, the first ones of a longer question."""
_MAX_SPELLINGS = 3
"""Missing words for which a spelling is searched: each takes some 500 look-ups of terms."""
_SHORTEST, _LONGEST = 5, 30
"""Letters of a word for which a spelling is searched; a shorter one resembles too many others."""
_SHORTEST_REPLACED = 7
"""Letters of a word of which one may be replaced: `tanks` is no misspelling of `talks`."""
_STEMS = 3
"""Stems in whose passages a spelling is searched, the most frequent ones."""
_PASSAGES = 8
"""Passages of each of these stems."""


def unmentioned(
    question: str, generation: Generation, selection: Selection = ALL
) -> tuple[Unmentioned, ...]:
    """Return what a question mentions and no article does, in order.

    `selection` restricts the articles. A name is returned entire if its last word is missing:
    `World Cup`, though articles mention the world. Words that are common in questions about
    anything are left out: `mentioned`, `exactly`.
    """
    articles = selection.articles
    words = _words(question, generation, articles)
    missing = dict.fromkeys(word.text for word in words if word.is_missing)
    spellings = {
        word: spelling_of(word, generation, articles) for word in islice(missing, _MAX_SPELLINGS)
    }
    found = []
    for run in _runs(question, words):
        spelt, end = "", run[0].start
        for word in run:
            spelt += question[end : word.start] + (spellings.get(word.text) or word.text)
            end = word.end
        shown = question[run[0].start : end]
        found.append(Unmentioned(shown, None if spelt == shown else spelt))
    return tuple(dict.fromkeys(found))


def respelt(question: str, missing: Sequence[Unmentioned]) -> str | None:
    """Return a question with the suggestions for its missing words; None without any."""
    suggestions = {one.words: one.suggestion for one in missing if one.suggestion is not None}
    if not suggestions:
        return None
    words = "|".join(map(re.escape, sorted(suggestions, key=len, reverse=True)))
    return re.sub(rf"(?<![^\W_])(?:{words})(?![^\W_])", lambda it: suggestions[it[0]], question)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question with its place, in code points."""

    text: str
    start: int
    end: int
    is_missing: bool
    is_name: bool
    """Whether it looks like a part of a name."""


def _words(question: str, generation: Generation, articles: Sequence[int]) -> list[_Word]:
    words: list[_Word] = []
    for match in islice(_TOKEN.finditer(question), _MAX_WORDS):
        # The first word is capitalised anyway.
        is_capitalised = bool(words) and match[0][0].isupper()
        is_content = len(match[0]) > 1 and (is_capitalised or not is_common(match[0]))
        stems = terms(match[0]) if is_content else []
        is_missing = bool(stems) and not any(
            generation.keywords.has(stem, articles) for stem in stems
        )
        is_name = is_capitalised and bool(stems)
        words.append(_Word(match[0], *match.span(), is_missing, is_name))
    return words


def _runs(question: str, words: Sequence[_Word]) -> Iterator[list[_Word]]:
    """Yield missing words, adjacent ones together, each with the name that it ends."""
    names = _adjacent(question, (word for word in words if word.is_name))
    ended = {word for name in names if name[-1].is_missing for word in name}
    yield from _adjacent(question, (word for word in words if word.is_missing or word in ended))


def _adjacent(question: str, words: Iterable[_Word]) -> Iterator[list[_Word]]:
    run: list[_Word] = []
    for word in words:
        if run and question[run[-1].end : word.start] not in _JOINTS:
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def spelling_of(word: str, generation: Generation, articles: Sequence[int] = ()) -> str | None:
    """Return a word of the articles that is one edit away, as they write it; None without any.

    The first letter stays. Among several the one with the most frequent stem is taken. This is
    Norvig's spelling corrector (2007), with the dictionary of the keyword index.
    """
    folded = word.lower()
    is_word = folded.isascii() and folded.isalpha()
    if not is_word or not _SHORTEST <= len(folded) <= _LONGEST:
        return None
    keywords = generation.keywords
    edits = list(dict.fromkeys(_edits(folded)))
    by_stem = defaultdict(set)
    for edit, stem in zip(edits, all_terms(" ".join(edits)), strict=True):
        by_stem[stem].add(edit)
    counts = Counter({stem: keywords.count(stem) for stem in by_stem})
    for stem, count in counts.most_common(_STEMS):
        passages = keywords.search(min(by_stem[stem]), _PASSAGES, articles) if count else {}
        texts = (one.passage.text for one in generation.catalog.passages(list(passages)))
        written = Counter(match[0] for text in texts for match in _TOKEN.finditer(text))
        for token, _ in written.most_common():
            if token.lower() in by_stem[stem]:
                return token
    return None


def _edits(word: str) -> Iterator[str]:
    """Yield every word that is one edit away after the first letter."""
    for at in range(1, len(word) + 1):
        before, after = word[:at], word[at:]
        yield from (before + letter + after for letter in ascii_lowercase)
        if after:
            yield before + after[1:]
        if after and len(word) >= _SHORTEST_REPLACED:
            yield from (before + letter + after[1:] for letter in ascii_lowercase)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
