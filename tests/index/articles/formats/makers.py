"""Files of the formats, written by hand: no library that reads them takes part."""

from collections.abc import Iterable, Mapping, Sequence

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
