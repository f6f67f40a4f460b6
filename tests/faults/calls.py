"""The record of the system calls by which a build changed a folder."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

_HEADER = struct.Struct("=bIIqq")


class Does(IntEnum):
    """What a call does, as `trap.c` numbers it."""

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

    does: Does
    path: str
    """Below the folder."""
    target: str
    """New path, of a rename and a link."""
    offset: int
    """Where is written, or the new length."""
    data: bytes


def read_calls(log: Path, folder: Path) -> list[Call]:
    """Read the record of the calls on files of a folder, in the order in which they were made."""
    data, at, calls = log.read_bytes(), 0, []
    while at < len(data):
        does, path_size, target_size, offset, size = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        path = data[at : (at := at + path_size)].decode()
        target = data[at : (at := at + target_size)].decode()
        written = b""
        if does == Does.WRITE:
            written = data[at : (at := at + size)]
        calls.append(
            Call(Does(does), _below(path, folder), _below(target, folder), offset, written)
        )
    return calls


def _below(path: str, folder: Path) -> str:
    return path.removeprefix(str(folder)).removeprefix("/")
