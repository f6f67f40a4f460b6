"""Giving every fresh passage its vector: taken over where its text was embedded before, else made.

Vectors go to the disk as they come, so that no more than a batch of them is held.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.build.embedding_log import EmbeddedLog
from index.build.staging import AT_ONCE, Draft
from index.models.passage_encoder import PassageEncoder, Vectors
from index.search.vector_file import VectorWriter
from index.storage.generation import Generation

BATCH = 32
"""Passages embedded at a time."""

_KEY = 32

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of all fresh passages, one after another."""

    data: bytes

    def __len__(self) -> int:
        return len(self.data) // _KEY

    def of(self, place: int) -> bytes:
        """Give the key of the fresh passage at a place, from 0."""
        return self.data[_KEY * place : _KEY * (place + 1)]

    def leaders(self) -> Ints:
        """Give, for each passage, the first that is embedded as the same text."""
        if not self.data:
            return np.zeros(0, dtype=np.int64)
        keys = np.frombuffer(self.data, dtype=f"S{_KEY}")
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        return np.asarray(first[group], dtype=np.int64)


@dataclass
class Embedding:
    """The vectors of a draft's fresh passages, as they come."""

    draft: Draft
    encoder: PassageEncoder
    embedded: int = 0
    """Passages that went through the model."""
    reused: int = 0
    """Passages whose vectors were there already."""

    def run(
        self, rows: VectorWriter, places: Ints, log: EmbeddedLog, last: Sequence[Generation]
    ) -> Iterator[tuple[int, int]]:
        """Find or make the vector of each fresh passage and put it among the rows.

        `places` has the row of each. Yields how many of how many are made.
        """
        keys = self._keys()
        leaders = keys.leaders()
        target = _Target(rows, places)
        missing = np.unique(leaders)
        for generation in last:
            missing = _take_over(keys, missing, generation, target)
        logged = log.read()
        missing = _take_logged(keys, missing, log, logged.places, target)
        self.reused = len(keys) - len(missing)
        if len(missing):
            log.restart(logged)
            yield 0, len(missing)
        for batch in self._batches(missing):
            vectors = self.encoder.encode(self._texts(batch))
            log.append([keys.of(place) for place in batch], vectors)
            target.put(batch, vectors)
            self.embedded += len(batch)
            yield self.embedded, len(missing)
        for place in np.flatnonzero(leaders != np.arange(len(leaders))).tolist():
            target.copy(int(leaders[place]), place)

    def _keys(self) -> _Keys:
        if not self.draft.fresh:
            return _Keys(b"")
        return _Keys(b"".join(self.draft.writer.keys(self.draft.fresh)))

    def _batches(self, places: Ints) -> Iterator[list[int]]:
        """Yield passages of like length together, the longest first, so that padding is little."""
        lengths = np.zeros(len(places), dtype=np.int32)
        for start in range(0, len(places), AT_ONCE):
            texts = self._texts(places[start : start + AT_ONCE].tolist())
            lengths[start : start + AT_ONCE] = self.encoder.count(texts)
        for batch in batches_by_length(lengths):
            yield places[batch].tolist()

    def _texts(self, places: Sequence[int]) -> list[str]:
        first = self.draft.fresh.start
        return self.draft.texts([first + place for place in places])


@dataclass(frozen=True, slots=True)
class _Target:
    """The rows of the fresh passages."""

    rows: VectorWriter
    places: Ints
    """Row of each."""

    def put(self, fresh: Sequence[int], vectors: Vectors) -> None:
        self.rows.put(self.places[fresh].tolist(), vectors)

    def copy(self, source: int, target: int) -> None:
        self.put([target], self.rows.get(int(self.places[source])))


def batches_by_length(lengths: NDArray[np.int32]) -> Iterator[Ints]:
    """Yield the indexes of texts of like length together, the longest first."""
    order = np.argsort(-lengths, kind="stable")
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def _take_over(keys: _Keys, places: Ints, generation: Generation, target: _Target) -> Ints:
    """Put the vectors that a generation has; gives the places of the others."""
    missing = []
    for place in places.tolist():
        for passage in generation.catalog.ids_of(keys.of(place)):
            target.put([place], generation.vectors.rows([passage]))
            break
        else:
            missing.append(place)
    return np.array(missing, dtype=np.int64)


def _take_logged(
    keys: _Keys, places: Ints, log: EmbeddedLog, logged: Mapping[bytes, int], target: _Target
) -> Ints:
    """Put the vectors that the log has; gives the places of the others."""
    known = [place for place in places.tolist() if keys.of(place) in logged]
    for start in range(0, len(known), AT_ONCE):
        part = known[start : start + AT_ONCE]
        target.put(part, log.vectors([logged[keys.of(place)] for place in part]))
    return np.setdiff1d(places, np.array(known, dtype=np.int64))
