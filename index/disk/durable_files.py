"""Write files so that they are complete on disk before anything refers to them."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from index.errors import reason_of

Kept = TypeVar("Kept")


class Unconfirmed(OSError):
    """A file was replaced, but the disk did not confirm that it will last."""


def write_all(descriptor: int, data: bytes, offset: int | None = None) -> None:
    """Write all of the data, at the current position or at an offset."""
    while data:  # one system call may write only a part
        if offset is None:
            written = os.write(descriptor, data)
        else:
            written = os.pwrite(descriptor, data, offset)
            offset += written
        data = data[written:]


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Wait until a file, written by other code, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


sync_folder = sync_file
"""Wait until the names in a folder are on disk."""


def replace_synced(path: Path, data: bytes) -> None:
    """Replace a file in one step: a reader sees either the old one or the new one.

    Raises OSError if the old one stays, and Unconfirmed if the new one is in its place.
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
    """Create a complete file in one step. Raises FileExistsError if there is one."""
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
    """Give an immutable file a second name, or copy it if the file system has no links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        # Shares the blocks of both files on file systems that can.
        shutil.copyfile(source, target)
        sync_file(target)


_PIECE = 1 << 20
"""Bytes that are hashed at once."""
OnHashed = Callable[[int], None]
"""Receives the number of bytes hashed since the last call."""


def sha256_of(path: Path, on_hashed: OnHashed = lambda _: None) -> str:
    """Return the hex digest of a file's contents."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            on_hashed(len(piece))
    return digest.hexdigest()


class FileRecord(msgspec.Struct, frozen=True):
    """Size and checksum of a file when it was written."""

    size: int
    sha256: str


def record_files(
    folder: Path, known: Mapping[str, FileRecord] | None = None
) -> dict[str, FileRecord]:
    """Record all files in a folder, by relative path; those already known are not read again."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    known = known or {}
    return {
        name: known.get(name) or FileRecord(path.stat().st_size, sha256_of(path))
        for name, path in names.items()
    }


def file_faults(
    folder: Path, files: Mapping[str, FileRecord], on_hashed: OnHashed = lambda _: None
) -> list[str]:
    """Return a message for each file that is missing or differs in size or SHA-256."""
    faults = []
    for name, record in files.items():
        path = folder / name
        try:
            if path.stat().st_size != record.size:
                faults.append(f"{path}: size mismatch")
            elif sha256_of(path, on_hashed) != record.sha256:
                faults.append(f"{path}: checksum mismatch")
        except OSError as error:
            faults.append(f"{path} cannot be read: {reason_of(error)}")
    return faults


def with_digest(line: bytes) -> bytes:
    """Return a line followed by its digest, as a JSON string on a line of its own."""
    return b'%s\n"%s"\n' % (line, hashlib.sha256(line).hexdigest().encode())


def without_digest(data: bytes) -> bytes:
    """Return the line before its digest. Raises ValueError if the digest does not match."""
    line, _, _ = data.partition(b"\n")
    if data != with_digest(line):
        raise ValueError("checksum mismatch")
    return line


class _Format(msgspec.Struct):
    format: int


def read_versioned(path: Path, kind: type[Kept], version: int) -> Kept:
    """Read a line of JSON with its digest, if its `format` is this version.

    Raises OSError, or ValueError if it is damaged or of another format.
    """
    data = path.read_bytes()
    known = msgspec.json.decode(data.partition(b"\n")[0], type=_Format).format
    if known != version:
        raise ValueError(f"it has format {known}, this version of Byline reads {version}")
    return msgspec.json.decode(without_digest(data), type=kind)
