"""Citations made of plain text."""

from datetime import date

from qa.answers import Citation, Quote, Status


def quote(text: str, words: str, start: int = 0) -> Quote:
    """Quote the first such words from an offset on, lines and columns counted by hand."""
    at = text.index(words, start)
    last = at + len(words) - 1
    (line, column), (end_line, end_column) = ((_line(text, offset)) for offset in (at, last))
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
