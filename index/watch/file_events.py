"""What changes under some roots, as the file system reports it or as polling finds it."""

import errno
import os
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.articles.files import Root
from index.articles.paths import is_under
from index.errors import reason_of

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

_SETTLE_MS = 100
"""Quiet that ends a burst of changes: an editor writes, renames and deletes within it."""
_BURST_MS = 1_000
"""Most that a burst is waited for, as when hundreds of files are written."""
_POLL_MS = 5_000
"""Between two looks at files whose changes are not reported."""
_JOIN_SECONDS = 2.0
_NETWORK = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4",
        "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    }
)  # fmt: skip
"""File systems where other machines change files without a report to this one."""
_MOUNTS = Path("/proc/self/mountinfo")
_POLLED = f"looked at every {_POLL_MS // 1000} seconds instead"
_LIMITS = "raise fs.inotify.max_user_watches and max_user_instances with sysctl"


class EventsLost(Exception):
    """Changes may have gone unreported: everything has to be looked at, and watched anew."""


class FileEvents(Protocol):
    """Reports what changes under some roots, until it is closed."""

    @property
    def notes(self) -> Sequence[str]:
        """Lines for the user: what is polled, why, and what to do about it."""

    def wait(self, seconds: float) -> frozenset[str]:
        """Return absolute paths that changed; none after some time. Raises EventsLost."""

    def close(self) -> None:
        """Stop watching."""


class WatchedFiles:
    """The reports of watchfiles, which watches in threads of its own."""

    def __init__(self, roots: Iterable[Root], poll: bool = False) -> None:
        """Watch the roots that exist; poll all of them, or those that cannot be watched."""
        self.notes: list[str] = []
        self._reports: queue.SimpleQueue[frozenset[str] | None] = queue.SimpleQueue()
        """None where changes may be lost."""
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []
        existing = [root for root in roots if os.path.lexists(root.path)]
        mounts = _mounts()
        for root in existing:
            system = network_system(root.path, mounts)
            if system is not None:
                self.notes.append(f"{root.given} is on a network drive ({system}): {_POLLED}")
            if poll or system is not None:
                self._poll(root)
            else:
                self._watch(root)

    def _watch(self, root: Root) -> None:
        is_folder = Path(root.path).is_dir()
        # An editor replaces a file, and with it what would be watched: so its folder is.
        watched = root.path if is_folder else str(Path(root.path).parent)
        try:
            self._start(watched, polling=False, recursive=is_folder)
        except FileNotFoundError:
            self._reports.put(None)
        except (OSError, RuntimeError) as error:
            self.notes.append(f"{root.given} cannot be watched ({_reason(error)}): {_POLLED}")
            self._poll(root)

    def _poll(self, root: Root) -> None:
        try:
            self._start(root.path, polling=True, recursive=True)
        except (OSError, RuntimeError):  # it has just gone
            self._reports.put(None)

    def _start(self, path: str, polling: bool, recursive: bool) -> None:
        from watchfiles._rust_notify import RustNotify

        notify = RustNotify([path], False, polling, _POLL_MS, recursive, False)
        thread = threading.Thread(target=partial(self._listen, notify), name="changes", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _listen(self, notify: "RustNotify") -> None:
        with closing(notify):
            while not self._closed.is_set():
                try:
                    found = notify.watch(_BURST_MS, _SETTLE_MS, 0, self._closed)
                except RuntimeError:  # a name that is not UTF-8, or an error of the system
                    self._reports.put(None)
                    return
                if isinstance(found, set):
                    self._reports.put(frozenset(path for _, path in found))

    def wait(self, seconds: float) -> frozenset[str]:
        """Return absolute paths that changed; none after some time. Raises EventsLost."""
        paths: set[str] = set()
        with suppress(queue.Empty):
            report = self._reports.get(timeout=max(0.0, seconds))
            while report is not None:
                paths |= report
                report = self._reports.get_nowait()
            raise EventsLost
        return frozenset(paths)

    def close(self) -> None:
        """Stop watching; takes about a tenth of a second."""
        self._closed.set()
        for thread in self._threads:  # one that outlives the interpreter would abort the process
            thread.join(_JOIN_SECONDS)


OpenEvents = Callable[[Sequence[Root]], FileEvents]
"""Watches roots; returns once no later change can be missed."""


def network_system(path: str, mounts: Sequence[tuple[str, str]]) -> str | None:
    """Return the kind of network file system that a path is on; None if it is a local one.

    `mounts` has each mounted folder and its kind, in the order of mounting.
    """
    within = [mount for mount in mounts if is_under(path, mount[0])]
    _, kind = max(within, key=lambda mount: len(mount[0]), default=("", ""))
    return kind if kind in _NETWORK or kind.startswith("fuse.") else None


def _mounts() -> list[tuple[str, str]]:
    """Return each mounted folder and its kind; none where the system does not list them."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    # "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw": see proc(5).
    halves = [line.partition(" - ") for line in lines]
    return [
        (_unescaped(before.split()[4]), after.split()[0]) for before, _, after in halves if after
    ]


def _unescaped(name: str) -> str:
    """Replace the octal escapes of a mounted folder's name: of blanks and backslashes."""
    for code in ("\\040", "\\011", "\\012", "\\134"):
        name = name.replace(code, chr(int(code[1:], 8)))
    return name


def _reason(error: Exception) -> str:
    text = reason_of(error)
    limits = (errno.ENOSPC, errno.EMFILE)
    if "limit" in text or any(f"os error {number}" in text for number in limits):
        return f"{text.rstrip('.')}; {_LIMITS}"
    return text
