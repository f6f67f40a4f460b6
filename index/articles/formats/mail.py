"""E-mail (.eml, .mbox): the header and the text of each message, by the standard library.

A place is a line of the file, however the text is encoded in it; of base64 it is the line where
that begins. Quoted messages and signatures are boilerplate.
"""

import binascii
import codecs
import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from email import message_from_string, policy
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime

from msgspec.structs import replace

from index.articles.blocks import Block, Kind
from index.articles.fields import Field
from index.articles.formats.document import CollectedTexts, ExtractedDocument, Outline, anchors_of
from index.articles.formats.html import html_blocks
from index.articles.formats.plain_text import read_plain_text
from index.articles.places import Anchor, Place, Places
from index.articles.spans import Span
from index.articles.text import NotText, Text, encodable

_SHOWN = ("Subject", "From", "To", "Cc", "Date")
"""Headers that are part of the text."""
_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\n]*\n")
"""The line before each message of a mailbox."""
_MAX_PARTS = 1_000
_WROTE = re.compile(r"(?:On\b.{5,200}\bwrote:|-{2,} ?Original Message ?-{2,})", re.DOTALL)
"""What is above a message that is answered."""
_SIGNATURE = re.compile(r"(?:^|\n)-- ?\n")


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a message, or all messages of a mailbox."""
    starts = [match.end() for match in _SEPARATOR.finditer(data)]
    ends = [match.start() for match in _SEPARATOR.finditer(data)]
    spans = list(zip(starts, [*ends[1:], len(data)], strict=True)) if starts else [(0, len(data))]
    collected = _Collected()
    messages = []
    for start, end in spans:
        source = as_latin_1(data[start:end])
        message = message_from_string(source, _class=EmailMessage, policy=policy.default)
        messages.append(message)
        collected.add(message, source, data.count(b"\n", 0, start) + 1)
    return collected.document(messages)


def as_latin_1(data: bytes) -> str:
    """Return bytes as text that has a code point for each: the form in which mail is parsed here.

    With other forms the parser would not return the payload of a part as it is in the file.
    """
    return data.decode("latin-1")


def _header(message: Message, name: str) -> str:
    """Return a header on one line; empty if the message has none."""
    said = " ".join(str(message.get(name, "")).split())
    try:
        return said.encode("latin-1").decode()
    except UnicodeError:  # it was decoded already
        return said


def part_text(part: Message, source: str, at: int, first_line: int) -> tuple[Text | None, int]:
    """Return the text of a part with its places, and where its payload ends in its message.

    The payload is looked for in the source of the message from a code point on; the source begins
    at a line of the file. None if it is not found or not text.
    """
    payload = part.get_payload()
    if not isinstance(payload, str) or (start := source.find(payload, at)) == -1:
        return None, at
    line = first_line + source.count("\n", 0, start)
    parts: list[str] = []
    anchors = [Anchor(0, Place(line, 1))]
    size = 0
    for said, number in _decoded(part, payload, line):
        anchors.append(Anchor(size, Place(number, 1)))
        parts.append(encodable(said.replace("\r\n", "\n").replace("\0", "\ufffd")))
        size += len(parts[-1])
    places = Places(tuple(anchors))
    return Text("".join(parts), "utf-8", 0, places=places), start + len(payload)


def _decoded(part: Message, payload: str, line: int) -> Iterator[tuple[str, int]]:
    """Yield the text of each line of a payload, or of all of base64, with the line's number."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    decoder = _decoder(part)
    data = payload.encode("latin-1")
    if encoding == "base64":
        yield decoder.decode(_from_base64(data), True), line
        return
    for raw in data.splitlines(keepends=True):
        said = quopri.decodestring(raw) if encoding == "quoted-printable" else raw
        yield decoder.decode(said), line
        line += raw.endswith(b"\n")
    yield decoder.decode(b"", True), line


def _decoder(part: Message) -> codecs.IncrementalDecoder:
    charset = part.get_content_charset() or "utf-8"
    try:
        return codecs.getincrementaldecoder(charset)(errors="replace")
    except LookupError:
        return codecs.getincrementaldecoder("utf-8")(errors="replace")


def _from_base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return b""


