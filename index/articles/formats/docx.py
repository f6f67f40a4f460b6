"""Word documents (.docx): paragraphs in the order of the document, by their XML.

A place is a paragraph: the number of its `w:p` in the document's body, those in tables included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats.archive import Archive, Damaged, attribute, children, local
from index.articles.formats.document import DocumentWriter, ExtractedDocument
from index.articles.formats.rows import Cells, add_row
from index.articles.places import Place
from index.articles.text import NotText

if TYPE_CHECKING:
    from lxml.etree import _Element

    from index.articles.spans import Span

_BODY = "word/document.xml"
_SKIPPED = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "sectPr", "tblPr"}
)
"""Elements whose text is not shown: what was deleted, copies for old programs, codes of fields."""
_LEVELS = 6
_FACTS = {"creator": "author", "subject": "subject", "keywords": "keywords"}


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a Word document."""
    try:
        return _Reader(Archive(data)).read()
    except Damaged as damaged:
        return NotText(str(damaged))


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says of its paragraphs."""

    level: int = 0
    """Of a heading, from 1; 0 for others."""
    is_title: bool = False
    is_item: bool = False
    is_quote: bool = False


class _Reader:
    """Reads one document."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._body = archive.xml(_BODY)
        self._styles = dict(self._read_styles())
        self._paragraphs = [one for one in self._body.iter() if local(one) == "p"]
        self._numbers = {id(one): number for number, one in enumerate(self._paragraphs, 1)}
        self._writer = DocumentWriter()

    def read(self) -> ExtractedDocument | NotText:
        """Return the document: its body, then its notes, then its headers and footers."""
        self._add_facts()
        for body in children(self._body, "body"):
            self._add(body)
        return self._add_parts()

    def _add_parts(self) -> ExtractedDocument | NotText:
        for part, name in (("footnotes", "footnote"), ("endnotes", "endnote")):
            places = dict(self._references(f"{name}Reference"))
            for note in self._part(part):
                self._add_part(note, places.get(attribute(note, "id")), Kind.PARAGRAPH)
        edges = (f"{edge}{number}" for number in range(1, 4) for edge in ("header", "footer"))
        for part in ("comments", *edges):
            for one in self._part(part):
                self._add_part(one, None, Kind.BOILERPLATE)
        return self._writer.document()

    def _references(self, name: str) -> "Iterator[tuple[str | None, int]]":
        """Yield the notes that paragraphs refer to, by their ids, with the paragraph's number."""
        for number, paragraph in enumerate(self._paragraphs, 1):
            for one in paragraph.iter():
                if local(one) == name:
                    yield attribute(one, "id"), number

    def _part(self, name: str) -> "list[_Element]":
        """Return what is in another file of the document; nothing if it has none such."""
        file = f"word/{name}.xml"
        return list(self._archive.xml(file)) if self._archive.has(file) else []

    def _add_part(self, part: "_Element", number: int | None, kind: Kind) -> None:
        """Add the paragraphs of a note, of a header or of a comment."""
        place = Place(1, 1, paragraph=number or max(1, len(self._paragraphs)))
        for one in part.iter():
            if local(one) == "p":
                self._writer.add([("".join(_texts(one)), place)], kind)

    def _add(self, parent: "_Element") -> None:
        for one in parent:
            match local(one):
                case "p":
                    self._paragraph(one)
                case "tbl":
                    self._table(one)
                case "sdt" | "sdtContent" | "ins" | "customXml" | "moveTo" | "smartTag":
                    self._add(one)

    def _paragraph(self, paragraph: "_Element") -> None:
        style = self._style_of(paragraph)
        pieces = list(self._pieces(paragraph))
        if style.level:
            self._writer.add(pieces, Kind.HEADING, style.level)
        elif style.is_item:
            self._writer.add(pieces, Kind.ITEM, 1)
        else:
            self._writer.add(pieces, Kind.QUOTE if style.is_quote else Kind.PARAGRAPH)
        if style.is_title and not self._writer.title:
            self._writer.title = " ".join("".join(text for text, _ in pieces).split())
        for box in _boxes(paragraph):
            self._add(box)

    def _pieces(self, paragraph: "_Element") -> Iterator[tuple[str, Place]]:
        """Yield the lines of a paragraph, with their line breaks."""
        number = self._numbers[id(paragraph)]
        for line, text in enumerate("".join(_texts(paragraph)).split("\n"), 1):
            if line > 1:
                yield "\n", Place(line - 1, 1, paragraph=number)
            yield text, Place(line, 1, paragraph=number)

    def _table(self, table: "_Element") -> None:
        header: Span | None = None
        for number, row in enumerate(children(table, "tr")):
            cells: Cells = []
            for cell in children(row, "tc"):
                said: list[tuple[str, Place]] = []
                for one in cell.iter():
                    if local(one) == "p" and not _is_copy(one):
                        pieces = list(self._pieces(one))
                        said += [("\n", pieces[0][1])] if said and pieces else []
                        said += pieces
                cells.append(said)
            span = add_row(self._writer, cells, header, is_header=number == 0)
            header = span if number == 0 else header

    def _style_of(self, paragraph: "_Element") -> _Style:
        name, is_item, outline = "", False, None
        for properties in children(paragraph, "pPr"):
            for one in properties:
                match local(one):
                    case "pStyle":
                        name = attribute(one, "val") or ""
                    case "numPr":
                        is_item = True
                    case "outlineLvl":
                        outline = attribute(one, "val")
        style = self._styles.get(name, _Style())
        if outline is not None and outline.isdecimal() and int(outline) < _LEVELS:
            return _Style(int(outline) + 1)
        return _Style(0, False, True) if is_item and not style.level else style

    def _read_styles(self) -> Iterator[tuple[str, _Style]]:
        if not self._archive.has("word/styles.xml"):
            return
        for style in children(self._archive.xml("word/styles.xml"), "style"):
            key = attribute(style, "styleId")
            names = [attribute(one, "val") or "" for one in children(style, "name")]
            name = " ".join(names).casefold()
            digits = name.removeprefix("heading ")
            if name.startswith("heading ") and digits.isdecimal():
                yield key or "", _Style(min(_LEVELS, max(1, int(digits))))
            elif name == "title":
                yield key or "", _Style(1, True)
            elif name.startswith("list"):
                yield key or "", _Style(is_item=True)
            elif "quote" in name:
                yield key or "", _Style(is_quote=True)

    def _add_facts(self) -> None:
        if not self._archive.has("docProps/core.xml"):
            return
        for one in self._archive.xml("docProps/core.xml"):
            name = {"creator": "author", "subject": "subject", "keywords": "keywords"}.get(
                local(one)
            )
            if name and one.text and one.text.strip():
                self._writer.facts.append(Field(name, " ".join(one.text.split())))


def _texts(paragraph: "_Element") -> Iterator[str]:
    """Yield the texts of a paragraph that are shown; those of paragraphs inside it are not its."""
    for one in paragraph:
        match local(one):
            case "t":
                yield one.text or ""
            case "tab":
                yield "\t"
            case "br" | "cr":
                yield "\n"
            case "noBreakHyphen":
                yield "-"
            case "softHyphen":
                yield "\u00ad"
            case "p" | "":
                continue
            case name if name not in _SKIPPED:
                yield from _texts(one)


def _boxes(parent: "_Element") -> "Iterator[_Element]":
    """Yield the text boxes that are anchored in a paragraph."""
    for one in parent:
        name = local(one)
        if name == "txbxContent":
            yield one
        elif name and name != "p" and name not in _SKIPPED:
            yield from _boxes(one)


def _is_copy(paragraph: "_Element") -> bool:
    """Return whether a paragraph is a copy for old programs."""
    return any(local(above) == "Fallback" for above in paragraph.iterancestors())
