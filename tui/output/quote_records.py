"""The quotes of an exported conversation, in a form that `byline verify` reads.

Each is an HTML comment on a separate line, which no viewer shows:

    <!-- byline-quote {"file":"/home/me/news/port.txt","path":"news/port.txt","answer":{…},…} -->

The object is a `QuoteRecord`: the absolute path, the path as shown, the answer and its sentence,
each verbatim with its line and column, from 1. It is ASCII JSON in which `<`, `>` and every second
`-` are escaped, so that no quote can end the comment. Other text of the file cannot be such a
line, since each `<` in it follows a backslash or is inside a code span.
"""

import re
from dataclasses import dataclass

from index.disk.json_lines import LineDecoder, encode_line
from index.errors import BadRequest
from qa.answers import Citation, Quote, answer_offset

_LINE = re.compile(rb"[ \t]*<!-- byline-quote (?P<record>.*) -->[ \t]*\r?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A quote, and where it was when it was exported."""

    file: str
    """Absolute path."""
    path: str
    """As it was shown."""
    answer: Quote
    sentence: Quote


_decoder: LineDecoder[QuoteRecord] = LineDecoder(QuoteRecord)


def record_line(citation: Citation) -> str:
    """Return the line that records a citation."""
    record = QuoteRecord(citation.file, citation.path, citation.answer, citation.sentence)
    line = encode_line(record).replace("<", "\\u003c").replace(">", "\\u003e")
    return "<!-- byline-quote " + line.replace("--", "-\\u002d") + " -->"


def read_records(markdown: bytes) -> list[QuoteRecord]:
    """Read the records of an export, in order. Raises BadRequest for a damaged one."""
    return [
        _record(match["record"], number)
        for number, line in enumerate(markdown.split(b"\n"), 1)
        if (match := _LINE.fullmatch(line))
    ]


def _record(data: bytes, number: int) -> QuoteRecord:
    try:
        record = _decoder.decode(data)
    except ValueError as error:
        raise BadRequest(f"line {number} is a damaged quote record: {error}") from error
    start = answer_offset(record.sentence, record.answer)
    answer = record.sentence.text[max(0, start) :][: len(record.answer.text)]
    if not answer or answer != record.answer.text:
        raise BadRequest(
            f"line {number} is a damaged quote record: its answer is not in its sentence"
        )
    return record
