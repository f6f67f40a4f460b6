"""A span to its path, line and column, read again from the file as it is now."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from index.articles.files import MAX_BYTES, Contents, Root, Skipped, read
from index.articles.passages import Passage
from index.articles.spans import Span
from index.articles.text import NotText, Text, decode
from index.errors import IndexDamaged
from index.storage.catalog import StoredArticle
from qa.answers import Citation, Quote, Status, answer_offset


def display_path(root: Root, relative: str) -> str:
    """Give a path as the person named its root, where that leads there from here, else absolute."""
    try:
        leads_there = os.path.realpath(root.given) == root.path
    except FileNotFoundError:  # the folder that we are in was deleted
        leads_there = False
    given = root.given if leads_there else root.path
    return os.path.join(given, relative) if relative else given  # noqa: PTH118


@dataclass
class FileCache:
    """The files cited in one reply, each read once."""

    contents: dict[str, Contents | Skipped] = field(default_factory=dict)
    texts: dict[str, Text | NotText] = field(default_factory=dict)

    def read(self, article: StoredArticle) -> Contents | Skipped:
        """Read an article's file as it is now."""
        found = article.found
        if found.path not in self.contents:
            most = max(MAX_BYTES, 2 * found.signature.size)
            self.contents[found.path] = read(found.root, found.relative, most)
        return self.contents[found.path]

    def text(self, article: StoredArticle) -> Text | NotText:
        """Decode an article's file as it is now."""
        path, contents = article.found.path, self.read(article)
        if path not in self.texts:
            if isinstance(contents, Skipped):
                self.texts[path] = NotText(contents.reason)
            else:
                self.texts[path] = decode(contents.data)
        return self.texts[path]


@dataclass(frozen=True, slots=True)
class QuoteStatus:
    """How a quote stands in its file now, and where; where it stood, if it does so no more."""

    status: Status
    answer: Quote
    sentence: Quote


def cite(
    article: StoredArticle, passage: Passage, answer: Span, sentence: Span, shelf: FileCache
) -> Citation:
    """Cite a span of an indexed passage, and tell how it stands in its file now.

    Raises IndexDamaged where the file is as it was indexed but does not say what the index holds.
    """
    before = (quote_of(passage, answer), quote_of(passage, sentence))
    contents = shelf.read(article)
    if isinstance(contents, Skipped) or contents.sha256 != article.article.sha256:
        return _citation(article, find_again(contents, *before))
    if not all(_is_in_place(quote, shelf.text(article)) for quote in before):
        raise IndexDamaged(
            f"the index does not hold what {article.found.path} says; run `byline index --full`"
        )
    return _citation(article, QuoteStatus(Status.UNCHANGED, *before))


def _is_in_place(quote: Quote, text: Text | NotText) -> bool:
    """Tell whether a quote is at its very place in a text."""
    if isinstance(text, NotText) or not 1 <= quote.line <= len(text.line_starts):
        return False
    start = text.line_starts[quote.line - 1] + quote.column - 1
    span = Span(start, start + len(quote.text))
    return _quote_in(text, span) == quote


def find_again(contents: Contents | Skipped, answer: Quote, sentence: Quote) -> QuoteStatus:
    """Find a sentence, and the answer in it, in a file as it is now.

    Of several copies the one nearest to where it stood counts.
    """
    if isinstance(contents, Skipped):
        return QuoteStatus(Status.GONE, answer, sentence)
    text = decode(contents.data)
    places = [] if isinstance(text, NotText) else _occurrences(text.text, sentence.text)
    if isinstance(text, NotText) or not places:
        return QuoteStatus(Status.CHANGED, answer, sentence)

    def distance(start: int) -> tuple[int, int]:
        place = text.place(start)
        return abs(place.line - sentence.line), abs(place.column - sentence.column)

    start = min(places, key=distance)
    within = start + answer_offset(sentence, answer)
    now_answer = _quote_in(text, Span(within, within + len(answer.text)))
    now_sentence = _quote_in(text, Span(start, start + len(sentence.text)))
    stayed = (now_answer, now_sentence) == (answer, sentence)
    return QuoteStatus(Status.UNCHANGED if stayed else Status.MOVED, now_answer, now_sentence)


def _occurrences(text: str, wanted: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at != -1:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def _citation(article: StoredArticle, standing: QuoteStatus) -> Citation:
    found = article.found
    return Citation(
        path=display_path(found.root, found.relative),
        file=found.path,
        status=standing.status,
        answer=standing.answer,
        sentence=standing.sentence,
        title=article.article.title,
        dates=article.article.dates,
    )


def quote_of(passage: Passage, span: Span) -> Quote:
    """Quote a span of a passage; its place follows from where the passage stands."""

    def place(offset: int) -> tuple[int, int]:
        before = passage.text[:offset]
        column = offset - (before.rfind("\n") + 1) + 1
        breaks = before.count("\n")
        return passage.line + breaks, column if breaks else column + passage.column - 1

    return _from_places(span.of(passage.text), place, span)


def _quote_in(text: Text, span: Span) -> Quote:
    def place(offset: int) -> tuple[int, int]:
        found = text.place(offset)
        return found.line, found.column

    return _from_places(span.of(text.text), place, span)


def _from_places(words: str, place: Callable[[int], tuple[int, int]], span: Span) -> Quote:
    return Quote(words, *place(span.start), *place(span.end - 1))
