"""Folders in the user's cache that are made once, with a card each: whole, or not there."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from index.disk.durable_files import (
    FileRecord,
    file_faults,
    sync_folder,
    with_digest,
    without_digest,
    write_synced,
)
from index.errors import IndexUnwritable, ModelUnavailable, reason_of

Made = TypeVar("Made")


class _Card(Protocol):
    @property
    def format(self) -> int: ...

    @property
    def files(self) -> Mapping[str, FileRecord]: ...


Card = TypeVar("Card", bound=_Card)


@dataclass(frozen=True, slots=True)
class Cards(Generic[Card]):
    """The cards of one kind of folder: what such a folder says of itself."""

    file: str
    """Where the card is in its folder."""
    format: int
    blank: Card
    """Stands for a card that is missing, is not as it was written, or is of another format."""

    def read(self, folder: Path) -> Card:
        """Read a folder's card; blank where it has none."""
        try:
            line = without_digest((folder / self.file).read_bytes())
            card = msgspec.json.decode(line, type=type(self.blank))
        except (OSError, ValueError):
            return self.blank
        return card if card.format == self.format else self.blank

    def has(self, folder: Path) -> bool:
        """Tell whether a folder was made, so that it has a card."""
        return self.read(folder) != self.blank

    def faults(self, folder: Path) -> list[str]:
        """Tell which files of a folder are not as its card says, by size and SHA-256."""
        return file_faults(folder, self.read(folder).files)

    def ensure(self, folder: Path, make: Callable[[Path], Card]) -> Card:
        """Give a folder's card; where it has none the folder is made, as by `put_in_cache`."""
        card = self.read(folder)
        if card != self.blank:
            return card

        def make_with_card(made: Path) -> Card:
            card = make(made)
            write_synced(made / self.file, with_digest(msgspec.json.encode(card)))
            return card

        return put_in_cache(folder, make_with_card, self.has)


def put_in_cache(
    folder: Path, make: Callable[[Path], Made], is_made: Callable[[Path], bool]
) -> Made:
    """Make a folder of the cache, aside and then in one step.

    `is_made` tells whether a folder already is what would be made; another process may be faster.
    Raises IndexUnwritable where the disk is full or may not be written.
    """
    cache = folder.parent
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="making-") as scratch:
            made = Path(scratch) / folder.name
            made.mkdir()
            result = make(made)
            sync_folder(made)
            _move(made, folder, is_made)
    except OSError as error:
        raise IndexUnwritable(f"{cache}: {reason_of(error)}; free some space or rights") from error
    return result


def _move(made: Path, folder: Path, is_made: Callable[[Path], bool]) -> None:
    try:
        os.replace(made, folder)  # noqa: PTH105
    except OSError:
        # Another process was faster, or an older format lies there.
        if is_made(folder):
            return
        shutil.rmtree(folder)
        os.replace(made, folder)  # noqa: PTH105
    sync_folder(folder.parent)


def check_sizes(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Look that files are there and as long as they were. Raises ModelUnavailable."""
    for name, record in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != record.size:
            raise ModelUnavailable(f"{path} is missing or damaged; delete {folder}")
