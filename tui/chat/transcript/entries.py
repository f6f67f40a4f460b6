"""The entries of the transcript: a queued question, a failed one, or a turn with its reply."""

from dataclasses import dataclass

from tui.sessions.session import Turn


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question without a reply yet."""

    question: str
    note: str
    """Why it waits, or that it is being answered."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A question that could not be asked, with the error message."""

    question: str
    message: str


Entry = Waiting | Failed | Turn
