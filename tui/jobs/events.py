"""Events of a job, and how they cross from its process to the chat."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from index.build.events import Progress, Summary
from index.disk.json_lines import encode_line
from index.watch.events import Problem, Updating, UpToDate


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something starts that takes a while and reports no progress."""

    message: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """The end of a preparation: the models are ready for questions."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The end of a job that was asked to stop; finished work was kept."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a job that failed, in words for the user."""

    title: str | None
    """None if the message says it all."""
    message: str

    @property
    def text(self) -> str:
        """The failure in one line."""
        return f"{self.title}: {self.message}" if self.title else self.message


BuildEvent = Progress | Waiting | Summary
"""What a build yields; the summary comes last."""
End = Summary | Prepared | Stopped | Failed
"""How a job ends."""
Event = Progress | Waiting | Updating | UpToDate | Problem | End
_KINDS = {
    kind.__name__: kind
    for kind in (
        Progress, Waiting, Updating, UpToDate, Problem, Summary, Prepared, Stopped, Failed
    )
}  # fmt: skip


def event_line(event: Event) -> str:
    """Return an event as one line of JSON in ASCII, without its line end."""
    return encode_line((type(event).__name__, event))


def parse_event(line: bytes) -> Event:
    """Parse what `event_line` returned. Raises ValueError for any other line."""
    try:
        name, fields = json.loads(line)
        kind: Any = _KINDS[name]
        event: Event = msgspec.convert(fields, kind)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event: {line!r:.80}") from error
    return event
