"""The vectors of a segment as they are: rows of half-precision floats in a plain file.

Rounding to half precision changes a cosine by some 1e-5; bfloat16 models differ by more.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from index.disk.durable_files import write_all
from index.errors import IndexDamaged, IndexUnreadable, reason_of
from index.models.passage_encoder import Vectors

STORED = np.dtype("<f2")
_CHUNK = 8192
"""Rows."""


@dataclass(frozen=True)
class VectorFile:
    """An opened file of rows; read where asked for, never mapped.

    A mapped file that is cut short kills the process.
    """

    path: Path
    descriptor: int
    dimension: int

    @classmethod
    def open(cls, path: Path, dimension: int) -> "VectorFile":
        """Open a written file. Raises IndexDamaged, as IndexUnreadable where it is there."""
        try:
            return cls(path, os.open(path, os.O_RDONLY | os.O_CLOEXEC), dimension)
        except FileNotFoundError as error:
            raise _damaged(path) from error
        except OSError as error:
            raise IndexUnreadable(str(path), reason_of(error)) from error

    def __len__(self) -> int:
        return os.fstat(self.descriptor).st_size // self._width

    def read(self, rows: range) -> Vectors:
        """Give a run of rows; shape (rows, dimension)."""
        data = np.frombuffer(self.stored_bytes(rows), STORED).reshape(-1, self.dimension)
        return data.astype(np.float32)

    def pick(self, rows: Sequence[int]) -> Vectors:
        """Give rows in the order asked for; shape (rows, dimension)."""
        data = b"".join(map(self.stored_bytes, runs_of(rows)))
        return np.frombuffer(data, STORED).reshape(-1, self.dimension).astype(np.float32)

    def stored_bytes(self, rows: range) -> bytes:
        """Give the bytes of a run of rows.

        Raises IndexDamaged where the file is cut short, IndexUnreadable where it cannot be read.
        """
        size = len(rows) * self._width
        data = self._part(size, rows.start * self._width)
        while len(data) < size:
            more = self._part(size - len(data), rows.start * self._width + len(data))
            if not more:
                raise _damaged(self.path)
            data += more
        return data

    def _part(self, size: int, at: int) -> bytes:
        try:
            return os.pread(self.descriptor, size, at)
        except OSError as error:
            raise IndexUnreadable(str(self.path), reason_of(error)) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self.descriptor)

    @property
    def _width(self) -> int:
        return STORED.itemsize * self.dimension


def runs_of(rows: Sequence[int]) -> list[range]:
    """Cut rows into runs of one after another."""
    found: list[range] = []
    for row in rows:
        if found and found[-1].stop == row:
            found[-1] = range(found[-1].start, row + 1)
        else:
            found.append(range(row, row + 1))
    return found


def chunks(rows: range) -> list[range]:
    """Cut a run of rows into runs that may be held in memory."""
    starts = range(rows.start, rows.stop, _CHUNK)
    return [range(start, min(start + _CHUNK, rows.stop)) for start in starts]


@dataclass
class VectorWriter:
    """A file of rows that is being written, in any order; rows never put are zeros."""

    path: Path
    dimension: int = 0
    """Of the vectors; 0 until some are put."""

    def put(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Write vectors of shape (rows, dimension). Raises OSError where the disk is full."""
        self.dimension = vectors.shape[1]
        stored = np.ascontiguousarray(vectors, dtype=STORED)
        width = STORED.itemsize * self.dimension
        if isinstance(rows, range):
            write_all(self._descriptor, stored.tobytes(), rows.start * width)
            return
        for row, vector in zip(rows, stored, strict=True):
            write_all(self._descriptor, vector.tobytes(), row * width)

    def get(self, row: int) -> Vectors:
        """Give a row that was put; shape (1, dimension)."""
        width = STORED.itemsize * self.dimension
        data = os.pread(self._descriptor, width, row * width)
        return np.frombuffer(data, STORED)[None, :].astype(np.float32)

    def finish(self, rows: int) -> None:
        """Make it so many rows long, and wait until the disk has them."""
        os.ftruncate(self._descriptor, rows * STORED.itemsize * self.dimension)
        os.fsync(self._descriptor)
        self.close()

    def close(self) -> None:
        """Let the file go, as far as it was written."""
        if "_descriptor" in self.__dict__:
            os.close(self.__dict__.pop("_descriptor"))

    @cached_property
    def _descriptor(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        return os.open(self.path, flags, 0o600)


def _damaged(path: Path) -> IndexDamaged:
    return IndexDamaged(f"{path} cannot be read as vectors; run `byline index --full`")
