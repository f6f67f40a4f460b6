"""The vectors that a build has finished, kept on disk so that a killed build loses none."""

import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from index.disk.durable_files import sync_file, write_all
from index.models.passage_encoder import Vectors
from index.search.vector_file import STORED

_KEY = 32
_NUMBER = struct.Struct("<I")
_MOST_DIMENSIONS = 1 << 16


@dataclass(frozen=True, slots=True)
class Logged:
    """What a log holds, as far as it is whole."""

    places: Mapping[bytes, int]
    """Where the record of each key begins."""
    length: int
    """Bytes of all whole records."""


@dataclass(frozen=True)
class EmbeddedLog:
    """A file of records (dimension, key, vector, check sum); a kill may cut the last one short."""

    path: Path

    def read(self) -> Logged:
        """Look where each key's vector is, up to the first record that is not whole."""
        places: dict[bytes, int] = {}
        length = 0
        try:
            with self.path.open("rb") as file:
                for body in _records(file):
                    places[body[_NUMBER.size : _NUMBER.size + _KEY]] = length
                    length += len(body) + _NUMBER.size
        except FileNotFoundError:
            pass
        return Logged(places, length)

    def vectors(self, places: Sequence[int]) -> Vectors:
        """Give the vectors of the records at some places; shape (places, dimension)."""
        found = []
        with self.path.open("rb") as file:
            for place in places:
                file.seek(place)
                body = next(_records(file))
                found.append(np.frombuffer(body, STORED, offset=_NUMBER.size + _KEY))
        return np.asarray(found, dtype=np.float32)

    def restart(self, logged: Logged) -> None:
        """Cut off what is not whole, so that more can follow."""
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("ab") as file:
            file.truncate(logged.length)
            os.fsync(file.fileno())
        sync_file(self.path.parent)

    def append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Add finished vectors of shape (keys, dimension); a kill afterwards does not lose them."""
        records = [_record(*one) for one in zip(keys, vectors, strict=True)]
        with self.path.open("ab", buffering=0) as file:
            write_all(file.fileno(), b"".join(records))

    def delete(self) -> None:
        """Delete the file, once an index holds its vectors, and those of builds never finished."""
        for path in self.path.parent.glob("*"):
            path.unlink()


def _records(file: BinaryIO) -> Iterator[bytes]:
    """Yield whole records without their check sums."""
    while len(head := file.read(_NUMBER.size)) == _NUMBER.size:
        (dimension,) = _NUMBER.unpack(head)
        if dimension > _MOST_DIMENSIONS:
            return
        body = head + file.read(_KEY + STORED.itemsize * dimension)
        check = file.read(_NUMBER.size)
        if check != _NUMBER.pack(zlib.crc32(body)):
            return
        yield body


def _record(key: bytes, vector: Vectors) -> bytes:
    body = _NUMBER.pack(len(vector)) + key + vector.astype(STORED).tobytes()
    return body + _NUMBER.pack(zlib.crc32(body))
