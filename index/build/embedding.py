"""Vectors for the fresh passages: reused if their text was embedded before, else computed.

Vectors are written to disk batch by batch, so that no more than a batch is in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.build.embedding_log import EmbeddingLog, LoggedVectors
from index.build.staging import Draft
from index.models.passage_encoder import PassageEncoder, Vectors
from index.search.vector_file import Ids, VectorWriter
from index.storage.generation import Generation
from index.storage.passage_table import AT_ONCE

BATCH = 32
"""Passages embedded at a time."""

_KEY = 32

Put = Callable[[Sequence[int], Vectors], None]
"""Writes the vectors of some fresh passages to their rows."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of all fresh passages, concatenated; a passage is known by its index, from 0."""

    data: bytes

    def __len__(self) -> int:
        return len(self.data) // _KEY

    def of(self, index: int) -> bytes:
        """Return the key of a fresh passage."""
        return self.data[_KEY * index : _KEY * (index + 1)]

    def first_of_each(self) -> Ids:
        """Return, for each passage, the first one that is embedded as the same text."""
        keys = np.frombuffer(self.data, dtype=f"S{_KEY}")
        _, first, group = np.unique(keys, return_index=True, return_inverse=True)
        return np.asarray(first[group], dtype=np.int64)


@dataclass
class Embedder:
    """Finds or computes the vectors of a draft's fresh passages."""

    draft: Draft
    encoder: PassageEncoder
    embedded: int = 0
    """Passages that the model embedded."""
    reused: int = 0
    """Passages whose vectors existed already."""

    def run(self, writer: VectorWriter, rows: Ids, log: EmbeddingLog) -> Iterator[tuple[int, int]]:
        """Write the vector of each fresh passage to its row; yields the numbers done and in total.

        `rows` has the row of each fresh passage.
        """

        def put(indexes: Sequence[int], vectors: Vectors) -> None:
            writer.put(rows[indexes].tolist(), vectors)

        draft = self.draft
        keys = _Keys(b"".join(draft.writer.keys(draft.fresh)) if draft.fresh else b"")
        firsts = keys.first_of_each()
        missing = np.unique(firsts)
        if draft.previous is not None:
            missing = _reuse_indexed(keys, missing, draft.previous, put)
        log.gather()
        logged = log.read()
        missing = _reuse_logged(keys, missing, log, logged, put)
        self.reused = len(keys) - len(missing)
        if len(missing):
            log.restart(logged.length)
            yield 0, len(missing)
        for batch in self._batches(missing):
            vectors = self.encoder.encode(self._texts(batch))
            log.append([keys.of(index) for index in batch], vectors)
            put(batch, vectors)
            self.embedded += len(batch)
            yield self.embedded, len(missing)
        for index in np.flatnonzero(firsts != np.arange(len(firsts))).tolist():
            put([index], writer.get(int(rows[firsts[index]])))

    def _batches(self, indexes: Ids) -> Iterator[list[int]]:
        lengths = np.zeros(len(indexes), dtype=np.int32)
        for start in range(0, len(indexes), AT_ONCE):
            texts = self._texts(indexes[start : start + AT_ONCE].tolist())
            lengths[start : start + AT_ONCE] = self.encoder.count(texts)
        for batch in batches_by_length(lengths):
            yield indexes[batch].tolist()

    def _texts(self, indexes: Sequence[int]) -> list[str]:
        first = self.draft.fresh.start
        return self.draft.texts([first + index for index in indexes])


def batches_by_length(lengths: NDArray[np.int32]) -> Iterator[Ids]:
    """Yield batches of indexes of texts of similar length, the longest first: less padding."""
    order = np.argsort(-lengths, kind="stable")
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def _reuse_indexed(keys: _Keys, indexes: Ids, previous: Generation, put: Put) -> Ids:
    """Put the vectors that a generation has; return the indexes of the others."""
    missing = []
    for index in indexes.tolist():
        passage = previous.catalog.find_by_key(keys.of(index))
        if passage is None:
            missing.append(index)
        else:
            put([index], previous.vectors.rows([passage]))
    return np.array(missing, dtype=np.int64)


def _reuse_logged(
    keys: _Keys, indexes: Ids, log: EmbeddingLog, logged: LoggedVectors, put: Put
) -> Ids:
    """Put the vectors that the log has; return the indexes of the others."""
    known = [index for index in indexes.tolist() if keys.of(index) in logged.offsets]
    for start in range(0, len(known), AT_ONCE):
        part = known[start : start + AT_ONCE]
        put(part, log.vectors([logged.offsets[keys.of(index)] for index in part]))
    return np.setdiff1d(indexes, np.array(known, dtype=np.int64))
