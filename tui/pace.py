"""How often progress is told in lines, where stderr is no terminal."""

from dataclasses import dataclass
from time import monotonic

_EVERY = 5.0
"""Seconds between lines."""


@dataclass
class Pace:
    """Tells when a line is due: every five seconds, and the first time at `due`."""

    due: float
    """By the monotonic clock, in seconds."""

    @classmethod
    def begin(cls, patience: float = _EVERY) -> "Pace":
        """Begin now; the first line is due after so many seconds."""
        return cls(monotonic() + patience)

    def is_due(self) -> bool:
        """Tell whether a line is due now; the next one is five seconds later."""
        now = monotonic()
        if now < self.due:
            return False
        self.due = now + _EVERY
        return True
