"""What each line of a file is taken for."""

from dataclasses import dataclass

from index.articles.files import MAX_BYTES, Skipped, read, resolve_roots
from index.articles.formats.reading import read_document
from index.articles.parse import structure_of
from index.articles.text import NotText
from index.errors import BadRequest


@dataclass(frozen=True, slots=True)
class LineKind:
    """A line of a file, and what it was taken for."""

    number: int
    """From 1."""
    kind: str
    """Of its block, with the level of a heading or an item; empty for a blank line."""
    text: str


def line_kinds(path: str) -> list[LineKind]:
    """Return each line of a file with what it is taken for. Raises BadRequest if it is no text."""
    (root,) = resolve_roots((path,))
    contents = read(root, "", MAX_BYTES)
    if isinstance(contents, Skipped):
        raise BadRequest(f"{path} is {contents.reason}")
    document = read_document(contents.data, root.path)
    if isinstance(document, NotText):
        raise BadRequest(f"{path} is {document.reason}")
    text = document.text
    kinds: dict[int, str] = {}
    for block in structure_of(document).blocks:
        name = f"{block.kind.value} {block.level}" if block.level else block.kind.value
        lines = range(text.line_of(block.span.start), text.line_of(block.span.end - 1) + 1)
        kinds |= {line: name for line in lines if line not in kinds}
    return [
        LineKind(line, kinds.get(line, "") if said.strip() else "", said)
        for line in range(1, text.line_count + 1)
        for said in [text.text[slice(*text.line_span(line))]]
    ]
