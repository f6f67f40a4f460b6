"""Every passage that holds some words, with their places; complete, not the best few."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from index.articles.files import Root
from index.articles.passages import Passage
from index.articles.spans import Span
from index.articles.text import encodable
from index.errors import BadRequest
from index.search.analyzer import all_terms, terms
from index.storage.catalog import Catalog, StoredArticle, StoredPassage
from index.storage.generation import Generation
from index.storage.scope import EVERYTHING, Scope
from index.storage.selection import ALL, Selection
from qa.answers import MAX_QUESTION_LENGTH, Citation, Quote, Status, part_of
from qa.citations import FileCache, cite, display_path, quote_of, short_path
from qa.scope import selected

_AT_ONCE = 500
"""Passages that are fetched together."""
_PIECE = re.compile(r"[\"“„]([^\"“”„]*)[\"”“]|([^\s\"“”„]+)")
"""A phrase in quotation marks, or a word."""
_TOKEN = re.compile(r"[^\W_]+")
_Token = tuple[int, int, int, str]
"""A word of a text: its number, start, end and stem."""


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence that holds some of the words, checked against the file as it is now."""

    status: Status
    quote: Quote
    marks: tuple[Span, ...]
    """The words, in code points of the quote, in order."""


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article with every passage that holds the words."""

    path: str
    """As the user named the folder, joined with the file's path inside it."""
    file: str
    """Absolute path."""
    title: str
    """Empty if unknown."""
    date: date | None
    """None if unknown."""
    passages: int
    """Passages with the words; one that only repeats sentences of another is not counted."""
    places: tuple[Place, ...]
    """Each sentence once, in order."""
    short_path: str = ""
    """Its path for people, as short as it is clear; empty if that is not known."""

    def citation(self, place: Place) -> Citation:
        """Return the citation of a place's first words, of the entire quote without any."""
        first = place.marks[0] if place.marks else Span(0, len(place.quote.text))
        return Citation(
            path=self.path,
            file=self.file,
            status=place.status,
            answer=part_of(place.quote, first.start, first.of(place.quote.text)),
            sentence=place.quote,
            title=self.title,
            dates=(self.date,) if self.date else (),
            short_path=self.short_path,
        )


@dataclass(frozen=True)
class Wanted:
    """What is searched for: words, and phrases in quotation marks; a passage must hold all."""

    text: str
    exact: bool
    """Whether the words must appear letter for letter, else in any form of the same stem."""

    @cached_property
    def pieces(self) -> list[str]:
        """The words and phrases."""
        found = (phrase or word for phrase, word in _PIECE.findall(self.text))
        return [" ".join(piece.split()) for piece in found if piece.strip()]

    @cached_property
    def terms(self) -> list[str]:
        """The distinct stems of all words, as the index has them."""
        return list(dict.fromkeys(term for stems in self._stems for term in stems))

    def marks(self, text: str) -> list[Span] | None:
        """Return where a text that has all the terms holds the words; None if it does not."""
        if self.exact:
            found = [[Span(*match.span()) for match in one.finditer(text)] for one in self._exact]
        else:
            tokens = self._tokens(text)
            found = [_runs(tokens, stems) for stems in self._stems if stems]
        # A single stem is in the text even where its letters are not found: the index says so.
        must = [len(stems) != 1 or self.exact for stems in self._stems if stems or self.exact]
        if any(not spans and needed for spans, needed in zip(found, must, strict=True)):
            return None
        return _merged(span for spans in found for span in spans)

    def _tokens(self, text: str) -> list[_Token]:
        """Return the tokens of a text that are among the terms."""
        tokens: list[_Token] = []
        for number, match in enumerate(_TOKEN.finditer(text)):
            stem = self._stem(match[0])
            if stem in self._wanted:
                tokens.append((number, *match.span(), stem))
        return tokens

    @cached_property
    def _stems(self) -> list[list[str]]:
        return [all_terms(piece) for piece in self.pieces]

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(self.terms)

    @cached_property
    def _exact(self) -> list[re.Pattern[str]]:
        return [_letter_for_letter(piece) for piece in self.pieces]

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def _stem(self, token: str) -> str:
        if token not in self._known:
            self._known[token] = next(iter(all_terms(token)), "")
        return self._known[token]


def wanted(words: str, exact: bool = False) -> Wanted:
    """Return what is searched for. Raises BadRequest if no word can be."""
    text = encodable(words).strip()
    if len(text) > MAX_QUESTION_LENGTH:
        raise BadRequest(f"{len(text):,} characters to find; the limit is {MAX_QUESTION_LENGTH:,}")
    found = Wanted(text, exact)
    if not found.pieces or not (exact or found.terms):
        raise BadRequest("there is no word to find; for other characters, use --exact")
    return found


@dataclass(frozen=True, slots=True)
class Mentions:
    """All articles with passages that hold some words."""

    articles: tuple[FoundArticle, ...]
    """In the order of the index."""
    scope: Scope = EVERYTHING
    """Which articles were searched."""
    undated: int = 0
    """Articles that were only left out because they have no date."""


def mentions(generation: Generation, words: Wanted, scope: Scope = EVERYTHING) -> Mentions:
    """Return all articles that hold the words. Raises as `find` and `selected` do."""
    selection = selected(generation.catalog, scope)
    return Mentions(tuple(find(generation, words, selection)), scope, selection.undated)


def find(
    generation: Generation, words: Wanted, selection: Selection = ALL
) -> Iterator[FoundArticle]:
    """Yield every article with passages that hold the words, in the order of the index.

    `selection` restricts the search to these articles. Raises IndexDamaged.
    """
    catalog = generation.catalog
    ids = generation.keywords.holding(words.terms, selection.articles)
    for article_id, passages in groupby(_fetched(catalog, ids), lambda one: one.article_id):
        places = _Places(catalog.article(article_id), words, catalog.roots)
        for stored in passages:
            places.add(stored.passage)
        if places.passages:
            yield places.article


