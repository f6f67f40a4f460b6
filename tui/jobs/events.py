"""What a build tells on its way, also from the process that it runs in to another."""

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from index.build.events import Progress, Summary
from index.disk.json_lines import encode_line


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something begins that takes a while, and tells no progress."""

    message: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """The end of a preparation: models are ready for questions."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The end of a job that was told to stop; what it had finished is not lost."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a job that could not be done, in words for the person."""

    title: str
    message: str


BuildEvent = Progress | Waiting | Summary
"""What a build yields; the summary comes last."""
End = Summary | Prepared | Stopped | Failed
"""How a job ends."""
Event = Progress | Waiting | End
_KINDS = {one.__name__: one for one in (Progress, Waiting, Summary, Prepared, Stopped, Failed)}


def event_line(event: Event) -> str:
    """Give an event as one line of JSON in ASCII, without its line end."""
    return encode_line((type(event).__name__, event))


def parse_event(line: bytes) -> Event:
    """Read what `event_line` gave. Raises ValueError for any other line."""
    try:
        name, fields = json.loads(line)
        kind: Any = _KINDS[name]
        event: Event = msgspec.convert(fields, kind)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event: {line!r:.80}") from error
    return event
