"""Files of the formats, written by hand: no library that reads them takes part."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from zipfile import ZipFile

Words = tuple[float, float, float, str]
"""Where some words of a page are, from the lower left corner in points; their size; and they."""


def pdf(pages: Sequence[Iterable[Words]], info: Mapping[str, str] | None = None) -> bytes:
    """A PDF of these pages, in Helvetica."""
    pages = [list(words) for words in pages]
    codes = _codes("".join(text for words in pages for *_, text in words))
    named = b" ".join(b"%d /uni%04X" % (code, ord(char)) for char, code in codes.items())
    objects = [
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica "
        b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [%s] >> >>" % named
    ]
    parent = 2 * len(pages) + 2
    kids = []
    for words in pages:
        stream = b"\n".join(
            b"BT /F1 %g Tf %g %g Td (%s) Tj ET" % (size, x, y, _string(text, codes))
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


def _codes(text: str) -> dict[str, int]:
    """The codes of characters that Windows-1252 lacks, of which there may be as many as fit."""
    lacking = [char for char in dict.fromkeys(text) if not char.encode("cp1252", "ignore")]
    return dict(zip(lacking, [*range(1, 8), *range(14, 32)], strict=False))


def _string(text: str, codes: Mapping[str, int] | None = None) -> bytes:
    codes = codes or {}
    data = b"".join(
        bytes([codes[char]]) if char in codes else char.encode("cp1252") for char in text
    )
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


_WIDTHS = dict(
    zip(
        map(chr, range(32, 127)),
        map(
            int,
            """278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556
            556 556 556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278
            500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469
            556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500
            278 556 500 722 500 500 500 334 260 334 584""".split(),
        ),
        strict=True,
    )
)
"""Of Helvetica, in thousandths of its size."""


def width_of(text: str, size: float = 10) -> float:
    """The width of a text in Helvetica, in points."""
    return sum(_WIDTHS.get(char, 556) for char in text) * size / 1000


def set_lines(text: str, width: float, size: float = 10) -> list[str]:
    """A text in lines as wide as a column, as a program for typesetting breaks it."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


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
