"""The vectors that a build has finished, kept on disk so that a killed build loses none."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.files import replace_synced

Vector = NDArray[np.float32]
"""Shape (dimension,), of length 1."""

_KEY = 32
_NUMBER = struct.Struct("<I")


@dataclass(frozen=True)
class EmbeddedLog:
    """A file of records (dimension, key, vector, check sum); a kill may cut the last one short."""

    path: Path

    def read(self) -> dict[bytes, Vector]:
        """Read the vectors by key, up to the first record that is not whole."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        found = {}
        start = 0
        while start + _NUMBER.size <= len(data):
            (dimension,) = _NUMBER.unpack_from(data, start)
            end = start + _NUMBER.size + _KEY + 4 * dimension
            body = data[start:end]
            if end + _NUMBER.size > len(data) or _NUMBER.unpack_from(data, end)[0] != zlib.crc32(
                body
            ):
                break
            key = body[_NUMBER.size : _NUMBER.size + _KEY]
            found[key] = np.frombuffer(body, dtype="<f4", offset=_NUMBER.size + _KEY)
            start = end + _NUMBER.size
        return found

    def restart(self, kept: Mapping[bytes, Vector]) -> None:
        """Begin the file anew, in one step, with only the records that were whole."""
        self.path.parent.mkdir(exist_ok=True)
        replace_synced(self.path, b"".join(_record(*one) for one in kept.items()))

    def append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Add finished vectors of shape (keys, dimension); a kill afterwards does not lose them."""
        records = [_record(*one) for one in zip(keys, vectors, strict=True)]
        with self.path.open("ab", buffering=0) as file:
            file.write(b"".join(records))

    def delete(self) -> None:
        """Delete the file, once an index holds its vectors, and those of builds never finished."""
        for path in self.path.parent.glob("*"):
            path.unlink()


def _record(key: bytes, vector: Vector) -> bytes:
    body = _NUMBER.pack(len(vector)) + key + vector.astype("<f4").tobytes()
    return body + _NUMBER.pack(zlib.crc32(body))
