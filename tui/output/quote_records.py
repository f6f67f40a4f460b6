"""The quotes of an exported conversation, as a machine finds them in the Markdown.

Each is an HTML comment on a line of its own, which no viewer shows:

    <!-- byline-quote {"file":"/home/me/news/port.txt","path":"news/port.txt","answer":{…},…} -->

The object is that of `QuoteRecord`: the absolute path, the path as it is shown to people, the
answer and its whole sentence, each letter for letter with its line and column, from 1. It is JSON
in ASCII, in which `<`, `>` and every second `-` are escaped, so that no quote can end the comment.
Other text of the file cannot be such a line, since each `<` in it stands behind a backslash or
within a code span.
"""

import re
from dataclasses import dataclass

from index.disk.json_lines import LineDecoder, encode_line
from index.errors import BadRequest
from qa.answers import Citation, Quote, answer_offset

_LINE = re.compile(rb"[ \t]*<!-- byline-quote (?P<record>.*) -->[ \t]*\r?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """Where words are said to stand."""

    file: str
    """Absolute path."""
    path: str
    """As people were shown it."""
    answer: Quote
    sentence: Quote


_decoder: LineDecoder[QuoteRecord] = LineDecoder(QuoteRecord)


def record_line(citation: Citation) -> str:
    """Give the line that records where a citation's words stand."""
    record = QuoteRecord(citation.file, citation.path, citation.answer, citation.sentence)
    line = encode_line(record).replace("<", "\\u003c").replace(">", "\\u003e")
    return "<!-- byline-quote " + line.replace("--", "-\\u002d") + " -->"


def read_records(markdown: bytes) -> tuple[QuoteRecord, ...]:
    """Read the records of an export, in order. Raises BadRequest for a damaged one."""
    matches = ((at, _LINE.fullmatch(line)) for at, line in enumerate(markdown.split(b"\n"), 1))
    return tuple(_record(match["record"], number) for number, match in matches if match)


def _record(data: bytes, number: int) -> QuoteRecord:
    try:
        record = _decoder.decode(data)
    except ValueError as error:
        raise BadRequest(f"line {number} is a damaged record of a quote: {error}") from error
    start = answer_offset(record.sentence, record.answer)
    words = record.sentence.text[max(0, start) :][: len(record.answer.text)]
    if not words or words != record.answer.text:
        raise BadRequest(f"line {number} is a damaged record: its answer is not in its sentence")
    return record
