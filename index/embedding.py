"""Giving every passage its vector: taken over where its text was embedded before, else made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from index.assembly import Assembly
from index.embedded import EmbeddedLog, Vector
from index.encoder import PassageEncoder, Vectors
from index.generation import Generation

BATCH = 32
"""Passages embedded at a time."""


@dataclass
class Embedding:
    """The vectors of an assembly's wanted passages, as they come."""

    known: dict[bytes, Vector] = field(default_factory=dict)
    embedded: int = 0
    """Passages that went through the model."""
    reused: int = 0
    """Passages of fresh articles whose vectors were there already."""

    def run(
        self,
        assembly: Assembly,
        encoder: PassageEncoder,
        log: EmbeddedLog,
        last: Sequence[Generation],
    ) -> Iterator[tuple[int, int]]:
        """Find or make the vector of each wanted passage; yields how many of how many are made."""
        texts = {wanted.key: wanted.text for wanted in assembly.wanted}
        logged = log.read()
        self.known = {key: logged[key] for key in texts if key in logged}
        for generation in last:
            self._take_over(texts, generation)
        missing = [key for key in texts if key not in self.known]
        self.reused = len(assembly.wanted) - len(missing)
        if not missing:
            return
        log.restart(logged)
        yield 0, len(missing)
        for keys in batches([texts[key] for key in missing], missing, encoder):
            vectors = encoder.encode([texts[key] for key in keys])
            log.append(keys, vectors)
            self.known.update(zip(keys, vectors, strict=True))
            self.embedded += len(keys)
            yield self.embedded, len(missing)

    def vectors(self, assembly: Assembly, last: Sequence[Generation], dimension: int) -> Vectors:
        """Put the vectors of all passages together; shape (passages, dimension)."""
        rows = np.zeros((assembly.passage_count, dimension), dtype=np.float32)
        for generation in last:
            for kept in assembly.kept:
                rows[kept.rows.start : kept.rows.stop] = generation.vectors.rows(kept.last_rows)
        for wanted in assembly.wanted:
            rows[wanted.row] = self.known[wanted.key]
        return rows

    def _take_over(self, texts: dict[bytes, str], generation: Generation) -> None:
        rows = {key: row for key, row in generation.catalog.passage_keys() if key in texts}
        if rows:
            vectors = generation.vectors.rows(list(rows.values()))
            self.known.update(zip(rows, vectors, strict=True))


def batches(
    texts: Sequence[str], keys: Sequence[bytes], encoder: PassageEncoder
) -> Iterator[list[bytes]]:
    """Yield the keys of texts of like length together, the longest first, so padding is little."""
    lengths = encoder.count(texts)
    order = sorted(range(len(texts)), key=lambda i: -lengths[i])
    for start in range(0, len(order), BATCH):
        yield [keys[i] for i in order[start : start + BATCH]]
