"""Word, OpenDocument, EPUB and rich text: order, kinds and places."""

import random
import zipfile
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.text.paragraph import Paragraph

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats import docx as docx_format
from index.articles.formats import epub, odt, rtf
from index.articles.formats.document import ExtractedDocument, FormatModule
from index.articles.parse import structure_of
from index.articles.text import NotText
from tests.index.articles.formats.makers import archive, epub_book, odt_text

Found = list[tuple[Kind, str]]


def document(found: ExtractedDocument | NotText) -> ExtractedDocument:
    assert not isinstance(found, NotText), found
    return found


def kinds(found: ExtractedDocument) -> Found:
    text = found.text.text
    return [(block.kind, block.span.of(text)) for block in found.outline.blocks]


def saved(word: Any) -> bytes:  # noqa: ANN401  its module has no types
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def report() -> Any:  # noqa: ANN401
    """A report with headings, a list, a table in a table and a hyperlink."""
    word = docx.Document()
    word.core_properties.author = "Ada Quill"
    word.add_heading("The breakwater", 0)
    word.add_paragraph("It was closed on Friday.")
    word.add_heading("What is next", 2)
    word.add_paragraph("A new wall", style="List Bullet")
    word.add_paragraph("“Nobody came,” she said.", style="Intense Quote")
    table = word.add_table(2, 2)
    for row, cells in enumerate((("Year", "Ships"), ("2011", "40"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    inner = table.cell(1, 1).add_table(1, 1)
    inner.cell(0, 0).text = "of which 3 sank"
    word.add_paragraph("The end\nof it.")
    return word


def test_a_word_document_is_read_in_order() -> None:
    found = document(docx_format.read(saved(report())))
    assert kinds(found) == [
        (Kind.HEADING, "The breakwater"),
        (Kind.PARAGRAPH, "It was closed on Friday."),
        (Kind.HEADING, "What is next"),
        (Kind.ITEM, "A new wall"),
        (Kind.QUOTE, "“Nobody came,” she said."),
        (Kind.ROW, "Year\tShips"),
        (Kind.ROW, "2011\t40\nof which 3 sank"),
        (Kind.PARAGRAPH, "The end\nof it."),
    ]
    assert found.outline.facts == (Field("author", "Ada Quill"),)
    assert structure_of(found).title == "The breakwater"
    row = found.outline.blocks[6]
    assert row.lead is not None
    assert row.lead.of(found.text.text) == "Year\tShips"


def test_a_paragraph_is_where_another_library_finds_it() -> None:
    choose = random.Random(3)
    word = report()
    for number in range(60):
        word.add_paragraph(" ".join(choose.choice(("a", "wall", "fell", "é")) for _ in range(9)))
        if number % 20 == 0:
            word.add_table(1, 1).cell(0, 0).text = f"cell {number}"
    data = saved(word)
    found = document(docx_format.read(data))
    parent: Any = None
    body = docx.Document(BytesIO(data)).element.body
    texts = [Paragraph(one, parent).text for one in body.iter() if one.tag.endswith("}p")]
    for offset, letter in enumerate(found.text.text):
        if not letter.isspace():
            place = found.text.place(offset)
            assert place.paragraph is not None
            lines = texts[place.paragraph - 1].split("\n")
            assert lines[place.line - 1][place.column - 1] == letter


def test_deleted_text_is_not_read_and_notes_are() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        f"<w:document {space}><w:body><w:p><w:r><w:t>It </w:t></w:r><w:del><w:r>"
        "<w:delText>never </w:delText></w:r></w:del><w:ins><w:r><w:t>soon </w:t></w:r></w:ins>"
        '<w:r><w:t>fell.</w:t><w:footnoteReference w:id="2"/></w:r></w:p></w:body></w:document>'
    )
    notes = (
        f'<w:footnotes {space}><w:footnote w:id="2"><w:p><w:r><w:t>On Friday.</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    found = document(
        docx_format.read(archive({"word/document.xml": body, "word/footnotes.xml": notes}))
    )
    assert found.text.text == "It soon fell.\n\nOn Friday."
    assert found.text.place(len(found.text.text) - 2).paragraph == 1


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    spaces = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>In the box.</w:t></w:r></w:p></w:txbxContent>"
    body = (
        f"<w:document {spaces}><w:body><w:p><w:r><w:t>Above.</w:t><mc:AlternateContent>"
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p></w:body></w:document>"
    )
    found = document(docx_format.read(archive({"word/document.xml": body})))
    assert found.text.text == "Above.\n\nIn the box."
    assert found.text.place(10).paragraph == 2


def test_an_open_document_is_read_in_order() -> None:
    data = odt_text(
        '<text:h text:outline-level="2">The mill</text:h>'
        '<text:p>It <text:span>was</text:span><text:s text:c="2"/>sold<text:line-break/>in'
        "   May.<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>A note.</text:p></text:note-body></text:note></text:p>"
        "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
        "<text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
        "<table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
    )
    found = document(odt.read(data))
    assert kinds(found) == [
        (Kind.HEADING, "The mill"),
        (Kind.PARAGRAPH, "It was  sold\nin May."),
        (Kind.ITEM, "One"),
        (Kind.ROW, "a\tb"),
        (Kind.PARAGRAPH, "A note."),
    ]
    place = found.text.place(found.text.text.index("May"))
    assert (place.paragraph, place.line, place.column) == (2, 2, 4)


def test_a_book_of_many_chapters_is_read_in_the_order_of_its_spine() -> None:
    chapters = {
        f"c{n:02}.xhtml": f"<h1>Chapter {n}</h1>\n<p>It was\nday {n}.</p>" for n in range(40)
    }
    names = sorted(chapters, key=lambda name: name[::-1])
    found = document(epub.read(epub_book(chapters, names, title="The Toll", author="Ada Quill")))
    said = [text for kind, text in kinds(found) if kind is Kind.HEADING]
    assert said == [f"Chapter {int(name[1:3])}" for name in names]
    assert structure_of(found).title == "The Toll"
    assert Field("author", "Ada Quill") in found.outline.facts
    place = found.text.place(found.text.text.index("day 7."))
    assert (place.chapter, place.line, place.column) == ("text/c07.xhtml", 3, 1)
    assert place.label == "text/c07.xhtml:3"


def test_rich_text_is_read_by_paragraph() -> None:
    data = (
        rb"{\rtf1\ansi{\info{\title The mill}{\author Ada}}\b The mill\b0\par "
        rb"It was sold in caf\'e9.\par}"
    )
    found = document(rtf.read(data))
    assert kinds(found) == [(Kind.PARAGRAPH, "The mill"), (Kind.PARAGRAPH, "It was sold in café.")]
    assert found.outline.title == "The mill"
    assert found.text.place(12).paragraph == 2


def _bomb() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in ("word/document.xml", "content.xml", "META-INF/container.xml"):
            zipped.writestr(name, b" " * (2 * 1024 * 1024))
    return file.getvalue()


_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
"""A billion laughs."""


@pytest.mark.parametrize("module", [docx_format, odt, epub])
def test_hostile_archives_are_refused(
    module: FormatModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.articles.formats.archive.MAX_MEMBER", 1024 * 1024)
    bodies = {
        "laughs": _LAUGHS + "<x>&j;</x>",
        "file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        "deep": "<x>" * 100_000,
        "empty": "",
        "words": "no XML",
    }
    for body in bodies.values():
        names = ("word/document.xml", "content.xml", "META-INF/container.xml")
        found = module.read(archive(dict.fromkeys(names, body)))
        assert isinstance(found, NotText), found
    for data in (b"", b"PK\x03\x04", archive({}), _bomb()):
        assert isinstance(module.read(data), NotText)


def test_entities_are_not_resolved() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    for entity in ('SYSTEM "file:///etc/passwd"', '"inner"'):
        body = (
            f"<!DOCTYPE x [<!ENTITY f {entity}>]><w:document {space}><w:body><w:p><w:r>"
            "<w:t>Before &f; after.</w:t></w:r></w:p></w:body></w:document>"
        )
        found = docx_format.read(archive({"word/document.xml": body}))
        said = "" if isinstance(found, NotText) else found.text.text
        assert "root:" not in said
