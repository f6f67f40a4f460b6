"""A span to its path, line and column, read again from the file as it is now."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from index.articles import MAX_BYTES, Contents, Root, Skipped, read
from index.catalog import StoredArticle
from index.passages import Passage
from index.spans import Span
from index.text import NotText, Text, decode
from qa.answers import Citation, Quote, Status


def shown_path(root: Root, relative: str) -> str:
    """Give a path as the person named its root, where that leads there from here, else absolute."""
    try:
        leads_there = os.path.realpath(root.given) == root.path
    except FileNotFoundError:  # the folder that we are in was deleted
        leads_there = False
    given = root.given if leads_there else root.path
    return os.path.join(given, relative) if relative else given  # noqa: PTH118


@dataclass
class Shelf:
    """The files cited in one reply, each read once."""

    contents: dict[str, Contents | Skipped] = field(default_factory=dict)

    def read(self, article: StoredArticle) -> Contents | Skipped:
        """Read an article's file as it is now."""
        found = article.found
        if found.path not in self.contents:
            most = max(MAX_BYTES, 2 * found.signature.size)
            self.contents[found.path] = read(found.root, found.relative, most)
        return self.contents[found.path]


def cite(
    article: StoredArticle, passage: Passage, answer: Span, sentence: Span, shelf: Shelf
) -> Citation:
    """Cite a span of an indexed passage, and tell how it stands in its file now."""
    before = (quote_of(passage, answer), quote_of(passage, sentence))
    contents = shelf.read(article)
    if isinstance(contents, Skipped):
        return _citation(article, Status.GONE, *before)
    if contents.sha256 == article.article.sha256:
        return _citation(article, Status.UNCHANGED, *before)
    text = decode(contents.data)
    places = [] if isinstance(text, NotText) else _occurrences(text.text, before[1].text)
    if isinstance(text, NotText) or not places:
        return _citation(article, Status.CHANGED, *before)
    # The copy nearest to the line where it stood counts.
    start = min(places, key=lambda at: abs(text.line_of(at) - before[1].line))
    now = (
        _quote_in(text, answer.shifted(start - sentence.start)),
        _quote_in(text, sentence.shifted(start - sentence.start)),
    )
    return _citation(article, Status.UNCHANGED if now == before else Status.MOVED, *now)


def _occurrences(text: str, wanted: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at != -1:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def _citation(article: StoredArticle, status: Status, answer: Quote, sentence: Quote) -> Citation:
    found = article.found
    return Citation(
        path=shown_path(found.root, found.relative),
        file=found.path,
        status=status,
        answer=answer,
        sentence=sentence,
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
