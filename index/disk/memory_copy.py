"""Copies of files that nobody can cut short while they are mapped: that kills the process."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_IN_MEMORY = "/dev/shm"  # noqa: S108
_DESCRIPTORS = "/proc/self/fd"
_TRIES = 100


@contextmanager
def private_copy(folder: Path) -> Iterator[Path]:
    """Give a folder with copies of a folder's files until the block ends; mappings of them stay.

    On Linux the copies are in memory and have no name that lasts: a kill leaves an empty folder
    behind at most. Where there is no room for them the folder itself is given: better an answer
    without this defence than none.
    """
    with ExitStack() as kept:
        yield _copied(folder, kept)


def _copied(folder: Path, kept: ExitStack) -> Path:
    parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    try:
        copies = Path(tempfile.mkdtemp("", "byline-", parent))
        kept.callback(_remove, copies)
        for path in folder.iterdir():
            if path.is_file():
                _copy(path, copies / path.name, kept)
    except OSError:
        return folder
    return copies


def _remove(folder: Path) -> None:
    """Remove a folder in which a thread of tantivy's may just be making its lock."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _copy(path: Path, copy: Path, kept: ExitStack) -> None:
    if not hasattr(os, "memfd_create"):
        shutil.copyfile(path, copy)
        return
    held = os.memfd_create(path.name)
    kept.callback(os.close, held)
    with path.open("rb") as file, open(held, "wb", closefd=False) as memory:
        shutil.copyfileobj(file, memory, 1 << 20)
    copy.symlink_to(f"{_DESCRIPTORS}/{held}")
    copy.stat()  # fails where there is no /proc
