"""What passes between Byline and the process that parses foreign files."""

import struct
from typing import IO

import msgspec

from index.articles.blocks import Block, Edit, Kind
from index.articles.fields import Field
from index.articles.formats.document import Document, ExtractedDocument, Outline
from index.articles.places import Anchor, AnchorFields, Places
from index.articles.spans import Span
from index.articles.text import NotText, Text

MAX_REPLY = 512 * 1024 * 1024
"""Bytes."""
_LENGTH = struct.Struct("<I")
"""Before each message."""


class Task(msgspec.Struct, array_like=True):
    """A file to parse; its bytes follow."""

    format: str
    """Name."""
    size: int
    """Bytes of the file."""
    seconds: int
    """Limit, of a processor."""
    memory: int
    """Limit on the bytes of address space."""


class Reply(msgspec.Struct, array_like=True):
    """What was read, or why it was not."""

    reason: str | None = None
    """Why the file is no text; None if it is read."""
    text: str = ""
    anchors: list[AnchorFields] = []
    blocks: list[tuple[int, int, Kind, int, list[Edit], tuple[int, int] | None]] = []
    facts: list[tuple[str, str]] = []
    title: str = ""
    notes: list[str] = []


def reply_of(document: Document | NotText) -> Reply:
    """Return a document as it is sent."""
    if isinstance(document, NotText):
        return Reply(document.reason)
    places, outline = document.text.places, document.outline
    return Reply(
        None,
        document.text.text,
        [anchor.fields for anchor in places.anchors] if places else [],
        [
            (block.span.start, block.span.end, block.kind, block.level, list(block.edits),
             (block.lead.start, block.lead.end) if block.lead else None)
            for block in outline.blocks
        ],
        [(fact.name, fact.value) for fact in outline.facts],
        outline.title,
        list(document.notes),
    )  # fmt: skip


def document_of(reply: Reply) -> ExtractedDocument | NotText:
    """Return the document that was sent."""
    if reply.reason is not None:
        return NotText(reply.reason)
    places = Places(tuple(map(Anchor.of, reply.anchors)))
    blocks = tuple(
        Block(Span(start, end), kind, level, tuple(edits), Span(*lead) if lead else None)
        for start, end, kind, level, edits, lead in reply.blocks
    )
    return ExtractedDocument(
        Text(reply.text, "utf-8", 0, places=places),
        Outline(blocks, tuple(Field(*fact) for fact in reply.facts), reply.title, True),
        tuple(reply.notes),
    )


def send(pipe: IO[bytes], message: bytes, after: bytes = b"") -> None:
    """Send a message, and bytes after it. Raises OSError if nobody listens."""
    pipe.write(_LENGTH.pack(len(message)) + message + after)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """Receive a message. Raises EOFError if the other end is closed or sends too much."""
    (size,) = _LENGTH.unpack(receive_exactly(pipe, _LENGTH.size))
    if size > MAX_REPLY:
        raise EOFError
    return receive_exactly(pipe, size)


def receive_exactly(pipe: IO[bytes], size: int) -> bytes:
    """Receive a number of bytes. Raises EOFError if there are fewer."""
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data
