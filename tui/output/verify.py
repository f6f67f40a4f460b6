"""Find recorded quotes again in their files as they are now."""

from collections.abc import Sequence

from index.articles.files import Root, Skipped, read
from index.articles.formats.reading import read_text
from index.articles.text import NotText, Text
from qa.citations import QuoteStatus, find_again
from tui.output.quote_records import QuoteRecord

_MAX_BYTES = 1 << 30


Verified = tuple[QuoteRecord, QuoteStatus]
"""A quote as it was exported, and where it is now."""


def verify(records: Sequence[QuoteRecord]) -> list[Verified]:
    """Find each quote again. Each file is read once, and only if it is a regular file."""
    texts: dict[str, Text | NotText | Skipped] = {}
    verified = []
    for record in records:
        if record.file not in texts:
            texts[record.file] = _text_of(record.file)
        now = find_again(texts[record.file], record.answer, record.sentence)
        verified.append((record, now))
    return verified


def _text_of(file: str) -> Text | NotText | Skipped:
    contents = read(Root(file, file), "", _MAX_BYTES)
    return contents if isinstance(contents, Skipped) else read_text(contents.data, file)
