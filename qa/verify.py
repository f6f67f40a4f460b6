"""Look the quotations of a text up in the articles: do they appear, letter for letter."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from itertools import islice

from index.articles.paths import real_path
from index.articles.spans import Span
from index.articles.text import Text
from index.search.analyzer import all_terms
from index.storage.catalog import StoredArticle
from index.storage.generation import Generation
from qa.answers import Quote
from qa.citations import FileCache, display_path, quote_in
from qa.quotations import CitedPlace, Quotation

_TERMS = 12
"""Terms of a part of a quotation that a passage must hold to be examined."""
_PARTS = 4
"""Parts of a quotation that passages are looked up by."""
_MOST_PASSAGES = 2_000
"""Passages that are examined for one part."""
_SIMILAR = 30
"""Passages that are examined for changed words, the best by keywords."""
_LEAST_SHARED = 0.6
"""Share of words, of a quotation and of both, that a changed one has in common with an article."""
_MOST_PLACES = 20
_MOST_PATTERN = 10_000
"""Code points; a longer quotation is found by its letters first, without what is around them."""
_MOST_WORDS = 600
"""A longer quotation is not compared word by word."""
_TOKEN = re.compile(r"[^\W_]+")
_PART_ENDS = re.compile(r"[.!?;:…]+[\s\"”’)\]]+|\.\.\.|…|\[[^\]]*\]|\n")
_ELLIPSIS = re.compile(
    r"\s*(?:\[\s*(?:\.\s?\.\s?\.|…)\s*\]|\(\s*(?:\.\.\.|…)\s*\)|\.\s?\.\s?\.|…)\s*"
)
_GOES_ON = re.compile(
    r"[\s,;:.!?—–\"”’»)-]{0,9}\b(?P<words>(?:but|unless|except|if)\b[^\n.!?]{0,80})", re.IGNORECASE
)


class Match(StrEnum):
    """How far a quotation appears in an article."""

    EXACT = "exact"
    """Letter for letter; a line break is a space."""
    MARKS = "marks"
    """But for case, spaces or typographic marks."""
    WORDS = "words"
    """With words left out or changed."""
    NONE = "none"
    """Not at all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Words that a quotation and the article do not share; one of them may be empty."""

    quotation: str
    article: str


@dataclass(frozen=True, slots=True)
class QuotedPlace:
    """A place where an article has the quoted words."""

    path: str
    """As the user named the folder, joined with the file's path inside it."""
    file: str
    """Absolute path."""
    quote: Quote
    """The article's words."""
    goes_on: str
    """What follows if it is `but …`, `unless …`, `except …` or `if …`; else empty."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A quotation and where it appears."""

    quotation: Quotation
    match: Match
    places: tuple[QuotedPlace, ...]
    """The places of the best match, at most 20."""
    differences: tuple[Difference, ...]
    """Of changed words, from the first place."""

    @property
    def is_cited_rightly(self) -> bool:
        """Whether the words are at the place that the text names, if it names one."""
        cited = self.quotation.cited
        return cited is None or any(_is_at(place, cited) for place in self.places)

    @property
    def stands(self) -> bool:
        """Whether the words appear, at most with other marks, and where the text says."""
        return self.match in (Match.EXACT, Match.MARKS) and self.is_cited_rightly


def _is_at(place: QuotedPlace, cited: CitedPlace) -> bool:
    chapter = place.quote.place.chapter
    path = cited.path.removesuffix(f":{chapter}") if chapter else cited.path
    is_path = place.file == real_path(path) or place.path == path
    first, last = place.quote.place, place.quote.end_place
    return is_path and first.number <= cited.line <= last.number


