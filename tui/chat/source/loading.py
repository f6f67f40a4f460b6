"""What the source pane is asked to show, and what comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from index.articles.files import Skipped
from index.articles.text import NotText, Place
from qa.answers import Citation, Status
from tui.chat.source.marks import Marks, find_marks
from tui.chat.source.paged_text import BLOCK, SourceText, open_text
from tui.chat.source_file import Memory, open_file

EMPTY = SourceText(Memory(b""), "utf-8", 0)
"""The text of no article."""
_AT_ONCE = 16 * BLOCK
"""Bytes that are scanned before anything is shown, so that few articles are seen half known."""


@dataclass(frozen=True, slots=True)
class WholeFile:
    """An article without anything cited in it."""

    file: str
    """Absolute path."""
    path: str
    """As shown to the person."""
    title: str


Wanted = Citation | WholeFile


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article that can be shown, scanned at least to where it is looked at."""

    text: SourceText
    marks: Marks


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An article that cannot be shown."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Scanning:
    """A step of the way; nothing new can be shown."""


Outcome = Loaded | Unreadable | Scanning
NOTHING = WholeFile("", "", "")
"""No article."""


def load(wanted: Wanted) -> Iterator[Outcome]:
    """Open and scan an article, step by step.

    What can be shown comes as soon as the cited line is known, and again once all of it is.
    """
    source = open_file(wanted.file)
    if isinstance(source, Skipped):
        yield Unreadable(Status.GONE, source.reason)
        return
    text = open_text(source)
    if isinstance(text, NotText):
        yield Unreadable(Status.CHANGED, text.reason)
        return
    line = wanted.sentence.end_line if isinstance(wanted, Citation) else 0
    early = False
    for _ in text.scan():
        if not early and text.scanned >= _AT_ONCE and text.lines_known > line:
            early = True
            yield Loaded(text, _marks(text, wanted))
        yield Scanning()
    yield Loaded(text, _marks(text, wanted))


def _marks(text: SourceText, wanted: Wanted) -> Marks:
    if isinstance(wanted, Citation):
        return find_marks(text, wanted)
    return Marks(Status.UNCHANGED, Place(1, 1), 0)
