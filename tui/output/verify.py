"""Find recorded quotes again in their files as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.files import Contents, Root, Skipped, read
from qa.answers import Status
from qa.citations import QuoteStatus, find_again
from tui.output.quote_records import QuoteRecord

_MAX_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Verified:
    """A quote, and where it is now."""

    record: QuoteRecord
    now: QuoteStatus

    @property
    def status(self) -> Status:
        """What became of the quote."""
        return self.now.status

    @property
    def is_unchanged(self) -> bool:
        """Whether it is exactly where its record says."""
        return self.status is Status.UNCHANGED


def verify(records: Sequence[QuoteRecord]) -> list[Verified]:
    """Find each quote again. Each file is read once, and only if it is a regular file."""
    files: dict[str, Contents | Skipped] = {}
    verified = []
    for record in records:
        if record.file not in files:
            files[record.file] = read(Root(record.file, record.file), "", _MAX_BYTES)
        now = find_again(files[record.file], record.answer, record.sentence)
        verified.append(Verified(record, now))
    return verified
