"""Rows of tables, as one block of their cells."""

from collections.abc import Sequence

from index.articles.blocks import Edit, Kind
from index.articles.formats.document import DocumentWriter
from index.articles.places import Place
from index.articles.spans import Span

Piece = tuple[str, Place]
Cells = list[list[Piece]]


def add_row(
    writer: DocumentWriter,
    cells: Sequence[Sequence[Piece]],
    header: Span | None,
    *,
    is_header: bool,
    kind: Kind = Kind.ROW,
) -> Span | None:
    """Add a row, whose cells are divided by tabs and read with commas between them.

    Returns its span; None if all its cells are blank.
    """
    pieces: list[Piece] = []
    for cell in cells:
        if not any(text.strip() for text, _ in cell):
            continue
        if pieces:
            pieces.append(("\t", cell[0][1]))
        pieces += cell
    span = writer.add(pieces, kind, int(is_header), None if is_header else header)
    if span is None or kind is not Kind.ROW:
        return span
    said = "".join(text for text, _ in pieces)
    at = span.start - (len(said) - len(said.lstrip()))
    edits = []
    for text, _ in pieces:
        if text == "\t" and span.start <= at < span.end:
            edits.append(Edit(at, at + 1, ", "))
        at += len(text)
    writer.edit(edits)
    return span
