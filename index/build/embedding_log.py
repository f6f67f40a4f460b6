"""The vectors that a build has finished, kept on disk so that a killed build loses none."""

import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from index.disk.durable_files import sync_file, write_all
from index.models.passage_encoder import Vectors
from index.search.vector_file import STORED

_KEY = 32
_NUMBER = struct.Struct("<I")
_MAX_DIMENSIONS = 1 << 16
_PART = ".part"


@dataclass(frozen=True, slots=True)
class LoggedVectors:
    """The complete records of a log."""

    offsets: Mapping[bytes, int]
    """Where the record of each key begins."""
    length: int
    """Bytes of all complete records."""


@dataclass(frozen=True)
class EmbeddingLog:
    """A file of records (dimension, key, vector, checksum), of which the last may be cut short."""

    path: Path

    def part(self, name: str) -> "EmbeddingLog":
        """Return a log beside this one, for another process that embeds for the same build."""
        return EmbeddingLog(self.path.with_suffix(f".{name}{_PART}"))

    def gather(self) -> None:
        """Append the complete records of all parts, and delete them. Hold the writer's lock.

        Raises OSError. What a kill leaves twice is the same vector.
        """
        parts = sorted(self.path.parent.glob(f"{self.path.stem}.*{_PART}"))
        if parts:
            self.restart(self.read().length)
        for path in parts:
            with path.open("rb") as source, self.path.open("ab") as target:
                for body in _records(source):
                    target.write(body + _checksum(body))
                target.flush()
                os.fsync(target.fileno())
            path.unlink()

    def read(self) -> LoggedVectors:
        """Find each key's record, up to the first record that is incomplete or damaged."""
        offsets: dict[bytes, int] = {}
        length = 0
        with suppress(FileNotFoundError), self.path.open("rb") as file:
            for body in _records(file):
                offsets[body[_NUMBER.size : _NUMBER.size + _KEY]] = length
                length += len(body) + _NUMBER.size
        return LoggedVectors(offsets, length)

    def vectors(self, offsets: Sequence[int]) -> Vectors:
        """Return the vectors of the records at some offsets; shape (offsets, dimension)."""
        found = []
        with self.path.open("rb") as file:
            for offset in offsets:
                file.seek(offset)
                body = next(_records(file))
                found.append(np.frombuffer(body, STORED, offset=_NUMBER.size + _KEY))
        return np.asarray(found, dtype=np.float32)

    def restart(self, length: int) -> None:
        """Cut the file to the length of its complete records, so that more can follow."""
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(length)
            os.fsync(file.fileno())
        sync_file(self.path.parent)

    def append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Add vectors of shape (keys, dimension); a kill afterwards does not lose them.

        Raises OSError if the disk does not take all of them.
        """
        records = [_record(key, vector) for key, vector in zip(keys, vectors, strict=True)]
        with self.path.open("ab", buffering=0) as file:
            write_all(file.fileno(), b"".join(records))

    def delete(self) -> None:
        """Delete the file, once an index has its vectors, and the logs of unfinished builds."""
        for path in self.path.parent.glob("*"):
            path.unlink()


def _records(file: BinaryIO) -> Iterator[bytes]:
    """Yield complete records without their checksums."""
    while len(head := file.read(_NUMBER.size)) == _NUMBER.size:
        (dimension,) = _NUMBER.unpack(head)
        if dimension > _MAX_DIMENSIONS:
            return
        body = head + file.read(_KEY + STORED.itemsize * dimension)
        checksum = file.read(_NUMBER.size)
        if checksum != _checksum(body):
            return
        yield body


def _record(key: bytes, vector: Vectors) -> bytes:
    body = _NUMBER.pack(len(vector)) + key + vector.astype(STORED).tobytes()
    return body + _checksum(body)


def _checksum(body: bytes) -> bytes:
    return _NUMBER.pack(zlib.crc32(body))
