"""Reading an article and finding what is cited in it."""

import stat
from dataclasses import dataclass
from pathlib import Path

from index.articles.files import MAX_BYTES, Root, Skipped, read
from index.articles.formats.reading import read_text
from index.articles.formats.registry import format_by_suffix
from index.articles.places import Place
from index.articles.spans import Span
from index.articles.text import NotText, Text
from qa.answers import Citation, Quote, Status


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """An article to show from its start, with nothing cited in it."""

    file: str
    """Absolute path."""
    path: str
    """As shown to the user."""
    title: str


Target = Citation | ArticleFile


@dataclass(frozen=True, slots=True)
class Cited:
    """Where the words of a citation are in its article now."""

    status: Status
    place: Place
    """Of the answer; where it was, if it is no longer there."""
    offset: int
    """Code point of the answer, or the start of the line where it was."""
    sentence: Span | None
    """None if the sentence is no longer there."""
    answer: Span | None
    """None if the sentence is no longer there."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article that can be shown."""

    text: Text
    cited: Cited | None
    """None if nothing is cited."""


@dataclass(frozen=True, slots=True)
class TooLarge:
    """An article over the size that is shown."""

    size: int
    """Bytes."""
    limit: int
    """Bytes of the largest file of its format that is shown."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An article that cannot be shown."""

    status: Status
    reason: str


Outcome = Loaded | TooLarge | Unreadable


def load(target: Target) -> Outcome:
    """Read an article, following no link, not even of its folders; text of at most `MAX_BYTES`."""
    path = Path(target.file)
    contents = read(Root(str(path.parent), str(path.parent)), path.name, MAX_BYTES)
    if isinstance(contents, Skipped):
        size = _size(path)
        known = format_by_suffix(path.name)
        limit = MAX_BYTES * (known.size_factor if known else 1)
        if size > limit:
            return TooLarge(size, limit)
        return Unreadable(Status.GONE, contents.reason)
    text = read_text(contents.data, path.name)
    if isinstance(text, NotText):
        return Unreadable(Status.CHANGED, text.reason)
    return Loaded(text, _find(text, target) if isinstance(target, Citation) else None)


def _size(path: Path) -> int:
    """Return the bytes of a regular file; 0 for anything else."""
    try:
        status = path.lstat()
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _find(text: Text, citation: Citation) -> Cited:
    from qa.citations import find_again  # loads SQLite: not before the first frame

    found = find_again(text, citation.answer, citation.sentence)
    if not (found.status.is_current and citation.sentence.text):
        place = citation.answer.place
        line = min(max(citation.answer.line, 1), len(text.line_starts))
        return Cited(Status.CHANGED, place, text.line_starts[line - 1], None, None)
    answer = _span(text, found.answer)
    # The citation may have moved before it was shown; then its place is already the new one.
    moved = Status.MOVED in (found.status, citation.status)
    return Cited(
        Status.MOVED if moved else Status.UNCHANGED,
        found.answer.place,
        answer.start,
        _span(text, found.sentence),
        answer,
    )


def _span(text: Text, quote: Quote) -> Span:
    start = text.line_starts[quote.line - 1] + quote.column - 1
    return Span(start, start + len(quote.text))