class _Collected:
    """The text of messages, one after the other."""

    def __init__(self) -> None:
        self._texts = CollectedTexts()

    def add(self, message: EmailMessage, source: str, first_line: int) -> None:
        """Add a message whose source begins at a line of the file."""
        for name in _SHOWN:
            value = _header(message, name)
            if value:
                place = Place(first_line + _line_of_header(source, name), 1)
                self._add_text(
                    encodable(f"{name}: {value}"), (Anchor(0, place),), Kind.FRONT_MATTER
                )
        at = 0
        texts: list[tuple[bool, Text]] = []
        for number, part in enumerate(message.walk()):
            if number > _MAX_PARTS or part.get_content_maintype() != "text":
                continue
            text, at = part_text(part, source, at, first_line)
            if text:
                texts.append((part.get_content_subtype() == "html", text))
        has_plain = any(not is_html and text.text.strip() for is_html, text in texts)
        for is_html, text in texts:
            if not is_html:
                anchors = text.places.anchors if text.places else ()
                self._add_text(text.text, anchors, None)
            elif not has_plain:
                self._add_html(text)

    def _add_html(self, part: Text) -> None:
        for block in html_blocks(part.text):
            anchors = anchors_of(pieces_in(part, block.pieces))
            kind = Kind.BOILERPLATE if block.is_aside else block.kind
            self._add_text(block.text, anchors, kind, block.level)

    def _add_text(
        self, text: str, anchors: Sequence[Anchor], kind: Kind | None, level: int = 0
    ) -> None:
        """Add text: one block of a kind, or plain text to find the blocks of."""
        if not text.strip():
            return
        if kind is None:
            blocks: list[Block] = _ranked(text)
        else:
            blocks = [Block(Span(0, len(text)).trimmed(text), kind, level)]
        self._texts.add(text, anchors, blocks, "\n" if kind is Kind.FRONT_MATTER else "\n\n")

    def document(self, messages: Sequence[EmailMessage]) -> ExtractedDocument | NotText:
        """Return the document; its facts are those of the first message."""
        if not self._texts.blocks:
            return NotText("empty: no text to read")
        title = _header(messages[0], "Subject") if len(messages) == 1 else ""
        facts = tuple(_facts(messages[0])) if len(messages) == 1 else ()
        outline = Outline(tuple(self._texts.blocks), facts, encodable(title), True)
        return ExtractedDocument(self._texts.text(), outline)


def pieces_in(part: Text, pieces: Iterable[tuple[str, Place]]) -> list[tuple[str, Place]]:
    """Return pieces of a page that is a part of a file, each with its place in the file.

    A piece is divided where the file has another line: the page's own lines are longer or shorter.
    """
    found = []
    for text, place in pieces:
        start = part.line_starts[place.line - 1] + place.column - 1
        anchors = part.places.within(Span(start, start + len(text))) if part.places else ()
        ends = [anchor.offset for anchor in anchors[1:]] + [len(text)]
        found += [
            (text[anchor.offset : end], anchor.place)
            for anchor, end in zip(anchors, ends, strict=True)
        ]
    return found


def _ranked(text: str) -> list[Block]:
    """Return the blocks of a message's text; what it quotes, and its signature, are boilerplate."""
    signature = _SIGNATURE.search(text)
    end = signature.start() if signature else len(text)
    blocks = read_plain_text(Text(text, "utf-8", 0))
    found = []
    for block in blocks:
        is_below = block.span.start >= end or block.kind is Kind.QUOTE
        if is_below or _WROTE.fullmatch(block.span.of(text).strip()):
            block = replace(block, kind=Kind.BOILERPLATE, level=0)
        found.append(block)
    return found


def _line_of_header(source: str, name: str) -> int:
    """Return how many lines are above a header."""
    head = source.split("\n\n", 1)[0]
    found = re.search(rf"^{name}:", head, re.IGNORECASE | re.MULTILINE)
    return head.count("\n", 0, found.start()) if found else 0


def _facts(message: EmailMessage) -> Iterator[Field]:
    name, address = parseaddr(_header(message, "From"))
    if name or address:
        yield Field("author", encodable(name or address))
    try:
        yield Field("date", parsedate_to_datetime(_header(message, "Date")).date().isoformat())
    except (ValueError, TypeError):
        return
