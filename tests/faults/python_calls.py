"""Makes one of Python's calls on files fail; works where system calls cannot be trapped."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from pytest import MonkeyPatch

P = ParamSpec("P")
R = TypeVar("R")
Subject = int | str | os.PathLike[str]
CALLS = ("os.fsync", "os.replace", "os.open", "io.open", "os.mkdir", "os.unlink", "os.pwrite")


@dataclass
class PythonCalls:
    """Counts the calls on files in a folder, and makes one fail."""

    folder: Path
    failing: int | None
    """Number of the call that fails, from 0; None if none does."""
    count: int = 0

    def patch(self, patch: MonkeyPatch) -> None:
        for name in CALLS:
            module, _, attribute = name.partition(".")
            call = getattr(__import__(module), attribute)
            patch.setattr(name, self._watched(call))

    def _watched(
        self, call: Callable[Concatenate[Subject, P], R]
    ) -> Callable[Concatenate[Subject, P], R]:
        def watched(subject: Subject, /, *arguments: P.args, **named: P.kwargs) -> R:
            # A number is a file that was opened in the folder, or a lock there.
            if isinstance(subject, int) or self.folder in Path(os.fsdecode(subject)).parents:
                self.count += 1
                if self.count - 1 == self.failing:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
            return call(subject, *arguments, **named)

        return watched
