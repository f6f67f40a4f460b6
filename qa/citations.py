"""Spans of passages to citations, checked against the files as they are now."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.articles.blocks import has_words, within
from index.articles.dates import section_date
from index.articles.files import MAX_BYTES, Contents, Root, Signature, Skipped, read
from index.articles.formats.reading import read_text
from index.articles.passages import Passage
from index.articles.places import anchors_within
from index.articles.spans import Span
from index.articles.text import NotText, Text
from index.errors import IndexDamaged
from index.storage.catalog import StoredArticle
from index.storage.records import signature_is_proof
from qa.answers import Citation, JoinedWord, Quote, Status, answer_offset
from qa.dates import resolved_dates

_WORD_END = re.compile(r"[^\W_]{1,60}[-‐]?$")
_WORD_START = re.compile(r"[^\W_]{1,60}")


def display_path(root: Root, relative: str) -> str:
    """Return a path as the user named its root if that still leads there, else absolute."""
    try:
        leads_there = os.path.realpath(root.given) == root.path
    except FileNotFoundError:  # the current folder was deleted
        leads_there = False
    folder = root.given if leads_there else root.path
    return os.path.join(folder, relative) if relative else folder  # noqa: PTH118


def short_path(root: Root, relative: str, roots: Sequence[Root]) -> str:
    """Return a path for people: as short as it is clear among the indexed roots.

    That is as the user named it from the current folder; else within the only root; else after
    the name of its root, if no other root has that name; else absolute.
    """
    path = display_path(root, relative)
    named = [one.path for one in roots if not one.linked_from]
    if not os.path.isabs(path) or root.path not in named:  # noqa: PTH117
        return path
    names = [os.path.basename(one) for one in named]  # noqa: PTH119
    own = os.path.basename(root.path)  # noqa: PTH119
    if not relative or len(named) > 1:
        return os.path.join(own, relative).rstrip("/") if names.count(own) == 1 else path  # noqa: PTH118
    return relative


class FileCache:
    """The files cited in one reply; each is read once.

    `roots` are those of the index, among which short paths are clear; without them none is short.
    """

    def __init__(self, roots: Sequence[Root] = ()) -> None:
        self.roots = roots
        self._contents: dict[str, Contents | Skipped] = {}
        self._texts: dict[str, Text | NotText] = {}

    def read(self, article: StoredArticle) -> Contents | Skipped:
        """Read an article's file as it is now."""
        found = article.found
        if found.path not in self._contents:
            limit = max(MAX_BYTES, 2 * found.signature.size)
            self._contents[found.path] = read(found.root, found.relative, limit)
        return self._contents[found.path]

    def is_unchanged(self, article: StoredArticle) -> bool:
        """Return whether a file is unchanged since indexing, by size and times or by its bytes."""
        try:
            signature = Signature.of(os.lstat(article.found.path))
        except OSError:
            return False
        if signature_is_proof(replace(article.found, signature=signature), article):
            return True
        contents = self.read(article)
        return not isinstance(contents, Skipped) and contents.sha256 == article.article.sha256

    def text(self, article: StoredArticle) -> Text | NotText | Skipped:
        """Return the text of an article's file as it is now."""
        path, contents = article.found.path, self.read(article)
        if isinstance(contents, Skipped):
            return contents
        if path not in self._texts:
            self._texts[path] = read_text(contents.data, path)
        return self._texts[path]


@dataclass(frozen=True, slots=True)
class QuoteStatus:
    """Whether a file still has a quote, and where: its old location if it does not."""

    status: Status
    answer: Quote
    sentence: Quote


