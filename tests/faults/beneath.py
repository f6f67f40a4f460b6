"""What goes wrong beneath a build: in the file system, below every library that it stands on."""

import ctypes
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass

import msgspec


class Sound(msgspec.Struct, frozen=True, tag=True):
    """Nothing does."""


class FileLimit(msgspec.Struct, frozen=True, tag=True):
    """No file may become longer than so many bytes."""

    size: int


class Trap(msgspec.Struct, frozen=True, tag=True):
    """The system calls on files of a folder are looked at, by `trap.c`."""

    library: str = ""
    folder: str = ""
    only: str = ""
    """Part of the paths whose calls are counted."""
    failing: int = -1
    """Number of the call that fails, from 0; below 0 none does."""
    error: int = 0
    """The errno that it fails with; 0 writes half."""
    lasting: bool = False
    """Every call from then on fails."""
    space: int = -1
    """Bytes by which files may grow; below 0 without end."""
    log: str = ""
    """File that takes a record of the calls; empty for none."""


Beneath = Sound | FileLimit | Trap


@dataclass(frozen=True, slots=True)
class Seen:
    """What a trap has seen."""

    calls: int
    growth: int
    """Bytes by which files grew."""


class NotTrapped(OSError):
    """The kernel does not let system calls be trapped."""


def lay(beneath: Beneath) -> Callable[[], Seen]:
    """Have it go wrong in this process from now on; give what tells what was seen.

    Raises NotTrapped.
    """
    if isinstance(beneath, FileLimit):
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (beneath.size, most))
    return _trap(beneath) if isinstance(beneath, Trap) else lambda: Seen(0, 0)


def _trap(trap: Trap) -> Callable[[], Seen]:
    library = ctypes.CDLL(trap.library)
    library.trapped.restype = library.growth.restype = ctypes.c_long
    error = library.trap(
        os.fsencode(trap.folder), os.fsencode(trap.only), ctypes.c_long(trap.failing),
        trap.error, int(trap.lasting), ctypes.c_long(trap.space), os.fsencode(trap.log),
    )  # fmt: skip
    if error:
        raise NotTrapped(error, os.strerror(error))
    return lambda: Seen(library.trapped(), library.growth())
