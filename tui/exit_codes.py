"""Exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit code of a command."""

    DONE = 0
    """Success, or answered."""
    NO_ANSWER = 1
    """No confident answer, a warning of a check, or a figure below its limit."""
    ERROR = 2
    """Failed; a line on stderr says what to do."""
    INTERRUPTED = 130
