"""Paths as people give them, to paths of files."""

import os
from pathlib import Path


def expanded(given: str) -> Path:
    """Give a path with its `~` resolved, where it stands for a home that is known."""
    try:
        return Path(os.path.expanduser(given))  # noqa: PTH111
    except ValueError:  # a NUL
        return Path(given)


def is_under(path: str, folder: str) -> bool:
    """Return whether a path is a folder or inside it, by their names alone."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def real_path(given: str) -> str:
    """Give the absolute path that something given leads to, `~` and links resolved.

    What cannot name a file comes back as it is: there is no such file.
    """
    try:
        return os.path.realpath(expanded(given))
    except ValueError:  # a NUL, or a surrogate that stands for no byte
        return given
