"""Recorded quotes, looked for again in their files as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.files import Contents, Root, Skipped, read
from qa.answers import Status
from qa.citations import QuoteStatus, find_again
from tui.output.quote_records import QuoteRecord

_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Verified:
    """A quote, and how it stands now."""

    record: QuoteRecord
    standing: QuoteStatus

    @property
    def stands_there(self) -> bool:
        """Whether it stands where its record says, letter for letter."""
        return self.standing.status is Status.UNCHANGED


def verify(records: Sequence[QuoteRecord]) -> tuple[Verified, ...]:
    """Find each quote again; a file is read once, and only if it is a regular one."""
    files: dict[str, Contents | Skipped] = {}
    verified = []
    for one in records:
        if one.file not in files:
            files[one.file] = read(Root(one.file, one.file), "", _MOST_BYTES)
        verified.append(Verified(one, find_again(files[one.file], one.answer, one.sentence)))
    return tuple(verified)