class Verifier:
    """Looks quotations up in the articles of a generation, as their files are now."""

    def __init__(self, generation: Generation) -> None:
        self._catalog = generation.catalog
        self._keywords = generation.keywords
        self._files = FileCache()
        self._articles: dict[int, _ArticleText | None] = {}

    def check(self, quotation: Quotation) -> Checked:
        """Return how far a quotation appears in the articles, and where."""
        words = _Words(quotation.words)
        articles = [one for key in self._holding(quotation.words) if (one := self._article(key))]
        if places := _places(articles, words.exact_spans):
            return Checked(quotation, Match.EXACT, places, ())
        similar = list(self._similar(words))
        articles = list(dict.fromkeys([*articles, *(article for article, _ in similar)]))
        if places := _places(articles, words.letter_spans):
            return Checked(quotation, Match.MARKS, places, ())
        if changed := _changed(words, articles, similar):
            article, span = changed
            differences = words.differences(article.text.text, span)
            return Checked(quotation, Match.WORDS, (article.place(span),), differences)
        return Checked(quotation, Match.NONE, (), ())

    def _holding(self, words: str) -> list[int]:
        """Return the ids of the articles with a passage that holds a part of a quotation."""
        found: dict[int, None] = {}
        parts = [terms for part in _PART_ENDS.split(words) if (terms := all_terms(part)[:_TERMS])]
        for terms in sorted(parts, key=len, reverse=True)[:_PARTS]:
            ids = self._keywords.holding(list(dict.fromkeys(terms)))[:_MOST_PASSAGES]
            found |= dict.fromkeys(one.article_id for one in self._catalog.passages(ids))
        return list(found)

    def _article(self, article_id: int) -> "_ArticleText | None":
        """Return an article's text as its file is now; None if it cannot be read."""
        if article_id not in self._articles:
            stored = self._catalog.article(article_id)
            text = self._files.text(stored)
            self._articles[article_id] = (
                None if not isinstance(text, Text) else _ArticleText(stored, text)
            )
        return self._articles[article_id]

    def _similar(self, words: "_Words") -> "Iterator[tuple[_ArticleText, Span]]":
        """Yield the articles of the best passages, and around which part of their text."""
        ids = list(self._keywords.search(words.text, _SIMILAR))
        for stored in self._catalog.passages(ids):
            article = self._article(stored.article_id)
            if article is not None:
                starts = article.text.line_starts
                first = min(stored.passage.line, len(starts)) - 1
                last = min(stored.passage.end_line, len(starts) - 1)
                margin = 2 * len(words.text)
                end = starts[last] if last > first else len(article.text.text)
                yield (
                    article,
                    Span(max(0, starts[first] - margin), min(len(article.text.text), end + margin)),
                )


_Token = tuple[Span, str]
"""A word: where it is, and folded for comparison."""


class _ArticleText:
    """The text of an article, and its letters alone."""

    def __init__(self, stored: StoredArticle, text: Text) -> None:
        self.stored = stored
        self.text = text

    @cached_property
    def tokens(self) -> list[_Token]:
        """The words, with their place in the text."""
        return _tokens(self.text.text)

    @cached_property
    def letters(self) -> str:
        """The words without anything between them."""
        return "".join(word for _, word in self.tokens)

    @cached_property
    def starts(self) -> list[int]:
        """Where each word begins in the letters, and where the last one ends."""
        starts = [0]
        for _, word in self.tokens:
            starts.append(starts[-1] + len(word))
        return starts

    def widened(self, first: int, last: int, before: int, after: int) -> Span:
        """Return the span from one word to another, with more words of the same sentences."""
        text = self.text.text
        while before and first and _is_inner(text, self.tokens[first - 1], self.tokens[first]):
            first, before = first - 1, before - 1
        final = len(self.tokens) - 1
        while after and last < final and _is_inner(text, *self.tokens[last : last + 2]):
            last, after = last + 1, after - 1
        return Span(self.tokens[first][0].start, self.tokens[last][0].end)

    def place(self, span: Span) -> QuotedPlace:
        """Return the place of a span."""
        found = self.stored.found
        goes_on = _GOES_ON.match(self.text.text, span.end)
        return QuotedPlace(
            display_path(found.root, found.relative),
            found.path,
            quote_in(self.text, span),
            " ".join(goes_on["words"].split()) if goes_on else "",
        )


