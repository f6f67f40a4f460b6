"""Files of the formats, written by hand: no library that reads them takes part."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from zipfile import ZipFile

Words = tuple[float, float, float, str]
"""Where some words of a page are, from the lower left corner in points; their size; and they."""


def pdf(pages: Sequence[Iterable[Words]], info: Mapping[str, str] | None = None) -> bytes:
    """A PDF of these pages, in Helvetica."""
    objects = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    parent = 2 * len(pages) + 2
    kids = []
    for words in pages:
        stream = b"\n".join(
            b"BT /F1 %g Tf %g %g Td (%s) Tj ET" % (size, x, y, _string(text))
            for x, y, size, text in words
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 1 0 R >> >> >>" % (parent, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids)))
    objects.append(b"<< /Type /Catalog /Pages %d 0 R >>" % parent)
    facts = b" ".join(
        b"/%s (%s)" % (name.encode(), _string(value)) for name, value in (info or {}).items()
    )
    objects.append(b"<< %s >>" % facts)
    return _file(objects)


def _string(text: str) -> bytes:
    data = text.encode("cp1252")
    for mark in (b"\\", b"(", b")"):
        data = data.replace(mark, b"\\" + mark)
    return data


def _file(objects: Sequence[bytes]) -> bytes:
    """A PDF of objects, of which the last two are the catalog and the facts."""
    data = b"%PDF-1.4\n"
    offsets = []
    for number, one in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects)
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root %d 0 R /Info %d 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (count + 1, table, count + 1, count - 1, count, len(data))
    )


def column(x: float, y: float, lines: Iterable[str], size: float = 10) -> list[Words]:
    """Lines of a column below one another."""
    return [(x, y - 12 * number, size, line) for number, line in enumerate(lines)]


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of files."""
    file = BytesIO()
    with ZipFile(file, "w") as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return file.getvalue()


def odt_text(body: str) -> bytes:
    """An OpenDocument text with this in its body."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{name}="{urn}:{name}:1.0"' for name in ("office", "text", "table"))
    content = (
        f"<office:document-content {spaces}><office:body><office:text>{body}</office:text>"
        "</office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def epub_book(
    chapters: Mapping[str, str], order: Iterable[str], title: str = "", author: str = ""
) -> bytes:
    """A book of chapters, each the inside of a body, which begins at line 1."""
    items = "".join(
        f'<item id="i-{name}" href="{name}" media-type="application/xhtml+xml"/>'
        for name in chapters
    )
    spine = "".join(f'<itemref idref="i-{name}"/>' for name in order)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="text/book.opf"/></rootfiles></container>'
    )
    pages = {
        f"text/{name}": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
        for name, body in chapters.items()
    }
    return archive(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container,
         "text/book.opf": package, **pages}
    )  # fmt: skip
