"""Exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end tells a script."""

    DONE = 0
    """Done, or answered."""
    NO_ANSWER = 1
    """The articles do not say; or something needs attention."""
    ERROR = 2
    """It could not be done; one line on stderr says what to do."""
    INTERRUPTED = 130
