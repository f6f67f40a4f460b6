"""Articles to show: bytes that count how often they are read, and citations made of plain text."""

import threading
from dataclasses import dataclass, field
from datetime import date

from index.articles.text import NotText
from qa.answers import Citation, Quote, Status
from tui.chat.source.paged_text import SourceText, open_text
from tui.chat.source_file import Memory


@dataclass
class Repeated:
    """A unit of bytes many times over, never held at once."""

    unit: bytes
    times: int
    read_by: dict[str, int] = field(default_factory=dict)
    """Bytes that each thread read."""

    @property
    def size(self) -> int:
        return len(self.unit) * self.times

    def read(self, start: int, end: int) -> bytes:
        end = min(end, self.size)
        thread = threading.current_thread().name
        self.read_by[thread] = self.read_by.get(thread, 0) + max(0, end - start)
        first, last = start // len(self.unit), -(-end // len(self.unit))
        data = self.unit * (last - first)
        return data[start - first * len(self.unit) : end - first * len(self.unit)]

    @property
    def read_here(self) -> int:
        """Bytes that this thread read."""
        return self.read_by.get(threading.current_thread().name, 0)


def scanned(data: bytes) -> SourceText:
    text = open_text(Memory(data))
    assert not isinstance(text, NotText)
    for _ in text.scan():
        pass
    return text


def quote(text: str, words: str, start: int = 0) -> Quote:
    """Quote the first such words from a place on, lines and columns counted by hand."""
    at = text.index(words, start)
    last = at + len(words) - 1
    (line, column), (end_line, end_column) = ((_line(text, one)) for one in (at, last))
    return Quote(words, line, column, end_line, end_column)


def _line(text: str, at: int) -> tuple[int, int]:
    before = text[:at].split("\n")
    return len(before), len(before[-1]) + 1


def citation(
    file: str, text: str, sentence: str, answer: str, status: Status = Status.UNCHANGED
) -> Citation:
    return Citation(
        path="news/port.txt",
        file=file,
        status=status,
        answer=quote(text, answer, text.index(sentence)),
        sentence=quote(text, sentence),
        title="The port",
        dates=(date(2008, 7, 8),),
    )
