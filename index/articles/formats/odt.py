"""OpenDocument texts (.odt): paragraphs in the order of the document, by their XML.

A place is a paragraph: the number of its `text:p` or `text:h` in the document.
"""

import re
from typing import TYPE_CHECKING

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats.archive import Archive, Damaged, attribute, children, local
from index.articles.formats.document import DocumentWriter, ExtractedDocument
from index.articles.formats.rows import Cells, Piece, add_row
from index.articles.places import Place
from index.articles.text import NotText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from index.articles.spans import Span

_SKIPPED = frozenset({"tracked-changes", "annotation", "note-citation", "sequence-decls", "forms"})
"""Elements whose text is not the document's."""
_FACTS = {"initial-creator": "author", "creator": "author", "keyword": "tags", "subject": "subject"}
_MAX_SPACES = 1000
_SPACE = re.compile(r"[ \t\r\n]+")


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read an OpenDocument text."""
    try:
        archive = Archive(data)
        if archive.has("META-INF/manifest.xml"):
            _refuse_encrypted(archive)
        return _Reader(archive).read()
    except Damaged as damaged:
        return NotText(str(damaged))


def _refuse_encrypted(archive: Archive) -> None:
    for one in archive.xml("META-INF/manifest.xml").iter():
        if local(one) == "encryption-data":
            raise Damaged("encrypted: it opens with a password only")


class _Reader:
    """Reads one document."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._root = archive.xml("content.xml")
        self._paragraphs = [one for one in self._root.iter() if local(one) in ("p", "h")]
        self._numbers = {id(one): number for number, one in enumerate(self._paragraphs, 1)}
        self._notes: list[_Element] = []
        self._writer = DocumentWriter()

    def read(self) -> ExtractedDocument | NotText:
        """Return the document, its notes at the end."""
        self._add_facts()
        for body in children(self._root, "body"):
            for text in children(body, "text"):
                self._add(text, 0)
        for note in self._notes:
            for one in note.iter():
                if local(one) == "p":
                    self._writer.add(self._pieces(one))
        return self._writer.document()

    def _add(self, parent: "_Element", depth: int) -> None:
        for one in parent:
            match local(one):
                case "h":
                    level = attribute(one, "outline-level") or "1"
                    self._heading(one, int(level) if level.isdecimal() else 1)
                case "p":
                    kind = Kind.ITEM if depth else Kind.PARAGRAPH
                    self._writer.add(self._pieces(one), kind, depth)
                case "table":
                    self._table(one)
                case "list":
                    self._add(one, depth + 1)
                case name if name and name not in _SKIPPED:
                    self._add(one, depth)

    def _heading(self, heading: "_Element", level: int) -> None:
        self._writer.add(self._pieces(heading), Kind.HEADING, min(6, max(1, level)))

    def _table(self, table: "_Element") -> None:
        header: Span | None = None
        rows = (one for one in table.iter() if local(one) == "table-row")
        for number, row in enumerate(rows):
            cells: Cells = []
            for cell in children(row, "table-cell"):
                said: list[Piece] = []
                for one in cell.iter():
                    if local(one) in ("p", "h"):
                        pieces = self._pieces(one)
                        said += [("\n", pieces[0][1]), *pieces] if said else pieces
                cells.append(said)
            span = add_row(self._writer, cells, header, is_header=number == 0)
            header = span if number == 0 else header

    def _pieces(self, paragraph: "_Element") -> list[Piece]:
        """Return the lines of a paragraph, with their line breaks."""
        number = self._numbers[id(paragraph)]
        said = re.sub(r" {2,}", " ", "".join(self._texts(paragraph)))
        pieces: list[Piece] = []
        for line, text in enumerate(said.replace("\0", " ").split("\n"), 1):
            if line > 1:
                pieces.append(("\n", Place(line - 1, 1, paragraph=number)))
            pieces.append((text, Place(line, 1, paragraph=number)))
        return pieces

    def _texts(self, parent: "_Element") -> "Iterator[str]":
        yield _SPACE.sub(" ", parent.text or "")
        for one in parent:
            match local(one):
                case "s":
                    count = attribute(one, "c") or "1"
                    yield "\0" * min(_MAX_SPACES, int(count) if count.isdecimal() else 1)
                case "tab":
                    yield "\t"
                case "line-break":
                    yield "\n"
                case "note":
                    self._notes += children(one, "note-body")
                case "p" | "h" | "":
                    pass
                case name if name not in _SKIPPED:
                    yield from self._texts(one)
            yield _SPACE.sub(" ", one.tail or "")

    def _add_facts(self) -> None:
        if not self._archive.has("meta.xml"):
            return
        for one in self._archive.xml("meta.xml").iter():
            name, text = _FACTS.get(local(one)), " ".join((one.text or "").split())
            if name and text:
                self._writer.facts.append(Field(name, text))
