"""JSON Lines (.jsonl, .ndjson): the fields that the settings name, of each line.

A place is a line and a column of the file, also inside a string: an escape is one character of
the text. Lines that cannot be read are skipped, and noted.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.articles.blocks import Block, Kind
from index.articles.fields import Field
from index.articles.formats.document import CollectedTexts, ExtractedDocument, Outline, anchors_of
from index.articles.formats.field_names import JsonFields, used_fields
from index.articles.formats.plain_text import read_plain_text
from index.articles.places import Place
from index.articles.spans import Span
from index.articles.text import NotText, Text, encodable

_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\r]*")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\."
)
_MOST_NAMED = 5
"""Skipped lines that are named."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A string of a line, and where its quotation marks are."""

    said: str
    span: Span


class _Unreadable(Exception):
    """A line cannot be read, and why."""


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read the lines of a file by the fields of the settings."""
    fields = used_fields()
    if fields is None:
        return NotText("JSON Lines: the settings do not name their fields ([formats.jsonl])")
    collected, skipped = _Collected(), {}
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        try:
            collected.add(_decoded(raw), number, fields)
        except _Unreadable as error:
            skipped[number] = str(error)
    return collected.document(_notes(skipped))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise _Unreadable("not UTF-8") from error


def _notes(skipped: dict[int, str]) -> tuple[str, ...]:
    if not skipped:
        return ()
    named = [f"{number} ({why})" for number, why in list(skipped.items())[:_MOST_NAMED]]
    more = f" and {len(skipped) - _MOST_NAMED:,} more" if len(skipped) > _MOST_NAMED else ""
    return (f"line{'s' * (len(skipped) > 1)} skipped: {', '.join(named)}{more}",)


def _strings(line: str) -> dict[str, _Value]:
    """Return the strings of an object and of the objects in it, by their names and where."""
    try:
        return dict(_members(line, _after_space(line, 0), ""))
    except RecursionError as error:
        raise _Unreadable("nested too deeply") from error
    except (ValueError, IndexError) as error:
        raise _Unreadable("no JSON object") from error


def _members(line: str, at: int, above: str) -> Iterator[tuple[str, _Value]]:
    """Yield the strings of the object that begins at a code point. Raises ValueError."""
    if line[at] != "{":
        raise ValueError
    _, end = _DECODER.raw_decode(line, at)
    if not above and line[end:].strip():
        raise ValueError
    at = _after_space(line, at + 1)
    while line[at] != "}":
        key, at = _DECODER.raw_decode(line, at)
        start = _after_space(line, _after_space(line, at) + 1)
        value, at = _DECODER.raw_decode(line, start)
        name = f"{above}{key}"
        if isinstance(value, str):
            yield name, _Value(value, Span(start, at))
        elif isinstance(value, dict):
            yield from _members(line, start, f"{name}.")
        at = _after_space(line, at)
        if line[at] == ",":
            at = _after_space(line, at + 1)


def _after_space(line: str, at: int) -> int:
    found = _SPACE.match(line, at)
    assert found is not None
    return found.end()


def _pieces(line: str, value: _Value, number: int) -> Iterator[tuple[str, Place]]:
    """Yield the text of a string in pieces, each with its place in the file."""
    at, last = value.span.start + 1, value.span.end - 1
    for escape in _ESCAPE.finditer(line, at, last):
        if escape.start() > at:
            yield line[at : escape.start()], Place(number, at + 1)
        said = json.loads(f'"{escape[0]}"', strict=False)
        yield said.replace("\0", "\ufffd"), Place(number, escape.start() + 1)
        at = escape.end()
    if at < last:
        yield line[at:last], Place(number, at + 1)


class _Collected:
    """The text of the lines, one after the other."""

    def __init__(self) -> None:
        self._texts = CollectedTexts()
        self._facts: list[tuple[Field, ...]] = []
        """Of each line."""

    def add(self, line: str, number: int, fields: JsonFields) -> None:
        """Add a line of the file. Raises _Unreadable."""
        strings = _strings(line)
        texts = [strings[name] for name in fields.texts if name in strings]
        if not any(text.said.strip() for text in texts):
            raise _Unreadable(f"no text in {' or '.join(fields.texts)}")
        stated = {"title": fields.title, "date": fields.date, "author": fields.author}
        known = {name: strings[field] for name, field in stated.items() if field in strings}
        self._facts.append(
            tuple(Field(name, encodable(value.said)) for name, value in known.items())
        )
        for level, name in enumerate(stated, 2):
            if name in known:
                self._add(list(_pieces(line, known[name], number)), level)
        for text in texts:
            self._add(list(_pieces(line, text, number)))

    def _add(self, pieces: Sequence[tuple[str, Place]], level: int = 0) -> None:
        """Add a string, with a level as a heading, else as plain text."""
        text = encodable("".join(said for said, _ in pieces))
        if not text.strip():
            return
        if level:
            blocks = [Block(Span(0, len(text)).trimmed(text), Kind.HEADING, level)]
        else:
            blocks = read_plain_text(Text(text, "utf-8", 0))
        self._texts.add(text, anchors_of(pieces), blocks)

    def document(self, notes: tuple[str, ...]) -> ExtractedDocument | NotText:
        """Return the document; of a single line its facts are those of the file."""
        if not self._texts.blocks:
            return NotText(f"no text in it; {notes[0]}" if notes else "empty: no text to read")
        facts = self._facts[0] if len(self._facts) == 1 else ()
        title = next((fact.value for fact in facts if fact.name == "title"), "")
        kept = tuple(fact for fact in facts if fact.name != "title")
        outline = Outline(tuple(self._texts.blocks), kept, title)
        return ExtractedDocument(self._texts.text(), outline, notes)
