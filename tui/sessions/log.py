"""The file of one conversation: one line of JSON for each event, append-only.

Each line is written under a lock and synced. A killed process loses at most the line that it was
writing; what is left of that line is ended before the next one is appended.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Generic, Literal, TypeVar

import msgspec

from index.articles.fields import Field
from index.articles.files import Root, Skipped, read
from index.disk.durable_files import sync_folder, write_all
from index.disk.json_lines import LineDecoder, encode_line
from index.disk.locks import locked
from index.errors import BylineError, reason_of
from index.storage.scope import Scope
from qa.answers import Answered, NoAnswer

_MAX_BYTES = 1 << 30


class NotSaved(BylineError, title="Conversation not saved"):
    """A conversation could not be written."""


class Named(msgspec.Struct, frozen=True, tag="named"):
    """The user named the conversation."""

    at: datetime
    name: str
    """Empty if the name was removed."""


class ScopeSet(msgspec.Struct, frozen=True, tag="limited"):
    """The user limited the search to some articles, or lifted the limit."""

    at: datetime
    within: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    where: tuple[Field, ...] = ()

    @property
    def scope(self) -> Scope:
        """The articles that are searched."""
        return Scope(self.within, self.since, self.until, self.where)


class AnsweredTurn(msgspec.Struct, frozen=True, tag="answered"):
    """A question with its answers."""

    at: datetime
    question: str
    reply: Answered


class UnansweredTurn(msgspec.Struct, frozen=True, tag="unanswered"):
    """A question without a confident answer."""

    at: datetime
    question: str
    reply: NoAnswer


Event = Named | ScopeSet | AnsweredTurn | UnansweredTurn


class EventHeader(msgspec.Struct, frozen=True):
    """As much of an event as a list of conversations needs."""

    kind: Literal["named", "limited", "answered", "unanswered"] = msgspec.field(name="type")
    at: datetime
    name: str = ""
    question: str = ""

    @property
    def is_turn(self) -> bool:
        """Whether the event is a question with its reply."""
        return self.kind in ("answered", "unanswered")


events: LineDecoder[Event] = LineDecoder(Event)
headers: LineDecoder[EventHeader] = LineDecoder(EventHeader)
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class Log(Generic[_Record]):
    """The readable part of a conversation's file."""

    records: tuple[_Record, ...]
    """In the order in which they were written; at least one."""
    damage: tuple[str, ...]
    """A message for each line that could not be read."""


def read_log(path: Path, decoder: LineDecoder[_Record]) -> Log[_Record] | Skipped:
    """Read a conversation's file; a damaged line costs only itself."""
    contents = read(Root(str(path), str(path)), "", _MAX_BYTES)
    if isinstance(contents, Skipped):
        return contents
    records, damage = [], []
    for number, line in enumerate(contents.data.split(b"\n"), 1):
        if line:
            try:
                records.append(decoder.decode(line))
            except ValueError as error:
                damage.append(f"line {number}: {error}")
    if not records:
        reason = damage[0] if damage else "empty"
        return Skipped(str(path), f"not a conversation: {reason}")
    return Log(tuple(records), tuple(damage))


def append_event(path: Path, event: Event) -> None:
    """Append an event and wait until it is on disk; the file need not exist yet.

    Raises NotSaved if it cannot be written; the file is then unchanged.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        with locked(path, flags) as descriptor:
            size = os.fstat(descriptor).st_size
            line_break = b"\n" if _is_torn(descriptor, size) else b""
            try:
                write_all(descriptor, line_break + encode_line(event).encode("ascii") + b"\n")
                os.fsync(descriptor)
                if size == 0:
                    sync_folder(path.parent)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
    except OSError as error:
        raise NotSaved(f"{path}: {reason_of(error)}") from error


def _is_torn(descriptor: int, size: int) -> bool:
    """Return whether the last line has no end because its writer was killed."""
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
