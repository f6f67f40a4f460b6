"""The folder of an index: the current generation, its readers, the writer, and what to delete."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from index.articles.files import Root
from index.disk.durable_files import Unconfirmed, replace_synced, sync_folder, write_synced
from index.disk.locks import lock_exclusively, locked
from index.errors import BadRequest, IndexBusy, IndexDamaged, IndexUnwritable, NoIndex, reason_of
from index.storage.generation import MANIFEST, Generation, Manifest, read_manifest, read_roots
from index.storage.hash_cache import FILE as HASH_CACHE
from index.storage.hash_cache import HashCache, OnProgress

CURRENT = "CURRENT"
MARK = "byline-index"
WRITER_LOCK = "writer.lock"
WATCHER_LOCK = "watcher.lock"
SCANNED = "scanned"
"""When all files were last looked at, whether or not a generation came of it."""
GENERATIONS = "generations"
EMBEDDED = "embedded"
"""Where a build keeps finished vectors until it is published."""
_ATTEMPTS = 20


class Holder(msgspec.Struct):
    """The process that holds a lock."""

    pid: int
    since: str
    """Local time, to the second."""


@dataclass(frozen=True)
class OpenIndex:
    """An open generation, which is not deleted while it is open."""

    name: str
    generation: Generation
    lock: int
    """File descriptor that holds the shared lock of a reader."""

    def close(self) -> None:
        """Close the generation and release its lock."""
        self.generation.close()
        os.close(self.lock)


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of an index."""

    folder: Path

    @property
    def build_command(self) -> str:
        """The command that brings the index up to date."""
        return "byline index"

    def exists(self) -> bool:
        """Whether an index was ever published here."""
        # Either file may be lost; the other one shows that there was an index.
        return any((self.folder / name).is_file() for name in (CURRENT, MANIFEST))

    def open(
        self, thorough: bool = False, on_progress: OnProgress = lambda _done, _total: None
    ) -> OpenIndex:
        """Open the current generation. Raises NoIndex or IndexDamaged.

        If `thorough`, every file is hashed, even those that are known to be unchanged.
        """
        for _ in range(_ATTEMPTS):
            name = self.current()
            # A build may publish another generation, and delete this one, before it is locked.
            try:
                return self._open(name, thorough, on_progress)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                raise IndexDamaged(
                    f"the index that {self.folder / CURRENT} names cannot be opened: "
                    f"{reason_of(error)}; run `byline index --full`"
                ) from error
        raise IndexDamaged(f"{self.generation_folder(name)} is missing; run `byline index --full`")

    def _open(self, name: str, thorough: bool, on_progress: OnProgress) -> OpenIndex:
        lock = os.open(self._lock_file(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            # Readers share the lock, which filelock's locks on open files cannot do.
            fcntl.flock(lock, fcntl.LOCK_SH)
            folder = self.generation_folder(name)
            folder.stat()
            generation = Generation.open(folder, self.hash_cache, thorough, on_progress)
            return OpenIndex(name, generation, lock)
        except BaseException:
            os.close(lock)
            raise

    def current(self) -> str:
        """Return the name of the current generation. Raises NoIndex."""
        try:
            # A power cut can leave NULs in place of the contents.
            return (self.folder / CURRENT).read_text(encoding="ascii").strip(" \n\0")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NoIndex(
                f"nothing is indexed in {self.folder}; run `byline index FOLDER` first"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise NoIndex(f"{self.folder / CURRENT} cannot be read: {reason_of(error)}") from error

    def faults(self) -> list[str]:
        """List what is wrong outside the generations; a build repairs it."""
        mark, copy = self.folder / MARK, self.folder / MANIFEST
        faults = [] if mark.is_file() else [f"{mark} is missing"]
        return faults if self._is_copied() else [*faults, f"{copy} is not the current manifest"]

    def _is_copied(self) -> bool:
        try:
            manifest = self.generation_folder(self.current()) / MANIFEST
            return (self.folder / MANIFEST).read_bytes() == manifest.read_bytes()
        except OSError:
            return False

    def manifest(self) -> Manifest | None:
        """Return the current generation's manifest, or its copy; None if neither can be read."""
        with suppress(NoIndex, IndexDamaged):
            return read_manifest(self.generation_folder(self.current()))
        with suppress(IndexDamaged):
            return read_manifest(self.folder)
        return None

    def remembered_roots(self) -> tuple[Root, ...]:
        """Return the roots that the user named for the index; none if there is no index."""
        roots: tuple[Root, ...] = ()
        with suppress(NoIndex):
            roots = read_roots(self.generation_folder(self.current()))
        roots = roots or read_roots(self.folder)
        return tuple(root for root in roots if not root.linked_from)

    def note_scan(self, began_ns: int) -> None:
        """Record when a complete scan began, in nanoseconds since the epoch. Raises OSError."""
        (self.folder / SCANNED).write_text(f"{began_ns}", encoding="ascii")

    def scanned_ns(self) -> int | None:
        """Return when the last complete scan began; None if it is unknown."""
        try:
            return int((self.folder / SCANNED).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def generation_folder(self, name: str) -> Path:
        """Return the folder of a generation."""
        return self.folder / GENERATIONS / Path(name).name

    @property
    def hash_cache(self) -> HashCache:
        """The checked files of the generations."""
        return HashCache(self.folder / HASH_CACHE)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises IndexBusy, naming the holder, or IndexUnwritable."""
        with self._holding(WRITER_LOCK, f"is building {self.folder}; try again later"):
            yield

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hold the watcher's lock, beside which others may build. Raises as `writing` does."""
        with self._holding(WATCHER_LOCK, f"is keeping {self.folder} up to date already"):
            yield

    @contextmanager
    def _holding(self, name: str, busy: str) -> Iterator[None]:
        """Hold a lock; `busy` says what its holder does."""
        try:
            self._prepare()
            lock = os.open(self.folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise IndexUnwritable(f"{self.folder}: {error.strerror}") from error
        try:
            self._lock(lock, busy)
            yield
        finally:
            os.close(lock)

    def new_generation(self) -> str:
        """Create the folder of a new generation and the file that its readers lock."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self.generation_folder(name).mkdir(parents=True)
        self._lock_file(name).touch(mode=0o600)
        return name

    def publish(self, name: str) -> None:
        """Make a complete and synced generation the current one, in one step.

        A copy of its manifest is kept outside it, so that the roots and the model are known even
        if the generation is lost. Raises OSError, or IndexUnwritable if the generation is current
        but the disk did not confirm it.
        """
        sync_folder(self.folder / GENERATIONS)
        self._copy_manifest(name)
        try:
            replace_synced(self.folder / CURRENT, f"{name}\n".encode())
        except Unconfirmed as error:
            raise IndexUnwritable(
                f"{self.folder}: {error.strerror}; the new index is in place, but a power cut "
                "may lose it"
            ) from error

    def repair(self) -> None:
        """Restore the copy of the current manifest. Hold the writer's lock."""
        with suppress(NoIndex, IndexDamaged):
            name = self.current()
            read_manifest(self.generation_folder(name))
            if not self._is_copied():
                self._copy_manifest(name)

    def _copy_manifest(self, name: str) -> None:
        manifest = (self.generation_folder(name) / MANIFEST).read_bytes()
        replace_synced(self.folder / MANIFEST, manifest)

    def pinned(self) -> frozenset[str]:
        """Return the generations that are kept besides the current one."""
        return frozenset()

    def collect_garbage(self) -> None:
        """Delete generations that are neither current nor open. Hold the writer's lock."""
        try:
            current = self.current() if self.exists() else None
        except NoIndex:  # CURRENT is unreadable, so any generation may still be needed
            return
        # The build that wrote CURRENT may have been killed before it was synced.
        sync_folder(self.folder)
        paths = (self.folder / GENERATIONS).iterdir()
        kept = {current, *self.pinned()}
        if names := {path.name.removesuffix(".lock") for path in paths} - kept:
            with self._kept_hashes(current):
                for name in names:
                    with suppress(OSError):
                        self._delete(name)
        for name in (CURRENT, MANIFEST, HASH_CACHE):
            for scratch in self.folder.glob(f".{name}.*"):  # of a build killed while publishing
                scratch.unlink()

    @contextmanager
    def _kept_hashes(self, current: str | None) -> Iterator[None]:
        """Keep what is known of the current generation while files that it shares are deleted."""
        if current is None:
            yield
            return
        folder = self.generation_folder(current)
        try:
            files = read_manifest(folder).files
        except IndexDamaged:
            files = {}
        with self.hash_cache.kept_while_linking(folder, files):
            yield

    def _delete(self, name: str) -> None:
        lock_file = self._lock_file(name)
        with locked(lock_file, wait=False):
            shutil.rmtree(self.generation_folder(name), ignore_errors=True)
            lock_file.unlink()

    def _prepare(self) -> None:
        mark = self.folder / MARK
        if not mark.exists():
            is_foreign = self.folder.is_dir() and any(self.folder.iterdir())
            # Another build may have made the folder and its mark since the first check.
            if is_foreign and not (self.exists() or mark.exists()):
                raise BadRequest(
                    f"{self.folder} is not empty and is not an index; name an empty or new folder"
                )
            self._make_folder()
            write_synced(mark, b"An index made by Byline; safe to delete as a whole.\n")
            sync_folder(self.folder)
        (self.folder / GENERATIONS).mkdir(mode=0o700, exist_ok=True)

    def _make_folder(self) -> None:
        made = [path for path in (self.folder, *self.folder.parents) if not path.exists()]
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in made:
            sync_folder(path.parent)

    def _lock(self, lock: int, busy: str) -> None:
        try:
            lock_exclusively(lock, wait=False)
        except BlockingIOError as error:
            raise IndexBusy(f"{_holder(lock)} {busy}") from error
        except OSError as error:
            raise IndexUnwritable(
                f"{self.folder} is on a file system without locks ({error.strerror}); "
                "put the index elsewhere with --index"
            ) from error
        holder = Holder(os.getpid(), f"{datetime.now():%Y-%m-%d %H:%M:%S}")  # noqa: DTZ005
        with suppress(OSError):  # on a full disk the lock is held all the same
            os.ftruncate(lock, 0)
            os.pwrite(lock, msgspec.json.encode(holder), 0)

    def _lock_file(self, name: str) -> Path:
        return self.folder / GENERATIONS / f"{Path(name).name}.lock"


def _holder(lock: int) -> str:
    try:
        holder = msgspec.json.decode(os.pread(lock, 1000, 0), type=Holder)
    except msgspec.MsgspecError:
        return "another process"
    return f"process {holder.pid}, started {holder.since},"