def cite(
    article: StoredArticle, passage: Passage, answer: Span, sentence: Span, files: FileCache
) -> Citation:
    """Cite a span of an indexed passage, checked against its file.

    Raises IndexDamaged if the file is unchanged since indexing but has other text than the index.
    """
    indexed = (quote_of(passage, answer), quote_of(passage, sentence))
    contents = files.read(article)
    found = article.found
    is_same = not isinstance(contents, Skipped) and contents.sha256 == article.article.sha256
    if is_same and all(_is_in_place(quoted, files.text(article)) for quoted in indexed):
        quote = QuoteStatus(Status.UNCHANGED, *indexed)
    elif not is_same or passage.anchors:  # another version of a library may extract other text
        quote = find_again(files.text(article), *indexed)
    else:
        raise IndexDamaged(f"the index does not match {found.path}; run `byline index --full`")
    before = passage.text[: sentence.start]
    headings = [*passage.context.split(" > "), *before.split("\n")]
    date = section_date(headings) or article.article.date
    return Citation(
        path=display_path(found.root, found.relative),
        short_path=short_path(found.root, found.relative, files.roots),
        file=found.path,
        status=quote.status,
        answer=quote.answer,
        sentence=quote.sentence,
        title=article.article.title or "",
        dates=() if date is None else (date,),
        resolved=resolved_dates(sentence.of(passage.text), before, date),
        joined=tuple(_joined_words(passage, sentence)),
    )


def _joined_words(passage: Passage, sentence: Span) -> Iterator[JoinedWord]:
    """Yield the words of a sentence that are read as one, but divided by a line break."""
    said = sentence.of(passage.text)
    for edit in within(passage.edits, sentence):
        source = said[edit.start : edit.end]
        if edit.text or "\n" not in source:
            continue
        first, last = _WORD_END.search(said, 0, edit.start), _WORD_START.match(said, edit.end)
        if first and last and not has_words(source):
            text = said[first.start() : last.end()]
            yield JoinedWord(text, first.start(), f"{first[0]}{last[0]}")


def _is_in_place(quote: Quote, text: Text | NotText | Skipped) -> bool:
    """Return whether a text has a quote at exactly its location."""
    if not isinstance(text, Text) or not 1 <= quote.line <= len(text.line_starts):
        return False
    start = text.line_starts[quote.line - 1] + quote.column - 1
    return quote_in(text, Span(start, start + len(quote.text))) == quote


def find_again(text: Text | NotText | Skipped, answer: Quote, sentence: Quote) -> QuoteStatus:
    """Find a sentence, and the answer in it, in the text of a file as it is now.

    Of several copies, the one closest to the old location counts.
    """
    if isinstance(text, Skipped):
        return QuoteStatus(Status.GONE, answer, sentence)
    if isinstance(text, NotText) or not (starts := _occurrences(text.text, sentence.text)):
        return QuoteStatus(Status.CHANGED, answer, sentence)

    def distance(start: int) -> tuple[int, int]:
        place = text.position(start)
        return abs(place.line - sentence.line), abs(place.column - sentence.column)

    start = min(starts, key=distance)
    answer_start = start + answer_offset(sentence, answer)
    new_answer = quote_in(text, Span(answer_start, answer_start + len(answer.text)))
    new_sentence = quote_in(text, Span(start, start + len(sentence.text)))
    unchanged = (new_answer, new_sentence) == (answer, sentence)
    return QuoteStatus(Status.UNCHANGED if unchanged else Status.MOVED, new_answer, new_sentence)


def _occurrences(text: str, wanted: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at != -1:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def quote_of(passage: Passage, span: Span) -> Quote:
    """Quote a span of a passage, with lines and columns of its file."""
    first, last = _location(passage, span.start), _location(passage, span.end - 1)
    return Quote(span.of(passage.text), *first, *last, anchors_within(passage.anchors, span))


def _location(passage: Passage, offset: int) -> tuple[int, int]:
    """Return the line and column of a code point of a passage."""
    before = passage.text[:offset]
    breaks = before.count("\n")
    column = offset - before.rfind("\n")
    return passage.line + breaks, column if breaks else column + passage.column - 1


def quote_in(text: Text, span: Span) -> Quote:
    """Quote a span of an article's text."""
    first, last = text.position(span.start), text.position(span.end - 1)
    anchors = text.places.within(span) if text.places else ()
    return Quote(span.of(text.text), first.line, first.column, last.line, last.column, anchors)
