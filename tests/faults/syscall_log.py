"""The log of the system calls with which a build changed a folder."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

_HEADER = struct.Struct("=bIIqq")


class Kind(IntEnum):
    """The kind of a call, as `trap.c` numbers it."""

    CREATE = 0
    WRITE = 1
    TRUNCATE = 2
    SYNC = 3
    RENAME = 4
    UNLINK = 5
    MKDIR = 6
    LINK = 7


@dataclass(frozen=True, slots=True)
class Call:
    """A call that succeeded."""

    kind: Kind
    path: str
    """Relative to the folder."""
    target: str
    """New path of a rename or a link."""
    offset: int
    """Of a write, or the new length."""
    data: bytes


def read_calls(log: Path, folder: Path) -> list[Call]:
    """Read the calls on the files of a folder, in the order in which they were made."""
    data, offset, calls = log.read_bytes(), 0, []
    while offset < len(data):
        kind, path_size, target_size, position, size = _HEADER.unpack_from(data, offset)
        offset += _HEADER.size
        path = data[offset : (offset := offset + path_size)].decode()
        target = data[offset : (offset := offset + target_size)].decode()
        written = b""
        if kind == Kind.WRITE:
            written = data[offset : (offset := offset + size)]
        calls.append(
            Call(Kind(kind), _relative(path, folder), _relative(target, folder), position, written)
        )
    return calls


def _relative(path: str, folder: Path) -> str:
    return path.removeprefix(str(folder)).removeprefix("/")
