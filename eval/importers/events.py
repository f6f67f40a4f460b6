"""Progress and result of an import."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Stage(StrEnum):
    """The stages of an import, in order."""

    ARTICLES = "Writing articles"
    QUESTIONS = "Writing questions"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """Progress of a stage."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something that could not be imported unchanged."""

    what: str
    count: int
    first: str
    """Id of the first question or article concerned."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import."""

    articles: int
    questions: int
    unanswerable: int
    """Questions that the articles do not answer."""
    notes: tuple[Note, ...]


ImportEvent = ImportProgress | Imported


class Notes:
    """Collects notes and counts equal ones."""

    def __init__(self) -> None:
        self._notes: dict[str, Note] = {}

    def add(self, what: str, name: str) -> None:
        """Add a note about a question or an article, by its id."""
        note = self._notes.get(what, Note(what, 0, name))
        self._notes[what] = replace(note, count=note.count + 1)

    def collected(self) -> tuple[Note, ...]:
        """Return the notes in the order in which each first occurred."""
        return tuple(self._notes.values())
