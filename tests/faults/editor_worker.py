"""Edits articles continuously in a separate process: `python -m tests.faults.editor_worker`.

Reads a job as JSON from standard input and edits until that is closed. A journal has the content of
each file, before each edit and after it.
"""

import os
import random
import select
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

_PAUSE = 0.004
"""Seconds between edits."""
When = Literal["before", "after"]


class Job(msgspec.Struct):
    """What to edit."""

    news: str
    aside: str
    """Another folder on the same file system."""
    journal: str
    seed: int


class Entry(msgspec.Struct, frozen=True):
    """The begin or the end of an edit."""

    when: When
    name: str
    text: str
    """The content of the file then."""
    kind: str
    exists: bool
    """Whether there is a regular file then."""


class Editor:
    """Edits one file after another."""

    def __init__(self, job: Job) -> None:
        self.news, self.aside = Path(job.news), Path(job.aside)
        self.originals = {path.name: path.read_text("utf-8") for path in self.news.iterdir()}
        self.times = {path.name: path.stat().st_mtime_ns for path in self.news.iterdir()}
        self.chance = random.Random(job.seed)
        self.journal = os.open(job.journal, os.O_WRONLY | os.O_APPEND)

    def edit(self) -> None:
        """Edit a file."""
        name = self.chance.choice(sorted(self.originals))
        kind = self.chance.choice((*_TEXTS, *_OTHERS, *_TWICE))
        text = _TEXTS.get(kind, _same)(self.originals[name], self.chance)
        exists = kind in _TEXTS
        self._log("before", name, text, kind, exists)
        if exists:
            self._put(self.news / name, text, kind)
        else:
            _clear(self.news / name)
            _OTHERS[kind](self.news / name, self.aside / name)
        self._log("after", name, text, kind, exists)

    def _put(self, path: Path, text: str, kind: str) -> None:
        if path.is_symlink() or not path.is_file():
            _clear(path)
        if kind == "replaced" or not path.exists():
            scratch = self.aside / "scratch"
            scratch.write_text(text, "utf-8")
            scratch.replace(path)
            return
        with path.open("r+b", buffering=0) as file:
            if len(text.encode()) != path.stat().st_size:
                file.truncate(0)
            file.write(text.encode())
        if kind in ("as it was", "same size and time"):
            os.utime(path, ns=(self.times[path.name], self.times[path.name]))

    def _log(self, when: When, name: str, text: str, kind: str, exists: bool) -> None:
        # In a single write, so that readers see complete lines.
        entry = Entry(when, name, text, kind, exists)
        os.write(self.journal, msgspec.json.encode(entry) + b"\n")


def _same(text: str, _chance: random.Random) -> str:
    return text


def _lines_above(text: str, chance: random.Random) -> str:
    return f"A line {chance.random()}.\n" * chance.randint(1, 9) + text


def _changed(text: str, chance: random.Random) -> str:
    return text.replace(" late ", f" at {chance.randrange(24)} o'clock ")


def _as_long(text: str, _chance: random.Random) -> str:
    return text.replace(" late ", " soon ")


def _cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text))]


_TEXTS: dict[str, Callable[[str, random.Random], str]] = {
    "as it was": _same,
    "lines above": _lines_above,
    "changed": _changed,
    "same size and time": _as_long,
    "replaced": _changed,
    "cut": _cut,
}


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _delete(_path: Path, _aside: Path) -> None:
    pass


def _link(path: Path, aside: Path) -> None:
    path.symlink_to(aside)


def _fifo(path: Path, _aside: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, _aside: Path) -> None:
    path.mkdir()


_OTHERS: dict[str, Callable[[Path, Path], None]] = {
    "deleted": _delete,
    "a link": _link,
    "a FIFO": _fifo,
    "a folder": _folder,
}


_TWICE = ("as it was", "same size and time")
"""What is done twice as often: one after the other, they leave the same size and time."""


def main() -> None:
    """Edit until standard input is closed."""
    job = msgspec.json.decode(sys.stdin.readline(), type=Job)
    editor = Editor(job)
    # The target of a link has the same content.
    for name in editor.originals:
        shutil.copy(editor.news / name, editor.aside / name)
    while not select.select([sys.stdin], [], [], _PAUSE)[0]:
        editor.edit()


if __name__ == "__main__":
    main()
