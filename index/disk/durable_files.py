"""Writing files so that they are whole on the disk before anything points at them."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from index.errors import reason_of


class Unconfirmed(OSError):
    """A file is in its place, but the disk did not confirm that it has it."""


def write_all(descriptor: int, data: bytes, offset: int | None = None) -> None:
    """Write all of the data, at an offset or where the file stands; one call may write a part."""
    while data:
        if offset is None:
            written = os.write(descriptor, data)
        else:
            written = os.pwrite(descriptor, data, offset)
            offset += written
        data = data[written:]


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
    """Put a new file in a file's place in one step: a reader sees the old one or the new one.

    Raises OSError where the old one stays, and Unconfirmed where the new one is in place.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write_synced(scratch, data)
        os.replace(scratch, path)  # noqa: PTH105
    except OSError:
        with suppress(OSError):
            scratch.unlink()
        raise
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise Unconfirmed(error.errno, error.strerror) from error


def create_synced(path: Path, data: bytes) -> None:
    """Put a new file where none is, whole at once. Raises FileExistsError where there is one."""
    path.touch(exist_ok=False)
    try:
        replace_synced(path, data)
    except BaseException:
        path.unlink()
        raise


_CANNOT_LINK = frozenset(
    {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS, errno.EACCES}
)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file that never changes a second name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        # On file systems that share blocks between files this shares them.
        shutil.copyfile(source, target)
        sync_file(target)


_PIECE = 1 << 20
"""Bytes that are hashed at once."""
Hashed = Callable[[int], None]
"""Takes how many bytes were hashed since it was called last."""


def sha256_of(path: Path, hashed: Hashed = lambda _: None) -> str:
    """Give the hex digest of a file's contents."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            hashed(len(piece))
    return digest.hexdigest()


class FileRecord(msgspec.Struct, frozen=True):
    """A file as it was written."""

    size: int
    sha256: str


def record_files(
    folder: Path, known: Mapping[str, FileRecord] | None = None
) -> dict[str, FileRecord]:
    """Record every file under a folder, by its path below it; those known are not read again."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    known = known or {}
    return {
        name: known.get(name) or FileRecord(path.stat().st_size, sha256_of(path))
        for name, path in names.items()
    }


def file_faults(
    folder: Path, files: Mapping[str, FileRecord], hashed: Hashed = lambda _: None
) -> list[str]:
    """Tell which files are missing, or not as they were recorded, by size and SHA-256."""
    faults = []
    for name, record in files.items():
        path = folder / name
        try:
            if path.stat().st_size != record.size:
                faults.append(f"{path}: size mismatch")
            elif sha256_of(path, hashed) != record.sha256:
                faults.append(f"{path}: checksum mismatch")
        except OSError as error:
            faults.append(f"{path} cannot be read: {reason_of(error)}")
    return faults


def with_digest(line: bytes) -> bytes:
    """Put the digest below a line, as a JSON string."""
    return b'%s\n"%s"\n' % (line, hashlib.sha256(line).hexdigest().encode())


def without_digest(data: bytes) -> bytes:
    """Give the line. Raises ValueError where the digest is not the line's."""
    line, _, _ = data.partition(b"\n")
    if data != with_digest(line):
        raise ValueError("checksum mismatch")
    return line
