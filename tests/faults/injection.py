"""Faults under a build: in the file system, below every library that the build uses."""

import ctypes
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass

import msgspec


class NoFault(msgspec.Struct, frozen=True, tag=True):
    """Nothing fails."""


class FileLimit(msgspec.Struct, frozen=True, tag=True):
    """No file may become longer than `size` bytes."""

    size: int


class Trap(msgspec.Struct, frozen=True, tag=True):
    """`trap.c` intercepts the system calls on the files of a folder."""

    library: str = ""
    folder: str | None = None
    """None for the folder of the index."""
    only: str = ""
    """Part of the paths whose calls are counted."""
    failing: int | None = None
    """Number of the call that fails, from 0; None if none does."""
    error: int = 0
    """The errno that it fails with; 0 writes half of the data."""
    lasting: bool = False
    """Whether every later call fails too."""
    space: int | None = None
    """Bytes by which files may grow; None for no limit."""
    log: str | None = None
    """File that the calls are recorded in."""


Fault = NoFault | FileLimit | Trap


@dataclass(frozen=True, slots=True)
class TrapCounts:
    """What a trap counted."""

    calls: int
    growth: int
    """Bytes by which files grew."""


class TrapUnavailable(OSError):
    """The kernel does not allow system calls to be trapped."""


def inject(fault: Fault) -> Callable[[], TrapCounts]:
    """Make this process fail from now on; return a function that returns the trap's counts.

    Raises TrapUnavailable.
    """
    if isinstance(fault, FileLimit):
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (fault.size, hard))
    return _trap(fault) if isinstance(fault, Trap) else lambda: TrapCounts(0, 0)


def _trap(trap: Trap) -> Callable[[], TrapCounts]:
    library = ctypes.CDLL(trap.library)
    library.trapped.restype = library.growth.restype = ctypes.c_long
    error = library.trap(
        os.fsencode(trap.folder or ""), os.fsencode(trap.only), _number(trap.failing),
        trap.error, int(trap.lasting), _number(trap.space), os.fsencode(trap.log or ""),
    )  # fmt: skip
    if error:
        raise TrapUnavailable(error, os.strerror(error))
    return lambda: TrapCounts(library.trapped(), library.growth())


def _number(value: int | None) -> ctypes.c_long:
    return ctypes.c_long(-1 if value is None else value)
