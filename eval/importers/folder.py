"""The folder that an import makes: whole, or not there at all."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.sets.question_set import Question
from index.disk.durable_files import sync_folder, write_synced
from index.disk.json_lines import encode_line
from index.errors import BadRequest, reason_of

ARTICLES = "articles"
QUESTIONS = "questions.jsonl"
_MARK = "byline-import"
"""An empty file: what stands beside it was made by an import, and may be replaced by one."""
_MADE = (_MARK, ARTICLES, QUESTIONS)


@contextmanager
def new_folder(folder: Path, overwrite: bool) -> Iterator[Path]:
    """Give a scratch folder, for synced files, that takes the folder's place when all went well.

    The folder must not be there, or be empty; with `overwrite` the articles and questions of an
    earlier import are replaced, and all else in it stays. Raises BadRequest.
    """
    target = Path(os.path.realpath(folder))
    _check(target, folder, overwrite)
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        scratch.mkdir(parents=True)
    except OSError as error:
        raise BadRequest(f"{folder} cannot be made: {reason_of(error)}") from error
    try:
        (scratch / ARTICLES).mkdir()
        yield scratch
        (scratch / _MARK).touch()
        for path, _, _ in os.walk(scratch):
            sync_folder(Path(path))
        _publish(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_questions(folder: Path, questions: Iterable[Question]) -> None:
    """Write the question set of a folder."""
    lines = "".join(f"{encode_line(question)}\n" for question in questions)
    write_synced(folder / QUESTIONS, lines.encode("ascii"))


def _check(target: Path, given: Path, overwrite: bool) -> None:
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise BadRequest(f"{given} is a file; name a folder that is new or empty")
    if not any(target.iterdir()):
        return
    if not overwrite:
        raise BadRequest(
            f"{given} is not empty; name a new folder, or replace an earlier import by --overwrite"
        )
    if not (target / _MARK).is_file():
        raise BadRequest(f"{given} was not made by an import, so it is not overwritten")


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
    # The mark last: without it no later import takes what is half there for its own.
    for name in reversed(_MADE):
        (scratch / name).rename(target / name)
    sync_folder(target)
