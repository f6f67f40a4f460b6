"""Exclusive locks between processes, on open files; the kernel releases them when a process ends.

Readers of a generation share its lock, which filelock does not offer: see `storage/store.py`.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def lock_exclusively(descriptor: int, wait: bool = True) -> None:
    """Lock an open file or folder until its descriptor is closed.

    Raises BlockingIOError if another process holds the lock and `wait` is false, and OSError on a
    file system without locks.
    """
    from filelock import lock_descriptor  # only what writes needs it; importing it takes 30 ms

    if not lock_descriptor(descriptor, blocking=wait):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


@contextmanager
def locked(path: Path, flags: int = os.O_RDWR | os.O_CREAT, wait: bool = True) -> Iterator[int]:
    """Open a file or folder and hold its lock until the block ends; yields the descriptor.

    Raises as `lock_exclusively` does, and OSError if the file cannot be opened.
    """
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        lock_exclusively(descriptor, wait)
        yield descriptor
    finally:
        os.close(descriptor)
