"""Private copies of files, because truncating a file that is mapped kills the process."""

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
    """Yield a folder with copies of a folder's files; mappings of them outlive the block.

    On Linux the copies are in memory without a lasting name: a killed process leaves an empty
    folder behind at most. Without room for copies the folder itself is yielded, because an answer
    without this protection is better than none.
    """
    parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with ExitStack() as resources:
        try:
            copies = Path(tempfile.mkdtemp("", "byline-", parent))
            resources.callback(_remove, copies)
            for path in folder.iterdir():
                if path.is_file():
                    _copy(path, copies / path.name, resources)
        except OSError:
            copies = folder
        yield copies


def _remove(folder: Path) -> None:
    """Remove a folder in which a tantivy thread may be creating its lock at this moment."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _copy(path: Path, copy: Path, resources: ExitStack) -> None:
    if not hasattr(os, "memfd_create"):
        shutil.copyfile(path, copy)
        return
    descriptor = os.memfd_create(path.name)
    resources.callback(os.close, descriptor)
    with path.open("rb") as file, open(descriptor, "wb", closefd=False) as memory:
        shutil.copyfileobj(file, memory, 1 << 20)
    copy.symlink_to(f"{_DESCRIPTORS}/{descriptor}")
    copy.stat()  # fails without /proc
