"""A reader that reads no passage twice for one question."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.articles.passages import Passage
from qa.reader.protocol import Candidate, Reader

MOST = 512
"""Questions over one passage each that are remembered: 64 questions over 8 passages."""

_Read = tuple[str, Passage]


@dataclass(frozen=True)
class CachingReader:
    """Asks another reader only what it has not read, or has forgotten since."""

    reader: Reader
    most: int = MOST
    _read: "OrderedDict[_Read, tuple[Candidate, ...]]" = field(default_factory=OrderedDict)
    """The least recently used first."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Give the spans that may answer a question, the best first, as the reader gives them."""
        new = [one for one in dict.fromkeys(passages) if (question, one) not in self._read]
        found: dict[_Read, list[Candidate]] = {(question, one): [] for one in new}
        for candidate in self.reader.read(question, new) if new else ():
            found[question, new[candidate.passage]].append(candidate)
        self._read.update({key: tuple(candidates) for key, candidates in found.items()})
        candidates = [
            replace(candidate, passage=index)
            for index, passage in enumerate(passages)
            for candidate in self._remembered((question, passage))
        ]
        while len(self._read) > self.most:
            self._read.popitem(last=False)
        return sorted(candidates, key=lambda candidate: -candidate.margin)

    def _remembered(self, key: _Read) -> tuple[Candidate, ...]:
        self._read.move_to_end(key)
        return self._read[key]
