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
    found = Path(path.anchor)
    for place, name in enumerate(path.parts[1:], 1):
        alike = name if os.path.lexists(found / name) else _alike(found, name)
        if alike is None:  # nor is there anything inside it
            return found.joinpath(*path.parts[place:])
        found /= alike
    return found


def _alike(folder: Path, name: str) -> str | None:
    """Return the name of a file in a folder that looks the same; None if there is none."""
    wanted = unicodedata.normalize("NFC", name)
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  names, not paths
    except OSError:
        return None
    return next((one for one in names if unicodedata.normalize("NFC", one) == wanted), None)
