"""Writing files so that they are whole on the disk before anything points at them."""

import hashlib
import os
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Wait until the disk has what was written to a file by others."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


sync_folder = sync_file
"""Wait until the disk has a folder's names."""


def replace_synced(path: Path, data: bytes) -> None:
    """Put a new file in a file's place in one step: a reader sees the old one or the new one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    write_synced(scratch, data)
    os.replace(scratch, path)  # noqa: PTH105
    sync_folder(path.parent)


def sha256_of(path: Path) -> str:
    """Give the hex digest of a file's contents."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