class _Words:
    """The words of a quotation, compared with articles."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.normal = [word for _, word in self.tokens]

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        words = r"\s+".join(map(re.escape, self.text.split()))
        before = r"(?<!\w)" if re.match(r"\w", self.text) else ""
        after = r"(?!\w)" if re.search(r"\w$", self.text) else ""
        return re.compile(before + words + after)

    def exact_spans(self, article: _ArticleText) -> Iterator[Span]:
        """Yield where an article has the words letter for letter."""
        if len(self.text) > _MOST_PATTERN:
            words = _between(self.text, self.tokens).split()
            spans = self.letter_spans(article)
            yield from (one for one in spans if one.of(article.text.text).split() == words)
            return
        for match in self._exact.finditer(article.text.text):
            yield Span(*match.span())

    def letter_spans(self, article: _ArticleText) -> Iterator[Span]:
        """Yield where an article has the same letters and digits, from word to word."""
        yield from _letter_spans("".join(self.normal), article)

    def shortened_span(self, article: _ArticleText) -> Span | None:
        """Return where an article has the parts around each `…` one after another."""
        parts = ["".join(word for _, word in _tokens(one)) for one in _ELLIPSIS.split(self.text)]
        parts = [part for part in parts if part]
        if len(parts) < 2:
            return None
        first = last = None
        for part in parts:
            after = last.end if last else 0
            last = next((one for one in _letter_spans(part, article) if one.start >= after), None)
            if last is None:
                return None
            first = first or last
        return Span(first.start, last.end) if first and last else None

    def likeness(self, article: _ArticleText, near: Span) -> tuple[float, Span | None]:
        """Return how like the words the most similar part of an article is, in [0, 1]; its span."""
        if not 0 < len(self.normal) <= _MOST_WORDS:
            return 0.0, None
        first = bisect_left(article.tokens, near.start, key=lambda token: token[0].start)
        last = bisect_left(article.tokens, near.end, key=lambda token: token[0].start)
        there = [word for _, word in article.tokens[first:last]]
        matcher = SequenceMatcher(None, self.normal, there, autojunk=False)
        anchor = matcher.find_longest_match()
        slack = len(self.normal) // 2 + 3
        start = max(0, anchor.b - anchor.a - slack)
        window = there[start : anchor.b + len(self.normal) - anchor.a + slack]
        blocks = _close(SequenceMatcher(None, self.normal, window, autojunk=False))
        shared = sum(size for _, _, size in blocks)
        if not blocks:
            return 0.0, None
        length = blocks[-1][1] + blocks[-1][2] - blocks[0][1]
        likeness = 2 * shared / (len(self.normal) + length)
        if min(likeness, shared / len(self.normal)) < _LEAST_SHARED:
            return likeness, None
        at = first + start + blocks[0][1]
        head, tail = blocks[0][0], len(self.normal) - blocks[-1][0] - blocks[-1][2]
        return likeness, article.widened(at, at + length - 1, head, tail)

    def differences(self, text: str, span: Span) -> tuple[Difference, ...]:
        """Return the words in which the quotation and a span of an article differ."""
        there = [(one.shifted(span.start), word) for one, word in _tokens(span.of(text))]
        matcher = SequenceMatcher(None, self.normal, [word for _, word in there], autojunk=False)
        return tuple(
            Difference(_between(self.text, self.tokens[a:b]), _between(text, there[c:d]))
            for kind, a, b, c, d in matcher.get_opcodes()
            if kind != "equal"
        )


def _changed(
    words: "_Words", articles: Sequence[_ArticleText], similar: Sequence[tuple[_ArticleText, Span]]
) -> tuple[_ArticleText, Span] | None:
    """Return the article and the span that is most like the words, if any is like them."""
    shortened = ((one, span) for one in articles if (span := words.shortened_span(one)))
    if found := next(shortened, None):
        return found
    best: tuple[float, _ArticleText, Span] | None = None
    for article, near in similar:
        likeness, span = words.likeness(article, near)
        if span is not None and (best is None or likeness > best[0]):
            best = likeness, article, span
    return best and best[1:]


def _close(matcher: "SequenceMatcher[str]") -> list[tuple[int, int, int]]:
    """Return the matching blocks around the largest one, without stray words far from it."""
    blocks = [(a, b, size) for a, b, size in matcher.get_matching_blocks() if size]
    if not blocks:
        return []
    largest = max(range(len(blocks)), key=lambda at: blocks[at][2])
    first = last = largest
    while first and _gap(blocks[first - 1], blocks[first]) <= 4 * blocks[first - 1][2]:
        first -= 1
    while (
        last + 1 < len(blocks) and _gap(blocks[last], blocks[last + 1]) <= 4 * blocks[last + 1][2]
    ):
        last += 1
    return blocks[first : last + 1]


def _gap(before: tuple[int, int, int], after: tuple[int, int, int]) -> int:
    """Return how many words of the article are between two blocks."""
    return after[1] - before[1] - before[2]


def _is_inner(text: str, before: _Token, after: _Token) -> bool:
    """Return whether no sentence ends between two words that follow one another."""
    return not re.search(r"[.!?\n]", text[before[0].end : after[0].start].replace("\n", " ", 1))


def _between(text: str, tokens: Sequence[_Token]) -> str:
    """Return the text from the first to the last of some words; empty for none."""
    return text[tokens[0][0].start : tokens[-1][0].end] if tokens else ""


def _letter_spans(letters: str, article: _ArticleText) -> Iterator[Span]:
    """Yield where an article has these letters and digits, from word to word."""
    at = article.letters.find(letters) if letters else -1
    while at != -1:
        first = bisect_right(article.starts, at) - 1
        last = bisect_left(article.starts, at + len(letters)) - 1
        if article.starts[first] == at and article.starts[last + 1] == at + len(letters):
            yield Span(article.tokens[first][0].start, article.tokens[last][0].end)
        at = article.letters.find(letters, at + 1)


def _tokens(text: str) -> list[_Token]:
    """Return the words of a text with their place, folded for comparison."""
    return [
        (Span(*match.span()), unicodedata.normalize("NFKC", match[0]).casefold())
        for match in _TOKEN.finditer(text)
    ]


def _places(
    articles: Sequence[_ArticleText], spans: Callable[[_ArticleText], Iterator[Span]]
) -> tuple[QuotedPlace, ...]:
    found = (article.place(span) for article in articles for span in spans(article))
    return tuple(islice(found, _MOST_PLACES))
