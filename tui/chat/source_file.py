"""The bytes of an article that is shown, read piece by piece."""

import os
import weakref
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from index.articles.files import Root, Skipped, open_regular


class Bytes(Protocol):
    """Bytes of which any piece can be read."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` to before `end`, fewer where there are no more."""
        ...


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that are all there."""

    data: bytes

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.data)

    def read(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` to before `end`, fewer where there are no more."""
        return self.data[start:end]


class OpenFile:
    """An open regular file, closed when nobody holds this any more, on whichever thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        """Bytes when it was opened."""
        weakref.finalize(self, os.close, descriptor)

    def read(self, start: int, end: int) -> bytes:
        """Give the bytes from `start` to before `end`; fewer where it was cut short since."""
        try:
            return os.pread(self._descriptor, max(0, min(end, self.size) - start), start)
        except OSError:  # a disk that fails shows as an article that ends early
            return b""


def open_file(file: str) -> OpenFile | Skipped:
    """Open an article by its absolute path, following no link, not even of its folders."""
    path = PurePath(file)
    opened = open_regular(Root(str(path.parent), str(path.parent)), path.name)
    return opened if isinstance(opened, Skipped) else OpenFile(opened)
