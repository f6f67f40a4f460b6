"""Passage vectors in FAISS: exact inner product over rows of length 1, so similarity is cosine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.errors import IndexDamaged
from index.files import write_synced


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found."""

    passage: int
    """Id of the passage: its row among the vectors."""
    similarity: float
    """Cosine to the question, in [-1, 1]."""


@dataclass(frozen=True)
class VectorIndex:
    """The vectors of one generation."""

    faiss_index: Any

    @classmethod
    def open(cls, path: Path) -> "VectorIndex":
        """Read the vectors into memory. Raises IndexDamaged where FAISS cannot make sense of them.

        Not mapped: a mapped file that is cut short kills the process.
        """
        import faiss

        try:
            return cls(faiss.deserialize_index(np.fromfile(path, dtype=np.uint8)))
        except (RuntimeError, OSError) as error:
            raise IndexDamaged(
                f"{path} cannot be read as vectors; run `byline index --full`"
            ) from error

    def __len__(self) -> int:
        return int(self.faiss_index.ntotal)

    def search(self, vector: Vectors, most: int, within: Sequence[range] = ()) -> list[Hit]:
        """Find the passages most similar to one vector of shape (dimension,), best first.

        `within` keeps the search to these passage ids, before the cut; empty means everywhere.
        """
        import faiss

        if not len(self):
            return []
        parameters = None
        if within:
            allowed = np.concatenate([np.arange(ids.start, ids.stop) for ids in within])
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
        question = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        similarities, ids = self.faiss_index.search(
            question, min(most, len(self)), params=parameters
        )
        return [
            Hit(int(passage), min(1.0, max(-1.0, float(similarity))))
            for passage, similarity in zip(ids[0], similarities[0], strict=True)
            if passage >= 0
        ]

    def rows(self, ids: Sequence[int] | range) -> Vectors:
        """Give the vectors of some passages; shape (passages, dimension)."""
        if isinstance(ids, range):
            return np.asarray(self.faiss_index.reconstruct_n(ids.start, len(ids)), np.float32)
        return np.asarray(
            self.faiss_index.reconstruct_batch(np.asarray(ids, dtype=np.int64)), np.float32
        )


def write_vectors(path: Path, vectors: Vectors) -> None:
    """Write vectors of shape (passages, dimension), rows of length 1.

    FAISS reports a save on a full disk as done, so the bytes are written by us.
    """
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    write_synced(path, faiss.serialize_index(index).tobytes())
