"""The vectors of a segment: rows of half-precision floats in a plain file.

Rounding to half precision changes a cosine by some 1e-5; bfloat16 models differ by more.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.disk.durable_files import write_all
from index.errors import IndexDamaged, IndexUnreadable, reason_of
from index.models.passage_encoder import Vectors

STORED = np.dtype("<f2")
_CHUNK = 8192
"""Rows."""

Ids = NDArray[np.int64]


class VectorFile:
    """An open file of vectors; rows are read when asked for, never mapped.

    A mapped file that is cut short kills the process.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        """Open a file. Raises IndexDamaged if it is missing, IndexUnreadable if refused."""
        self.path, self.dimension = path, dimension
        try:
            self.descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise _damaged(path) from error
        except OSError as error:
            raise IndexUnreadable(str(path), reason_of(error)) from error

    def __len__(self) -> int:
        return os.fstat(self.descriptor).st_size // self._row_size

    def read(self, rows: range) -> Vectors:
        """Return consecutive rows; shape (rows, dimension)."""
        return self._decoded(self.stored_bytes(rows))

    def pick(self, rows: Sequence[int]) -> Vectors:
        """Return rows in the order given; shape (rows, dimension)."""
        runs = joined(range(row, row + 1) for row in rows)
        return self._decoded(b"".join(map(self.stored_bytes, runs)))

    def chunks(self, runs: Iterable[range]) -> Iterator[tuple[Ids, Vectors]]:
        """Yield the numbers and the vectors of rows, a chunk at a time."""
        for run in runs:
            for chunk in chunks(run):
                yield np.arange(chunk.start, chunk.stop), self.read(chunk)

    def stored_bytes(self, rows: range) -> bytes:
        """Return the bytes of consecutive rows.

        Raises IndexDamaged if the file is cut short, IndexUnreadable if it cannot be read.
        """
        start, size = rows.start * self._row_size, len(rows) * self._row_size
        data = b""
        try:
            while len(data) < size:
                if not (more := os.pread(self.descriptor, size - len(data), start + len(data))):
                    raise _damaged(self.path)
                data += more
        except OSError as error:
            raise IndexUnreadable(str(self.path), reason_of(error)) from error
        return data

    def _decoded(self, data: bytes) -> Vectors:
        return np.frombuffer(data, STORED).reshape(-1, self.dimension).astype(np.float32)

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)

    @property
    def _row_size(self) -> int:
        return STORED.itemsize * self.dimension


def joined(runs: Iterable[range]) -> list[range]:
    """Join each run to the one before it if it begins where that one ends."""
    found: list[range] = []
    for run in runs:
        if found and found[-1].stop == run.start:
            found[-1] = range(found[-1].start, run.stop)
        else:
            found.append(run)
    return found


def chunks(rows: range) -> list[range]:
    """Cut consecutive rows into chunks that fit in memory."""
    starts = range(rows.start, rows.stop, _CHUNK)
    return [range(start, min(start + _CHUNK, rows.stop)) for start in starts]


def exact_best(candidates: Iterable[tuple[Ids, Vectors]], questions: Vectors, limit: int) -> Ids:
    """Compare all candidates, which come in chunks, with all questions.

    Returns the ids of the candidates most similar to each question, in no particular order; shape
    (questions, at most `limit`).
    """
    best = np.zeros((len(questions), 0), dtype=np.float32)
    best_ids = np.zeros((len(questions), 0), dtype=np.int64)
    for ids, vectors in candidates:
        best = np.concatenate([best, questions @ vectors.T], axis=1)
        repeated = np.broadcast_to(ids, (len(questions), len(ids)))
        best_ids = np.concatenate([best_ids, repeated], axis=1)
        if best.shape[1] > limit:
            order = np.argpartition(-best, limit - 1, axis=1)[:, :limit]
            best = np.take_along_axis(best, order, axis=1)
            best_ids = np.take_along_axis(best_ids, order, axis=1)
    return best_ids


class VectorWriter:
    """A file of vectors being written, in any order; rows that are never put are zeros."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dimension = 0
        """Of the vectors; 0 until some are put."""
        self._opened: int | None = None
        """The file's descriptor; None until it is needed, and after `close`."""

    def put(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Write vectors of shape (rows, dimension). Raises OSError if the disk is full."""
        self.dimension = vectors.shape[1]
        stored = np.ascontiguousarray(vectors, dtype=STORED)
        if isinstance(rows, range):
            write_all(self._descriptor, stored.tobytes(), rows.start * self._row_size)
            return
        for row, vector in zip(rows, stored, strict=True):
            write_all(self._descriptor, vector.tobytes(), row * self._row_size)

    def get(self, row: int) -> Vectors:
        """Return a row that was put; shape (1, dimension)."""
        data = os.pread(self._descriptor, self._row_size, row * self._row_size)
        return np.frombuffer(data, STORED)[None, :].astype(np.float32)

    def finish(self, rows: int) -> None:
        """Set the file's length in rows, wait until the disk has it, and close it."""
        os.ftruncate(self._descriptor, rows * self._row_size)
        os.fsync(self._descriptor)
        self.close()

    def close(self) -> None:
        """Close the file, as far as it was written."""
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None

    @property
    def _row_size(self) -> int:
        return STORED.itemsize * self.dimension

    @property
    def _descriptor(self) -> int:
        if self._opened is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._opened = os.open(self.path, flags, 0o600)
        return self._opened


def _damaged(path: Path) -> IndexDamaged:
    return IndexDamaged(f"{path} cannot be read as vectors; run `byline index --full`")
