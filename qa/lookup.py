"""Show a line of an indexed article as the file is now, following it if it moved."""

import os
from dataclasses import dataclass

from index.articles.files import Skipped
from index.articles.paths import expanded, real_path
from index.articles.spans import Span
from index.articles.text import NotText, Text
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
    """The current state of a line that was indexed."""

    path: str
    status: Status
    number: int
    """Current number of the line that was asked for, from 1."""
    lines: tuple[Line, ...]
    """That line with its context; empty if the file is missing."""
    title: str


def look_up(catalog: Catalog, path: str, number: int, context: int) -> Lookup:
    """Return a line and `context` lines on either side.

    Raises BadRequest if the article is not indexed or never had such a line.
    """
    article = _find_article(catalog, path)
    if not 1 <= number <= article.article.line_count:
        raise BadRequest(f"{path} was indexed with lines 1 to {article.article.line_count}")
    shown = display_path(article.found.root, article.found.relative)
    files = FileCache()
    contents, text = files.read(article), files.text(article)
    if isinstance(text, NotText):
        return Lookup(shown, Status.GONE, number, (), article.article.title or "")
    if not isinstance(contents, Skipped) and contents.sha256 == article.article.sha256:
        status, now = Status.UNCHANGED, number
    else:
        status, now = _relocate(catalog, article, number, files)
    return Lookup(shown, status, now, _lines(text, now, context), article.article.title or "")


def _find_article(catalog: Catalog, path: str) -> StoredArticle:
    folder, name = os.path.split(expanded(path))
    # The name itself is not resolved: an article replaced by a link is deleted, not elsewhere.
    paths = (real_path(path), os.path.join(real_path(folder), name))  # noqa: PTH118
    for article in catalog.articles():
        if article.found.path in paths:
            return article
    raise BadRequest(f"{path} is not indexed; run `byline index` on its folder")


def _relocate(
    catalog: Catalog, article: StoredArticle, number: int, files: FileCache
) -> tuple[Status, int]:
    """Return where a line is now, judged by the first indexed sentence on it."""
    for stored in catalog.passages_of(article):
        for sentence in stored.passage.sentences:
            before = quote_of(stored.passage, sentence)
            if before.line <= number <= before.end_line:
                now = cite(article, stored.passage, sentence, sentence, files)
                moved = number + now.sentence.line - before.line
                return now.status, moved if now.is_current else number
    return Status.CHANGED, number


def _lines(text: Text, number: int, context: int) -> tuple[Line, ...]:
    first, last = max(1, number - context), min(text.line_count, number + context)
    return tuple(
        Line(line, Span(*text.line_span(line)).of(text.text)) for line in range(first, last + 1)
    )
