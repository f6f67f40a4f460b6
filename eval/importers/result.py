"""The result of an import, and its progress."""

from collections.abc import Callable
from dataclasses import dataclass

OnProgress = Callable[[str, int, int], object]
"""Takes what is being done, how much of it is done, and the total."""
Notes = dict[str, list[str]]
"""What was not imported unchanged, with the ids of the questions or articles concerned."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import."""

    articles: int
    questions: int
    unanswerable: int
    """Questions that the articles do not answer."""
    notes: Notes
