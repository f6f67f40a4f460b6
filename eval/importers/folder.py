"""The output folder of an import, written atomically."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.disk.durable_files import sync_folder
from index.errors import BadRequest, reason_of

ARTICLES = "articles"
QUESTIONS = "questions.jsonl"
_MARKER = "byline-import"
"""An empty file: an import made the files next to it, and another import may replace them."""
_MADE = (_MARKER, ARTICLES, QUESTIONS)


@contextmanager
def new_folder(folder: Path, overwrite: bool) -> Iterator[Path]:
    """Yield a scratch folder for synced files that becomes the folder on success.

    The folder must be missing or empty; with `overwrite` the articles and questions of an earlier
    import are replaced, and everything else in it is kept. Raises BadRequest.
    """
    target = Path(os.path.realpath(folder))
    _check(target, folder, overwrite)
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        scratch.mkdir(parents=True)
    except OSError as error:
        raise BadRequest(f"{folder} cannot be created: {reason_of(error)}") from error
    try:
        (scratch / ARTICLES).mkdir()
        yield scratch
        (scratch / _MARKER).touch()
        for path, _, _ in os.walk(scratch):
            sync_folder(Path(path))
        _publish(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _check(target: Path, folder: Path, overwrite: bool) -> None:
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise BadRequest(f"{folder} is a file; name a new or empty folder")
    if not any(target.iterdir()):
        return
    if not overwrite:
        raise BadRequest(
            f"{folder} is not empty; name a new folder, or use --overwrite to replace an earlier "
            "import"
        )
    if not (target / _MARKER).is_file():
        raise BadRequest(f"{folder} was not made by an import and is not overwritten")


def _publish(scratch: Path, target: Path) -> None:
    if not target.is_dir() or not any(target.iterdir()):
        scratch.rename(target)
        sync_folder(target.parent)
        return
    replaced = scratch / "replaced"
    replaced.mkdir()
    for name in _MADE:
        if os.path.lexists(target / name):
            (target / name).rename(replaced / name)
    # The marker comes last: without it no later import overwrites a folder that is incomplete.
    for name in reversed(_MADE):
        (scratch / name).rename(target / name)
    sync_folder(target)
