"""A reader that reads no passage twice for the same question."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from index.articles.passages import Passage
from qa.reader.protocol import Candidate, Reader

CACHE_SIZE = 512
"""Pairs of a question and a passage: 64 questions over 8 passages."""

_Key = tuple[str, Passage]


class CachingReader:
    """Caches another reader's candidates; the least recently used are dropped first."""

    def __init__(self, reader: Reader, size: int = CACHE_SIZE) -> None:
        self.reader = reader
        self.size = size
        self._cache: OrderedDict[_Key, list[Candidate]] = OrderedDict()

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Return the candidates that the reader would return, best first."""
        new = [item for item in dict.fromkeys(passages) if (question, item) not in self._cache]
        found: dict[_Key, list[Candidate]] = {(question, item): [] for item in new}
        for candidate in self.reader.read(question, new) if new else ():
            found[question, new[candidate.passage]].append(candidate)
        self._cache.update(found)
        candidates = [
            replace(candidate, passage=index)
            for index, passage in enumerate(passages)
            for candidate in self._cached((question, passage))
        ]
        while len(self._cache) > self.size:
            self._cache.popitem(last=False)
        return sorted(candidates, key=lambda candidate: -candidate.margin)

    def _cached(self, key: _Key) -> list[Candidate]:
        self._cache.move_to_end(key)
        return self._cache[key]
