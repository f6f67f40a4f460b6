"""Finding article files and reading their bytes; nothing but regular files is ever opened."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.articles.paths import real_path
from index.errors import BadRequest, reason_of

_INODE = (1 << 63) - 1
"""SQLite's integers are signed."""
SUFFIXES = frozenset({".txt", ".md"})
MAX_BYTES = 1024 * 1024
"""Of an article; what is as large can be read in two seconds, whatever it is made of."""


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder that the person named."""

    given: str
    """As typed."""
    path: str
    """Absolute, links resolved at the time it was named."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the file system tells of a file without reading it."""

    size: int
    """Bytes."""
    mtime_ns: int
    ctime_ns: int
    """Nanoseconds; unlike the modification time, a program cannot set it back."""
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Signature":
        """Take the signature from a stat result."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _INODE)


@dataclass(frozen=True, slots=True)
class Found:
    """An article file under a root."""

    root: Root
    relative: str
    """Place below the root, with slashes; empty where the root is the file itself."""
    signature: Signature

    @property
    def path(self) -> str:
        """Absolute path."""
        return absolute_path(self.root, self.relative)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was passed over, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of a file, with the signature they were read under."""

    data: bytes
    signature: Signature

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def absolute_path(root: Root, relative: str) -> str:
    """Join a root with a place below it."""
    return os.path.join(root.path, relative) if relative else root.path  # noqa: PTH118


def resolve_roots(paths: tuple[str, ...], must_exist: bool = True) -> tuple[Root, ...]:
    """Return the roots that the user named. Raises BadRequest where nothing is there."""
    roots = []
    for given in paths:
        path = real_path(given)
        if must_exist and not os.path.lexists(path):
            raise BadRequest(f"there is no file or folder {given}")
        if path.encode("utf-8", errors="replace").decode() != path:
            raise BadRequest(f"the name of {given} is not UTF-8; rename it, or name its folder")
        roots.append(Root(given, path))
    return tuple(roots)


def find(roots: tuple[Root, ...]) -> Iterator[Found | Skipped]:
    """Yield each article under the roots once, in a fixed order, and whatever was passed over.

    Hidden names are left out silently, as `ls` does; links are reported and not followed.
    """
    seen: set[str] = set()
    for root in roots:
        for item in _under(root):
            path = item.path
            if path not in seen:
                seen.add(path)
                yield item


def _under(root: Root) -> Iterator[Found | Skipped]:
    try:
        status = os.lstat(root.path)
    except OSError as error:
        yield Skipped(root.path, f"cannot be looked at: {reason_of(error)}")
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _in_folder(root)
    else:
        yield _classify(root, "", root.path, status)


def _in_folder(root: Root) -> Iterator[Found | Skipped]:
    pending = [""]
    while pending:
        folder = pending.pop()
        path = absolute_path(root, folder)
        try:
            with os.scandir(path) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Skipped(path, f"folder cannot be opened: {reason_of(error)}")
            continue
        folders = []
        for entry in ordered:
            if entry.name.startswith("."):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Skipped(entry.path, f"cannot be looked at: {reason_of(error)}")
                continue
            relative = f"{folder}/{entry.name}" if folder else entry.name
            if stat.S_ISDIR(status.st_mode):
                folders.append(relative)
            else:
                yield _classify(root, relative, entry.path, status)
        pending.extend(reversed(folders))


def _classify(root: Root, relative: str, path: str, status: os.stat_result) -> Found | Skipped:
    if stat.S_ISLNK(status.st_mode):
        return Skipped(path, "a link; links are not followed")
    if not stat.S_ISREG(status.st_mode):
        return Skipped(path, f"{_kind(status.st_mode)}, not a regular file")
    if os.path.splitext(path)[1].lower() not in SUFFIXES:  # noqa: PTH122
        return Skipped(path, "not .txt or .md")
    return Found(root, relative, Signature.of(status))


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    if stat.S_ISSOCK(mode):
        return "a socket"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a device"


def read(root: Root, relative: str, max_bytes: int = MAX_BYTES) -> Contents | Skipped:
    """Read an article's bytes, refusing links, special files and files over `max_bytes`."""
    path = absolute_path(root, relative)
    opened = open_regular(root, relative)
    if isinstance(opened, Skipped):
        return opened
    try:
        status = os.fstat(opened)
        if status.st_size > max_bytes:
            return Skipped(path, _too_large(status.st_size, max_bytes))
        data = _read_at_most(opened, max_bytes + 1)
    except OSError as error:
        return Skipped(path, f"cannot be read: {reason_of(error)}")
    finally:
        os.close(opened)
    if len(data) > max_bytes:
        return Skipped(path, _too_large(len(data), max_bytes))
    return Contents(data, Signature.of(status))


def open_regular(root: Root, relative: str) -> int | Skipped:
    """Open an article for reading, refusing links and special files; the descriptor is yours."""
    path = absolute_path(root, relative)
    if not _is_beneath(root, relative):
        return Skipped(path, "leads outside the folder it was found in")
    try:
        # O_NONBLOCK: a FIFO put in the file's place must not hold us.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return Skipped(path, f"cannot be opened: {reason_of(error)}")
    except ValueError:  # a NUL, or a surrogate that stands for no byte
        return Skipped(path, "no file can have such a name")
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    return Skipped(path, f"{_kind(mode)}, not a regular file")


def _read_at_most(descriptor: int, limit: int) -> bytes:
    parts = []
    while limit > 0 and (part := os.read(descriptor, min(limit, 1 << 20))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _too_large(size: int, limit: int) -> str:
    return f"{size:,} bytes, over the limit of {limit:,} (raise it with --max-bytes)"


def _is_beneath(root: Root, relative: str) -> bool:
    """Whether the path, links resolved in each of its folders, is still where it says."""
    if not relative:
        return True
    place = PurePosixPath(relative)
    if place.is_absolute() or ".." in place.parts:
        return False
    folder = os.path.dirname(absolute_path(root, relative))  # noqa: PTH120
    return os.path.realpath(folder) == folder
