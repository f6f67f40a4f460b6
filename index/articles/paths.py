"""From paths as users type them to paths of files."""

import os
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

    Text that cannot name a file is returned as it is: there is no such file.
    """
    try:
        return os.path.realpath(expanded(given))
    except ValueError:  # a NUL, or a surrogate that stands for no byte
        return given
