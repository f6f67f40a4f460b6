"""Folders in the user's cache that are made once: whole, or not there."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from index.errors import IndexUnwritable, ModelUnavailable
from index.files import FileRecord, sync_folder

Card = TypeVar("Card")


def put_in_cache(
    folder: Path, make: Callable[[Path], Card], is_made: Callable[[Path], bool]
) -> Card:
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
            card = make(made)
            sync_folder(made)
            _move(made, folder, is_made)
    except OSError as error:
        raise IndexUnwritable(f"{cache}: {error.strerror}; free some space or rights") from error
    return card


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


def require_sizes(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Look that files are there and as long as they were. Raises ModelUnavailable."""
    for name, record in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != record.size:
            raise ModelUnavailable(f"{path} is missing or damaged; delete {folder}")