def best_matches(
    generation: Generation, question: str, scope: Scope = EVERYTHING, limit: int = 5
) -> Mentions:
    """Return the passages that match a question best by keywords, grouped by article.

    Each is shown by the sentence with the rarest of the words; no model is needed. Raises as
    `mentions` does.
    """
    catalog, keywords = generation.catalog, generation.keywords
    selection = selected(catalog, scope)
    weights = {stem: keywords.idf(stem) for stem in terms(question)}
    files, found = FileCache(catalog.roots), dict[int, list[Place]]()
    for stored in catalog.passages(list(keywords.search(question, limit, selection.articles))):
        passage = stored.passage
        marked = [(span, _stems_in(span.of(passage.text), weights)) for span in passage.sentences]
        if marked:
            best, marks = max(
                marked, key=lambda one: sum(weights[stem] for stem in set(one[1].values()))
            )
            now = cite(catalog.article(stored.article_id), passage, best, best, files)
            place = Place(now.status, now.sentence, tuple(marks))
            found.setdefault(stored.article_id, []).append(place)
    matching = (
        _found(catalog.article(key), len(places), places, files) for key, places in found.items()
    )
    return Mentions(tuple(matching), scope, selection.undated)


def _stems_in(text: str, stems: Collection[str]) -> dict[Span, str]:
    """Return where a text has words with some stems, in order, with the stem of each."""
    tokens = ((Span(*match.span()), all_terms(match[0])) for match in _TOKEN.finditer(text))
    return {span: stem[0] for span, stem in tokens if stem and stem[0] in stems}


def _fetched(catalog: Catalog, ids: Sequence[int]) -> Iterator[StoredPassage]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from catalog.passages(ids[start : start + _AT_ONCE])


class _Places:
    """The places of one article; each sentence counts once, though passages overlap."""

    def __init__(self, article: StoredArticle, words: Wanted, roots: Sequence[Root]) -> None:
        self.stored = article
        self.words = words
        self.passages = 0
        self._places: list[Place] = []
        self._seen: set[tuple[int, int]] = set()
        self._files = FileCache(roots)
        self._is_unchanged = self._files.is_unchanged(article)

    def add(self, passage: Passage) -> None:
        """Add the sentences of a passage that hold the words, if it holds all of them."""
        marks = self.words.marks(passage.text)
        if marks is None:
            return
        found = [(span, quote_of(passage, span)) for span in _sentences(passage, marks)]
        new = [
            (span, quote) for span, quote in found if (quote.line, quote.column) not in self._seen
        ]
        self._seen |= {(quote.line, quote.column) for _, quote in new}
        self._places += [self._place(passage, span, quote, marks) for span, quote in new]
        self.passages += bool(new)

    def _place(
        self, passage: Passage, sentence: Span, quote: Quote, marks: Iterable[Span]
    ) -> Place:
        inside = tuple(
            Span(max(mark.start, sentence.start), min(mark.end, sentence.end)).shifted(
                -sentence.start
            )
            for mark in marks
            if mark.start < sentence.end and sentence.start < mark.end
        )
        if self._is_unchanged:
            return Place(Status.UNCHANGED, quote, inside)
        now = cite(self.stored, passage, sentence, sentence, self._files)
        return Place(now.status, now.sentence, inside)

    @property
    def article(self) -> FoundArticle:
        """The article with the places found so far."""
        return _found(self.stored, self.passages, self._places, self._files)


def _found(
    stored: StoredArticle, passages: int, places: Sequence[Place], files: FileCache
) -> FoundArticle:
    found, article = stored.found, stored.article
    return FoundArticle(
        display_path(found.root, found.relative),
        found.path,
        article.title or "",
        article.date,
        passages,
        tuple(places),
        short_path(found.root, found.relative, files.roots),
    )


def _sentences(passage: Passage, marks: Sequence[Span]) -> list[Span]:
    """Return the sentences with marks, in order; for a mark in none of them, its line."""
    if not marks:
        return list(passage.sentences[:1])
    found: dict[Span, None] = {}
    for mark in marks:
        around = [one for one in passage.sentences if one.start < mark.end and mark.start < one.end]
        found |= dict.fromkeys(around or [_line_around(passage.text, mark)])
    return sorted(found, key=lambda span: span.start)


def _line_around(text: str, mark: Span) -> Span:
    start = text.rfind("\n", 0, mark.start) + 1
    end = text.find("\n", mark.end)
    line = text[start : end if end != -1 else len(text)]
    start += len(line) - len(line.lstrip())
    return Span(start, start + len(line.strip()))


def _runs(tokens: Sequence[_Token], stems: Sequence[str]) -> list[Span]:
    """Return the spans of tokens that have these stems one after another."""
    runs = []
    for at, (number, start, _, stem) in enumerate(tokens):
        if stem == stems[0]:
            run = tokens[at : at + len(stems)]
            is_unbroken = run[-1][0] - number == len(stems) - 1
            if is_unbroken and [one[3] for one in run] == list(stems):
                runs.append(Span(start, run[-1][2]))
    return runs


def _letter_for_letter(piece: str) -> re.Pattern[str]:
    """Return a pattern of the words themselves, between any white space, and no part of a word."""
    words = r"\s+".join(map(re.escape, piece.split()))
    before = r"(?<!\w)" if re.match(r"\w", piece) else ""
    after = r"(?!\w)" if re.search(r"\w$", piece) else ""
    return re.compile(before + words + after)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
