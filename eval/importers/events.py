"""What an import tells while it runs, and when it is done."""

from dataclasses import dataclass, field
from enum import StrEnum


class Stage(StrEnum):
    """The stages of an import, in order."""

    ARTICLES = "Writing articles"
    QUESTIONS = "Writing questions"


@dataclass(frozen=True, slots=True)
class Importing:
    """How far a stage is."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something that could not be taken as it was."""

    what: str
    count: int
    first: str
    """The id of the first question or article concerned."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made."""

    articles: int
    questions: int
    unanswerable: int
    """Of the questions, those that the articles do not answer."""
    notes: tuple[Note, ...]


ImportEvent = Importing | Imported


@dataclass
class Notes:
    """Notes being taken, alike ones counted."""

    taken: list[Note] = field(default_factory=list)

    def add(self, what: str, where: str) -> None:
        """Take a note of what happened to a question or an article, by its id."""
        for index, note in enumerate(self.taken):
            if note.what == what:
                self.taken[index] = Note(what, note.count + 1, note.first)
                return
        self.taken.append(Note(what, 1, where))
