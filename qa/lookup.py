"""Show a line of an indexed article as the file is now, following it if it moved."""

import os
from dataclasses import dataclass

from index.articles.files import Skipped
from index.articles.paths import expanded, real_path
from index.articles.places import Place, place_named
from index.articles.spans import Span
from index.articles.text import Text
from index.errors import BadRequest
from index.storage.catalog import Catalog, StoredArticle
from qa.answers import Status
from qa.citations import FileCache, cite, display_path, quote_of, short_path


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text of a file."""

    number: int
    """From 1."""
    text: str
    place: Place
    """Where it begins in the file."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The current state of a line that was indexed."""

    path: str
    file: str
    """Absolute path."""
    status: Status
    number: int
    """Current number of the line that was asked for, from 1."""
    lines: tuple[Line, ...]
    """That line with its context; empty if the file is missing."""
    title: str
    place: Place
    """Current place of the line that was asked for."""
    asked: Place
    """Its place as it was asked for."""


def look_up(catalog: Catalog, path: str, label: str, context: int) -> Lookup:
    """Return the line at a place, as citations name it, and `context` lines on either side.

    Raises BadRequest if the article is not indexed or never had such a line.
    """
    article, label = _find_article(catalog, path, label)
    files = FileCache()
    contents, text = files.read(article), files.text(article)
    wanted = _wanted(catalog, article, path, label)
    shown = display_path(article.found.root, article.found.relative)
    file, title = article.found.path, article.article.title or ""
    if not isinstance(text, Text):
        return Lookup(shown, file, Status.GONE, wanted.line, (), title, wanted, wanted)
    if not isinstance(contents, Skipped) and contents.sha256 == article.article.sha256:
        status, now = Status.UNCHANGED, _line_at(text, wanted)
        if now is None:
            raise BadRequest(f"{path} has no {wanted.words}")
    else:
        status, now = _relocate(catalog, article, wanted, files)
        now = now or _line_at(text, wanted) or 1
    lines = _lines(text, now, context)
    place = next((line.place for line in lines if line.number == now), wanted)
    return Lookup(shown, file, status, now, lines, title, place, wanted)


def _find_article(catalog: Catalog, path: str, label: str) -> tuple[StoredArticle, str]:
    """Return an article and the label; a chapter's name at the end of a path belongs to that."""
    folder, name = os.path.split(expanded(path))
    # The name itself is not resolved: an article replaced by a link is deleted, not elsewhere.
    paths = (real_path(path), os.path.join(real_path(folder), name))  # noqa: PTH118
    for article in catalog.articles():
        if article.found.path in paths or _is_short(path, article, catalog):
            return article, label
    book, _, chapter = path.rpartition(":")
    if book:
        return _find_article(catalog, book, f"{chapter}:{label}")
    raise BadRequest(f"{path} is not indexed; run `byline index` on its folder")


def _is_short(path: str, article: StoredArticle, catalog: Catalog) -> bool:
    """Return whether a path is the short one of an article."""
    found = article.found
    may_be = path.endswith(os.path.basename(found.path))  # noqa: PTH119
    return may_be and path == short_path(found.root, found.relative, catalog.roots)


def _wanted(catalog: Catalog, article: StoredArticle, path: str, label: str) -> Place:
    """Return the place that a label names. Raises BadRequest if the article has none such."""
    passages = catalog.passages_of(article)
    anchors = passages[0].passage.anchors if passages else ()
    wanted = place_named(label, anchors[0].place if anchors else Place(1, 1))
    count = article.article.line_count
    if wanted is None or not (anchors or wanted.line <= count):
        raise BadRequest(f"{path} was indexed with lines 1 to {count}")
    return wanted


def _line_at(text: Text, wanted: Place) -> int | None:
    """Return the line of a text that is, or begins nearest above, a place; None if it has none."""
    if text.places is None:
        return wanted.line
    found = None
    for number in range(1, text.line_count + 1):
        first, last = (text.place(offset) for offset in text.line_span(number))
        is_on_page = not wanted.line and first.page == wanted.page
        if is_on_page or wanted.is_between(first, last):
            return number
        is_above = first.line <= wanted.line and first.is_between(first, wanted)
        found = number if is_above and first.page == wanted.page else found
    return found


def _relocate(
    catalog: Catalog, article: StoredArticle, wanted: Place, files: FileCache
) -> tuple[Status, int | None]:
    """Return where a line is now, judged by the first indexed sentence on it; None if nowhere."""
    for stored in catalog.passages_of(article):
        for sentence in stored.passage.sentences:
            before = quote_of(stored.passage, sentence)
            if wanted.is_between(before.place, before.end_place):
                now = cite(article, stored.passage, sentence, sentence, files)
                below = 0 if before.anchors else wanted.line - before.line
                return now.status, now.sentence.line + below if now.is_current else None
    return Status.CHANGED, None


def _lines(text: Text, number: int, context: int) -> tuple[Line, ...]:
    first, last = max(1, number - context), min(text.line_count, number + context)
    return tuple(
        Line(line, Span(start, end).of(text.text), text.place(start))
        for line in range(first, last + 1)
        for start, end in [text.line_span(line)]
    )
