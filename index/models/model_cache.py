"""Folders in the user's cache that are made once, each with a card: complete, or absent."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from index.disk.durable_files import (
    FileRecord,
    file_faults,
    read_versioned,
    sync_folder,
    with_digest,
    write_synced,
)
from index.disk.locks import locked
from index.errors import IndexUnwritable, ModelUnavailable

NOT_PREPARED = "not prepared yet; the next question does that"

_SCRATCH = "making-"
"""Start of the names of scratch folders."""
_NEW = 10
"""Seconds in which a scratch folder may not be locked yet."""

Made = TypeVar("Made")


class _Card(Protocol):
    @property
    def format(self) -> int: ...

    @property
    def files(self) -> Mapping[str, FileRecord]: ...


Card = TypeVar("Card", bound=_Card)


@dataclass(frozen=True, slots=True)
class CardFile(Generic[Card]):
    """The card of one kind of folder: a JSON file that describes what is in the folder."""

    name: str
    """Of the file, in its folder."""
    format: int
    type: type[Card]

    def read(self, folder: Path) -> Card | None:
        """Read a folder's card; None if it is missing, damaged or of another format."""
        try:
            return read_versioned(folder / self.name, self.type, self.format)
        except (OSError, ValueError):
            return None

    def exists(self, folder: Path) -> bool:
        """Return whether a folder has a valid card, which means that it is complete."""
        return self.read(folder) is not None

    def faults(self, folder: Path) -> list[str]:
        """Return what keeps a folder from being used; its files are compared by SHA-256."""
        card = self.read(folder)
        return file_faults(folder, card.files) if card else [NOT_PREPARED]

    def ensure(self, folder: Path, make: Callable[[Path], Card]) -> Card:
        """Return a folder's card; a folder without one is made, as by `put_in_cache`."""

        def make_with_card(scratch: Path) -> Card:
            card = make(scratch)
            write_synced(scratch / self.name, with_digest(msgspec.json.encode(card)))
            return card

        return self.read(folder) or put_in_cache(folder, make_with_card, self.exists)


def put_in_cache(
    folder: Path, make: Callable[[Path], Made], is_complete: Callable[[Path], bool]
) -> Made:
    """Make a folder of the cache in a scratch folder, then move it into place in one step.

    A folder that is already in place is replaced, unless `is_complete` says that another process
    has just made it. Raises IndexUnwritable if the disk is full or may not be written.
    """
    cache = folder.parent
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        _delete_abandoned(cache)
        with ExitStack() as kept:
            temporary = kept.enter_context(tempfile.TemporaryDirectory(dir=cache, prefix=_SCRATCH))
            with suppress(OSError):  # a file system without locks
                kept.enter_context(locked(Path(temporary), os.O_RDONLY))
            scratch = Path(temporary) / folder.name
            scratch.mkdir()
            result = make(scratch)
            sync_folder(scratch)
            _move(scratch, folder, is_complete)
    except OSError as error:
        raise IndexUnwritable(
            f"{cache}: {error.strerror}; free disk space or fix permissions"
        ) from error
    return result


def _delete_abandoned(cache: Path) -> None:
    """Delete the scratch folders of processes that were killed: their locks are free."""
    for scratch in cache.glob(f"{_SCRATCH}*"):
        with suppress(OSError), locked(scratch, os.O_RDONLY, wait=False):
            if time.time() - scratch.stat().st_mtime > _NEW:
                shutil.rmtree(scratch, ignore_errors=True)


def _move(scratch: Path, folder: Path, is_complete: Callable[[Path], bool]) -> None:
    try:
        os.replace(scratch, folder)  # noqa: PTH105
    except OSError:
        # Another process was faster, or a folder of an older format is in place.
        if is_complete(folder):
            return
        shutil.rmtree(folder)
        os.replace(scratch, folder)  # noqa: PTH105
    sync_folder(folder.parent)


def check_sizes(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Raise ModelUnavailable unless all files exist with their recorded sizes."""
    for name, record in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != record.size:
            raise ModelUnavailable(f"{path} is missing or damaged; delete {folder}")
