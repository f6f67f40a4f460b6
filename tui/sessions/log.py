"""The file of one conversation: a line of JSON for each thing that happened, only ever appended.

A line is written at once, under a lock, and synced; a process that is killed loses at most the line
that it was writing. What is left of such a line stands alone: the next one begins anew.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, Literal, TypeVar

import msgspec

from index.articles.files import Contents, Root, Skipped, read
from index.disk.durable_files import sync_folder, write_all
from index.disk.json_lines import LineDecoder, encode_line
from index.disk.locks import locked
from index.errors import BylineError, reason_of
from qa.answers import Answered, NoAnswer

MOST_BYTES = 1 << 30


class NotKept(BylineError):
    """A conversation could not be written."""

    title = "The conversation is not being kept"


class Named(msgspec.Struct, frozen=True, tag="named"):
    """The person gave the conversation a name; an empty one takes it away."""

    at: datetime
    name: str


class Limited(msgspec.Struct, frozen=True, tag="limited"):
    """The person limited the chat to some articles; no paths: to none of them."""

    at: datetime
    within: tuple[str, ...]


class AnsweredTurn(msgspec.Struct, frozen=True, tag="answered"):
    """A question was answered."""

    at: datetime
    question: str
    reply: Answered


class UnansweredTurn(msgspec.Struct, frozen=True, tag="unanswered"):
    """The articles did not answer a question."""

    at: datetime
    question: str
    reply: NoAnswer


Event = Named | Limited | AnsweredTurn | UnansweredTurn


class Glance(msgspec.Struct, frozen=True):
    """As much of an event as a list of conversations needs."""

    kind: Literal["named", "limited", "answered", "unanswered"] = msgspec.field(name="type")
    at: datetime
    name: str = ""
    question: str = ""

    @property
    def is_turn(self) -> bool:
        """Whether it is a question with its reply."""
        return self.kind in ("answered", "unanswered")


events: LineDecoder[Event] = LineDecoder(Event)
glances: LineDecoder[Glance] = LineDecoder(Glance)
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class Kept(Generic[_Record]):
    """What could be read of a conversation's file."""

    records: tuple[_Record, ...]
    damage: tuple[str, ...]
    """For each line that could not be read: which, and why."""


def read_events(path: Path, decoder: LineDecoder[_Record]) -> Kept[_Record] | Skipped:
    """Read a conversation's file; a line that cannot be read costs only itself."""
    contents = read(Root(str(path), str(path)), "", MOST_BYTES)
    if isinstance(contents, Skipped):
        return contents
    kept = _decoded(contents, decoder)
    if not kept.records:
        why = kept.damage[0] if kept.damage else "empty"
        return Skipped(str(path), f"not a conversation: {why}")
    return kept


def _decoded(contents: Contents, decoder: LineDecoder[_Record]) -> Kept[_Record]:
    records, damage = [], []
    for number, line in enumerate(contents.data.split(b"\n"), 1):
        if line:
            try:
                records.append(decoder.decode(line))
            except ValueError as error:
                damage.append(f"line {number}: {error}")
    return Kept(tuple(records), tuple(damage))


def append_event(path: Path, event: Event) -> None:
    """Append an event and wait until the disk has it; the file need not exist yet.

    Raises NotKept where it cannot be written; the file then is as it was.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        with locked(path, flags) as descriptor:
            size = os.fstat(descriptor).st_size
            begin = b"\n" if _is_torn(descriptor, size) else b""
            try:
                write_all(descriptor, begin + encode_line(event).encode("ascii") + b"\n")
                os.fsync(descriptor)
                if size == 0:
                    sync_folder(path.parent)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
    except OSError as error:
        raise NotKept(f"{path}: {reason_of(error)}") from error


def _is_torn(descriptor: int, size: int) -> bool:
    """Whether the last line has no end: its writer was killed."""
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
