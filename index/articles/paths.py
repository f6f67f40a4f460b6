"""From paths as users type them to paths of files."""

import os
import unicodedata
from pathlib import Path


def expanded(given: str) -> Path:
    """Return a path with a leading `~` replaced, if that home is known."""
    try:
        return Path(os.path.expanduser(given))  # noqa: PTH111
    except ValueError:  # a NUL
        return Path(given)


def is_under(path: str, folder: str) -> bool:
    """Return whether a path is a folder or inside it, by their names alone."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def real_path(given: str) -> str:
    """Return the absolute path, with `~` and links resolved.

    A name that no file has stands for one that differs only in its Unicode normalization: a letter
    with an accent may be one code point or two. Text that cannot name a file is returned as it is:
    there is no such file.
    """
    try:
        path = os.path.realpath(expanded(given))
        if path.isascii() or os.path.lexists(path):
            return path
        return os.path.realpath(_existing(Path(path)))
    except ValueError:  # a NUL, or a surrogate that stands for no byte
        return given


def _existing(path: Path) -> Path:
    """Replace each name that no file has by that of a file that looks the same, if there is one."""
    if path == path.parent or os.path.lexists(path):
        return path
    folder = _existing(path.parent)
    wanted = unicodedata.normalize("NFC", path.name)
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  names, not paths
    except OSError:
        names = []
    alike = (name for name in names if unicodedata.normalize("NFC", name) == wanted)
    return folder / next(alike, path.name)
