"""A line of an indexed article, as it is now, and how that compares to what was indexed."""

import os
from dataclasses import dataclass

from index.articles.files import Skipped
from index.articles.paths import expanded, real_path
from index.articles.spans import Span
from index.articles.text import NotText, Text, decode
from index.errors import BadRequest
from index.storage.catalog import Catalog, StoredArticle
from qa.answers import Status
from qa.citations import FileCache, cite, display_path, quote_of


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file."""

    number: int
    """From 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A line as asked for."""

    path: str
    status: Status
    number: int
    """Where what was indexed at the line asked for stands now."""
    lines: tuple[Line, ...]
    """That line and those around it; none where the file is gone."""
    title: str


def look_up(catalog: Catalog, given: str, number: int, around: int) -> Lookup:
    """Look up a line. Raises BadRequest where the index has no such article or line."""
    folder, name = os.path.split(expanded(given))
    # Not the name itself: an article that a link took the place of is gone, not elsewhere.
    paths = (real_path(given), os.path.join(real_path(folder), name))  # noqa: PTH118
    matching = [one for one in catalog.articles() if one.found.path in paths]
    if not matching:
        raise BadRequest(
            f"{given} is not among the indexed articles; run `byline index` with its folder"
        )
    article = matching[0]
    if not 1 <= number <= article.article.line_count:
        raise BadRequest(f"{given} was indexed with lines 1 to {article.article.line_count}")
    shown = display_path(article.found.root, article.found.relative)
    shelf = FileCache()
    contents = shelf.read(article)
    text = NotText(contents.reason) if isinstance(contents, Skipped) else decode(contents.data)
    if isinstance(text, NotText):
        return Lookup(shown, Status.GONE, number, (), article.article.title)
    if not isinstance(contents, Skipped) and contents.sha256 == article.article.sha256:
        status, now = Status.UNCHANGED, number
    else:
        status, now = _relocated(catalog, article, number, shelf)
    return Lookup(shown, status, now, _lines(text, now, around), article.article.title)


def _relocated(
    catalog: Catalog, article: StoredArticle, number: int, shelf: FileCache
) -> tuple[Status, int]:
    """Follow the first indexed sentence of a line to where it stands now."""
    for stored in catalog.passages_of(article):
        for sentence in stored.passage.sentences:
            before = quote_of(stored.passage, sentence)
            if before.line <= number <= before.end_line:
                now = cite(article, stored.passage, sentence, sentence, shelf)
                moved = number + now.sentence.line - before.line
                return (now.status, moved if now.is_current else number)
    return Status.CHANGED, number


def _lines(text: Text, number: int, around: int) -> tuple[Line, ...]:
    first, last = max(1, number - around), min(text.line_count, number + around)
    spans = ((line, Span(*text.line_span(line))) for line in range(first, last + 1))
    return tuple(Line(line, span.of(text.text)) for line, span in spans)
