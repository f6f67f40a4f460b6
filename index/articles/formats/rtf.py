"""Rich text (.rtf), by striprtf. A place is a paragraph of the text."""

import re

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats.document import DocumentWriter, ExtractedDocument
from index.articles.places import Place
from index.articles.text import NotText

_FACT = re.compile(r"\{\\(title|author|subject|keywords) ([^{}\\]{1,400})\}")


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a rich text."""
    from striprtf.striprtf import rtf_to_text

    source = data.decode("cp1252", errors="replace")
    if not source.lstrip().startswith("{\\rtf"):
        return NotText("damaged: not rich text")
    writer = DocumentWriter()
    for name, value in _FACT.findall(source[:10_000]):
        if name == "title":
            writer.title = value.strip()
        else:
            writer.facts.append(Field(name, value.strip()))
    number = 0
    said: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    for text in said.split("\n"):
        if text.strip():
            number += 1
            is_row = text.count("|") > 1 and text.rstrip().endswith("|")
            place = Place(1, 1, paragraph=number)
            writer.add([(text, place)], Kind.ROW if is_row else Kind.PARAGRAPH)
    return writer.document()
