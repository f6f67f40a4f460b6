"""A reader that reads no passage twice for the same question."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from index.articles.passages import Passage
from qa.reader.protocol import Candidate, Reader

CACHE_SIZE = 512
"""Pairs of a question and a passage: 64 questions over 8 passages."""

_Key = tuple[str, Passage, str]
"""A question, a passage, and what is read above it."""


class CachingReader:
    """Caches another reader's candidates; the least recently used are dropped first."""

    def __init__(self, reader: Reader, size: int = CACHE_SIZE) -> None:
        self.reader = reader
        self.size = size
        self._cache: OrderedDict[_Key, list[Candidate]] = OrderedDict()

    def read(
        self, question: str, passages: Sequence[Passage], contexts: Sequence[str] = ()
    ) -> list[Candidate]:
        """Return the candidates that the reader would return, best first."""
        above = contexts or [""] * len(passages)
        keys = [
            (question, passage, context) for passage, context in zip(passages, above, strict=True)
        ]
        new = [key for key in dict.fromkeys(keys) if key not in self._cache]
        found: dict[_Key, list[Candidate]] = {key: [] for key in new}
        if new:
            _, unread, unread_contexts = zip(*new, strict=True)
            for candidate in self.reader.read(question, unread, unread_contexts):
                found[new[candidate.passage]].append(candidate)
        self._cache.update(found)
        candidates = [
            replace(candidate, passage=index)
            for index, key in enumerate(keys)
            for candidate in self._cached(key)
        ]
        while len(self._cache) > self.size:
            self._cache.popitem(last=False)
        return sorted(candidates, key=lambda candidate: -candidate.margin)

    def _cached(self, key: _Key) -> list[Candidate]:
        self._cache.move_to_end(key)
        return self._cache[key]
