"""Find recorded quotes again in their files as they are now."""

from collections.abc import Sequence

from index.articles.files import Contents, Root, Skipped, read
from qa.citations import QuoteStatus, find_again
from tui.output.quote_records import QuoteRecord

_MAX_BYTES = 1 << 30


Verified = tuple[QuoteRecord, QuoteStatus]
"""A quote as it was exported, and where it is now."""


def verify(records: Sequence[QuoteRecord]) -> list[Verified]:
    """Find each quote again. Each file is read once, and only if it is a regular file."""
    files: dict[str, Contents | Skipped] = {}
    verified = []
    for record in records:
        if record.file not in files:
            files[record.file] = read(Root(record.file, record.file), "", _MAX_BYTES)
        now = find_again(files[record.file], record.answer, record.sentence)
        verified.append((record, now))
    return verified
