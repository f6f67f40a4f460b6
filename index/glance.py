"""Whether articles changed since indexing, as far as a look of some milliseconds shows.

No article is read: sizes and times are compared, and the names in folders that have changed.
"""

import os
import stat
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from index.articles.files import Found, Root, find_at
from index.articles.paths import is_under
from index.storage.catalog import Catalog

SECONDS = 0.1
"""Enough for 10,000 files; what is not reached in that time is taken to be unchanged."""


def glance(
    catalog: Catalog,
    scanned_ns: int,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Return how many articles are seen to be new, changed or deleted since they were indexed.

    `scanned_ns` is when all files were last looked at, in nanoseconds since the epoch: what was not
    taken for a change then is none now.
    """
    ends = clock() + seconds
    count = 0
    for is_change in _looks(catalog, scanned_ns):
        count += is_change
        if clock() > ends:
            break
    return count


def _looks(catalog: Catalog, scanned_ns: int) -> Iterator[bool]:
    """Look at the folders and then at the files; yield whether each is, or has, a change."""
    files = catalog.sizes_and_times()
    names: defaultdict[str, set[str]] = defaultdict(set)
    for path in files:
        folder, _, name = path.rpartition("/")
        names[folder].add(name)
    missing = set()
    for root in catalog.roots:
        if not os.path.lexists(root.path):
            missing.add(root.path)
        folders = _folders_under(root, names)
        for folder in sorted(folders):
            known = folders | {f"{folder}/{name}" for name in names[folder]}
            yield from _new_in(root, folder, known, scanned_ns)
    for path, (size, mtime_ns) in files.items():
        try:
            status = os.lstat(path)
        except OSError:
            yield not any(is_under(path, root) for root in missing)
            continue
        is_same = (status.st_size, status.st_mtime_ns) == (size, mtime_ns)
        yield not is_same and max(status.st_mtime_ns, status.st_ctime_ns) >= scanned_ns


def _folders_under(root: Root, folders: Iterable[str]) -> set[str]:
    """Return the folders of a root that have articles, and those above them."""
    found = {root.path}
    for folder in tuple(folders):
        while folder not in found and is_under(folder, root.path):
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _new_in(root: Root, folder: str, known: set[str], scanned_ns: int) -> Iterator[bool]:
    """Yield whether each new path in a folder is an article, or a folder with one."""
    with suppress(OSError):
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_mtime_ns < scanned_ns:
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.path in known or entry.name.startswith("."):
                    continue
                if entry.stat(follow_symlinks=False).st_ctime_ns >= scanned_ns:
                    relative = entry.path[len(root.path) :].strip("/")
                    yield any(isinstance(item, Found) for item in find_at(root, relative))
