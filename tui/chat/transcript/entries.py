"""What the transcript holds: a question that waits, one that failed, or a turn with its reply."""

from dataclasses import dataclass

from tui.sessions.session import Turn


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question that is not answered yet."""

    question: str
    note: str
    """What it waits for."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A question that could not be asked, and why."""

    question: str
    message: str


Entry = Waiting | Failed | Turn
