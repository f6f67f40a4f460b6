"""The folder of generations: which one is current, who reads, who writes, what may go."""

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
from index.errors import (
    BadRequest,
    IndexBusy,
    IndexDamaged,
    IndexUnwritable,
    NoIndex,
    reason_of,
)
from index.storage.generation import MANIFEST, Generation, Manifest, read_manifest, read_roots
from index.storage.hash_cache import FILE as VERIFIED
from index.storage.hash_cache import OnProgress, Verified

CURRENT = "CURRENT"
MARK = "byline-index"
WRITER_LOCK = "writer.lock"
GENERATIONS = "generations"
EMBEDDED = "embedded"
_ATTEMPTS = 20


class Holder(msgspec.Struct):
    """Who holds the writer's lock."""

    pid: int
    since: str
    """Local time, to the second."""


@dataclass(frozen=True)
class OpenIndex:
    """The current generation, kept from being collected for as long as it is open."""

    name: str
    generation: Generation
    lock: int
    """File descriptor that holds the reader's lock."""

    def close(self) -> None:
        """Let the generation go."""
        self.generation.close()
        os.close(self.lock)


@dataclass(frozen=True, slots=True)
class Store:
    """An index's folder."""

    folder: Path

    def exists(self) -> bool:
        """Tell whether an index was ever published here."""
        # Either may be lost; what is left tells that there was more.
        return any((self.folder / name).is_file() for name in (CURRENT, MANIFEST))

    def open(
        self, thorough: bool = False, on_progress: OnProgress = lambda _done, _total: None
    ) -> OpenIndex:
        """Open the current generation. Raises NoIndex or IndexDamaged.

        Where `thorough` all of it is hashed, even what is known to be sound.
        """
        for _ in range(_ATTEMPTS):
            name = self.current()
            # Between reading the name and locking it, a build may have published another
            # generation and collected this one.
            try:
                return self._open(name, thorough, on_progress)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                raise IndexDamaged(
                    f"{self.folder / CURRENT} names no index that can be opened: "
                    f"{reason_of(error)}; run `byline index --full`"
                ) from error
        raise IndexDamaged(f"{self.generation_folder(name)} is missing; run `byline index --full`")

    def _open(self, name: str, thorough: bool, on_progress: OnProgress) -> OpenIndex:
        lock = os.open(self._lock_file(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_SH)  # filelock has no shared locks on open files
            folder = self.generation_folder(name)
            folder.stat()
            return OpenIndex(
                name, Generation.open(folder, self.verified, thorough, on_progress), lock
            )
        except BaseException:
            os.close(lock)
            raise

    def current(self) -> str:
        """Name the current generation. Raises NoIndex."""
        try:
            # NULs are what a power cut can leave of a file; the name is then as missing as any.
            return (self.folder / CURRENT).read_text(encoding="ascii").strip(" \n\0")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NoIndex(
                f"nothing is indexed in {self.folder}; run `byline index FOLDER` first"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise NoIndex(f"{self.folder / CURRENT} cannot be read: {reason_of(error)}") from error

    def faults(self) -> list[str]:
        """Tell what is amiss beside the current generation; a build puts it right."""
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
        """Give the roots that the index was last built from; none where there is no index."""
        roots: tuple[Root, ...] = ()
        with suppress(NoIndex):
            roots = read_roots(self.generation_folder(self.current()))
        return roots or read_roots(self.folder)

    def generation_folder(self, name: str) -> Path:
        """Give the folder of a generation."""
        return self.folder / GENERATIONS / Path(name).name

    @property
    def verified(self) -> Verified:
        """What is known of the files of the generations."""
        return Verified(self.folder / VERIFIED)

    @property
    def embedded_folder(self) -> Path:
        """Where a build keeps the vectors it has finished until it is published."""
        return self.folder / EMBEDDED

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock. Raises IndexBusy, telling who holds it, or IndexUnwritable."""
        try:
            self._prepare()
            lock = os.open(self.folder / WRITER_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise IndexUnwritable(f"{self.folder}: {reason_of(error)}") from error
        try:
            self._lock_for_writing(lock)
            yield
        finally:
            os.close(lock)

    def new_generation(self) -> str:
        """Make the folder of a generation to be written, and the file that its readers lock."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self.generation_folder(name).mkdir(parents=True)
        self._lock_file(name).touch(mode=0o600)
        return name

    def publish(self, name: str) -> None:
        """Make a generation, whole and synced, the current one, in one step.

        A copy of its manifest is kept beside it: what was indexed, and with which model, is known
        even when the generation is lost. Raises OSError, or IndexUnwritable where the generation
        is the current one but the disk did not confirm it.
        """
        sync_folder(self.folder / GENERATIONS)
        self._copy_manifest(name)
        try:
            replace_synced(self.folder / CURRENT, f"{name}\n".encode())
        except Unconfirmed as error:
            raise IndexUnwritable(
                f"{self.folder}: {reason_of(error)}; the new index is in place, but the disk may "
                "lose it if the power fails"
            ) from error

    def mend(self) -> None:
        """Put right what lies beside the current generation; hold the writer's lock."""
        with suppress(NoIndex, IndexDamaged):
            name = self.current()
            read_manifest(self.generation_folder(name))
            if not self._is_copied():
                self._copy_manifest(name)

    def _copy_manifest(self, name: str) -> None:
        manifest = (self.generation_folder(name) / MANIFEST).read_bytes()
        replace_synced(self.folder / MANIFEST, manifest)

    def collect(self) -> None:
        """Delete generations that are not current and that nobody reads; hold the writer's lock."""
        try:
            current = self.current() if self.exists() else ""
        except NoIndex:  # unreadable: who knows which one is still needed
            return
        # The build that wrote CURRENT may have been killed before the disk had it.
        sync_folder(self.folder)
        folders = self.folder / GENERATIONS
        names = {path.name.removesuffix(".lock") for path in folders.iterdir()} - {current}
        if names:
            with self._kept_verified(current):
                for name in names:
                    with suppress(OSError):
                        self._collect(name)
        for name in (CURRENT, MANIFEST, VERIFIED):
            for scratch in self.folder.glob(f".{name}.*"):  # of a build killed while it published
                scratch.unlink()

    @contextmanager
    def _kept_verified(self, current: str) -> Iterator[None]:
        """Keep what is known of the current generation while files that it shares are deleted."""
        folder = self.generation_folder(current)
        try:
            files = read_manifest(folder).files if current else {}
        except IndexDamaged:
            files = {}
        with self.verified.through(folder, files):
            yield

    def _collect(self, name: str) -> None:
        lock_file = self._lock_file(name)
        with locked(lock_file, wait=False):
            shutil.rmtree(self.generation_folder(name), ignore_errors=True)
            lock_file.unlink()

    def _prepare(self) -> None:
        mark = self.folder / MARK
        if not mark.exists():
            holds_other_things = self.folder.is_dir() and any(self.folder.iterdir())
            # Another build may have made the folder and its mark between the two looks.
            if holds_other_things and not (self.exists() or mark.exists()):
                raise BadRequest(
                    f"{self.folder} holds other things and is no index; name an empty or new folder"
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

    def _lock_for_writing(self, lock: int) -> None:
        try:
            lock_exclusively(lock, wait=False)
        except BlockingIOError as error:
            raise IndexBusy(
                f"{_holder(lock)} is building {self.folder}; try again later"
            ) from error
        except OSError as error:
            raise IndexUnwritable(
                f"{self.folder} is on a file system without locks ({reason_of(error)}); "
                "put the index elsewhere with --index"
            ) from error
        holder = Holder(os.getpid(), f"{datetime.now():%Y-%m-%d %H:%M:%S}")  # noqa: DTZ005
        with suppress(OSError):  # a full disk; the lock holds all the same
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
