"""The questions that an index was found to answer, kept until it changes."""

from contextlib import suppress
from pathlib import Path

import msgspec

from index.disk.durable_files import replace_synced


class Tried(msgspec.Struct, frozen=True):
    """Questions, and what they were tried on."""

    state: tuple[str, ...]
    questions: tuple[str, ...]


class TriedQuestions:
    """A file of such questions; one that is lost or damaged costs trying them again."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, state: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the questions for an index in this state; None if none were tried on it."""
        try:
            tried = msgspec.json.decode(self._file.read_bytes(), type=Tried)
        except (OSError, msgspec.MsgspecError):
            return None
        return tried.questions if tried.state == state else None

    def write(self, state: tuple[str, ...], questions: tuple[str, ...]) -> None:
        """Keep the questions for an index in this state."""
        with suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_synced(self._file, msgspec.json.encode(Tried(state, questions)))
