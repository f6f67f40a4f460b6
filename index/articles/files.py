"""Find article files and read their bytes; only regular files are ever opened."""

import hashlib
import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from index.articles.formats.registry import format_by_suffix, format_of, suffix_of
from index.articles.ignore import IGNORE_FILE, IgnoreRules
from index.articles.paths import real_path
from index.articles.text import BINARY_PROBE, NotText, decode
from index.errors import BadRequest, reason_of

_INODE = (1 << 63) - 1
"""A mask for inodes: SQLite's integers are signed."""
MAX_BYTES = 1024 * 1024
"""Size of the largest text; whatever it contains, it is read within two seconds. Files of other
formats may be larger by a factor of their own."""


@dataclass(frozen=True, slots=True)
class Root:
    """A file or folder that the user named."""

    given: str
    """As typed."""
    path: str
    """Absolute; links were resolved when it was named."""
    follow_links: bool = False
    """Whether links to files and folders inside it are followed."""
    linked_from: str = ""
    """The path of the root that has a link to it; empty if the user named it."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What the file system says about a file without reading it."""

    size: int
    """Bytes."""
    mtime_ns: int
    ctime_ns: int
    """Nanoseconds; unlike the modification time, programs cannot set it."""
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Signature":
        """Return the signature in a stat result."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino & _INODE)


@dataclass(frozen=True, slots=True)
class Found:
    """An article file under a root."""

    root: Root
    relative: str
    """Path relative to the root, with slashes; empty if the root is the file itself."""
    signature: Signature

    @property
    def path(self) -> str:
        """Absolute path."""
        return absolute_path(self.root, self.relative)

    @property
    def shown_path(self) -> str:
        """Path relative to the root, or the file's name if it is the root itself."""
        return self.relative or PurePosixPath(self.root.path).name


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was skipped, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The bytes of a file, with its signature when they were read."""

    data: bytes
    signature: Signature

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def absolute_path(root: Root, relative: str) -> str:
    """Return the absolute path of a path relative to a root."""
    return os.path.join(root.path, relative) if relative else root.path  # noqa: PTH118


def resolve_roots(
    paths: tuple[str, ...], must_exist: bool = True, follow_links: bool = False
) -> tuple[Root, ...]:
    """Return the roots that the user named. Raises BadRequest if one does not exist."""
    roots = []
    for given in paths:
        path = real_path(given)
        if must_exist and not os.path.lexists(path):
            raise BadRequest(f"no such file or folder: {given}")
        if path.encode("utf-8", errors="replace").decode() != path:
            raise BadRequest(f"the name of {given} is not UTF-8; rename it, or name its folder")
        roots.append(Root(given, path, follow_links))
    return tuple(roots)


def find(roots: tuple[Root, ...]) -> Iterator[Found | Skipped]:
    """Yield each article under the roots once, in a fixed order, and what was skipped.

    Hidden names are ignored, like `ls` does, and so is what a `.bylineignore` file or the default
    names. Links are skipped, or followed if their root says so: what a link leads to is a root of
    its own, found under its real path, so that no article is found twice and no loop has no end.
    """
    seen: set[str] = set()
    for root in roots:
        pending, visited = deque([root]), set[str]()
        while pending:
            for item in _find_under(pending.popleft(), visited):
                if isinstance(item, Root):
                    pending.append(item)
                elif item.path not in seen:
                    seen.add(item.path)
                    yield item


def find_at(root: Root, relative: str) -> Iterator[Found | Skipped | Root]:
    """Yield what `find` yields of a root at or under one of its paths, by reading nothing else.

    That is nothing if the path is hidden, left out, behind a link or missing.
    """
    folder, rules = "", IgnoreRules()
    for name in filter(None, relative.split("/")):
        if os.path.lexists(absolute_path(root, _join(folder, IGNORE_FILE))):
            rules, _ = _read_rules(root, folder, rules)
        folder = _join(folder, name)
        path = absolute_path(root, folder)
        try:
            status = os.lstat(path)
        except OSError:
            return
        is_folder = stat.S_ISDIR(status.st_mode)
        if name.startswith(".") or rules.ignores(folder, is_folder):
            return
        if not is_folder:
            if folder == relative:
                yield _classify(root, folder, path, status)
            return
    if folder:
        yield from _find_in_folder(root, folder, rules, set())
    else:
        yield from _find_under(root, set())


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _find_under(root: Root, visited: set[str]) -> Iterator[Found | Skipped | Root]:
    """Yield what is under a root, and the roots that its links lead to.

    Folders in `visited` are left out; those that are walked are added.
    """
    try:
        status = os.lstat(root.path)
    except OSError as error:
        yield Skipped(root.path, f"cannot be read: {reason_of(error)}")
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _find_in_folder(root, "", IgnoreRules(), visited)
    else:
        yield _classify(root, "", root.path, status)


def _find_in_folder(
    root: Root, start: str, above: IgnoreRules, visited: set[str]
) -> Iterator[Found | Skipped | Root]:
    pending = [(start, above)]
    while pending:
        folder, rules = pending.pop()
        path = absolute_path(root, folder)
        if path in visited:
            continue
        visited.add(path)
        try:
            with os.scandir(path) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Skipped(path, f"cannot be opened: {reason_of(error)}")
            continue
        if any(entry.name == IGNORE_FILE for entry in ordered):
            rules, faults = _read_rules(root, folder, rules)
            yield from faults
        folders = []
        for entry in ordered:
            if entry.name.startswith("."):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield Skipped(entry.path, f"cannot be read: {reason_of(error)}")
                continue
            relative = _join(folder, entry.name)
            if rules.ignores(relative, stat.S_ISDIR(status.st_mode)):
                continue
            if stat.S_ISDIR(status.st_mode):
                folders.append((relative, rules))
            else:
                yield _classify(root, relative, entry.path, status)
        pending.extend(reversed(folders))


def _read_rules(root: Root, folder: str, above: IgnoreRules) -> tuple[IgnoreRules, list[Skipped]]:
    """Return the rules that hold in a folder with an ignore file, and what is wrong in the file."""
    relative = _join(folder, IGNORE_FILE)
    contents = read(root, relative)
    if isinstance(contents, Skipped):
        return above, [contents]
    rules, problems = above.with_file(folder, contents.data)
    path = absolute_path(root, relative)
    return rules, [Skipped(path, "; ".join(problems))] if problems else []


def _classify(
    root: Root, relative: str, path: str, status: os.stat_result
) -> Found | Skipped | Root:
    if stat.S_ISLNK(status.st_mode):
        return _followed(root, relative, path)
    if not stat.S_ISREG(status.st_mode):
        return Skipped(path, f"{_kind(status.st_mode)}, not a regular file")
    known = format_by_suffix(path)
    if known is None:
        return Skipped(path, "not a format that Byline reads")
    if known.missing:
        return Skipped(path, known.missing)
    return Found(root, relative, Signature.of(status))


def _followed(root: Root, relative: str, path: str) -> Skipped | Root:
    """Return what a link leads to, or why it is not followed."""
    if not root.follow_links:
        return Skipped(path, "a symbolic link; links are not followed (see --follow-links)")
    if not os.path.exists(path):  # noqa: PTH110
        return Skipped(path, "a symbolic link that leads nowhere")
    given = os.path.join(root.given, relative)  # noqa: PTH118
    return Root(given, os.path.realpath(path), True, root.linked_from or root.path)


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    if stat.S_ISSOCK(mode):
        return "a socket"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a device"


def read(root: Root, relative: str, max_bytes: int = MAX_BYTES) -> Contents | Skipped:
    """Read an article's bytes; links, special files and files over the limit are skipped.

    `max_bytes` is the limit of a text; those of other formats are multiples of it.
    """
    path = absolute_path(root, relative)
    known = format_by_suffix(path)
    max_bytes *= known.size_factor if known else 1
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
    if not (suffix_of(path) or format_of(path, data).is_foreign or _is_plain(data)):
        return Skipped(path, "no extension, and not text")
    return Contents(data, Signature.of(status))


def open_regular(root: Root, relative: str) -> int | Skipped:
    """Open an article for reading; links and special files are skipped. The caller closes it."""
    path = absolute_path(root, relative)
    if not _stays_under_root(root, relative):
        return Skipped(path, "outside the folder it was found in")
    try:
        # O_NONBLOCK: opening a FIFO put in the file's place must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        return Skipped(path, f"cannot be opened: {reason_of(error)}")
    except ValueError:  # a NUL, or a surrogate that stands for no byte
        return Skipped(path, "not a possible file name")
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


_CONTROL = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f]")
"""No text has these; it may have a form feed, a backspace or an escape code of a terminal."""


def _is_plain(data: bytes) -> bool:
    """Return whether bytes of unknown format are text."""
    text = decode(data)
    return not isinstance(text, NotText) and not _CONTROL.search(text.text, 0, BINARY_PROBE)


def _too_large(size: int, limit: int) -> str:
    return f"{size:,} bytes, over the limit of {limit:,} (raise it with --max-bytes)"


def _stays_under_root(root: Root, relative: str) -> bool:
    """Return whether the path stays under the root when links in its folders are resolved."""
    if not relative:
        return True
    path = PurePosixPath(relative)
    if path.is_absolute() or ".." in path.parts:
        return False
    folder = os.path.dirname(absolute_path(root, relative))  # noqa: PTH120
    return os.path.realpath(folder) == folder
