"""Articles in parts of about equal size, by a hash of their paths that never changes."""

import hashlib
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One of several parts of all articles."""

    number: int
    """From 0."""
    count: int

    def has(self, path: str) -> bool:
        """Return whether an article, by its absolute path, belongs to this part."""
        return self.count == 1 or part_of(path, self.count) == self.number


WHOLE = Part(0, 1)
"""All articles."""


def part_of(path: str, count: int) -> int:
    """Return the number, from 0, of the part that an article belongs to."""
    digest = hashlib.sha256(os.fsencode(path)).digest()
    return int.from_bytes(digest[:8], "big") % count
