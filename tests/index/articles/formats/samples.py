"""One article in every format, written by hand or by another library than the one that reads it."""

from collections.abc import Sequence
from email.message import EmailMessage
from html import escape
from io import BytesIO

import docx

from tests.index.articles.formats.makers import Words, epub_book, odt_text, pdf, set_lines

TITLE = "The breakwater is closed"
PARAGRAPHS = (
    "The harbour master, Ada Quill, closed the old breakwater on Friday, the port said, because "
    "nobody had the money to repair its walls before the winter.",
    "“It is perilous,” she said. The mill across the river was sold in May to Ben Ortega of Ulvik, "
    "who had never seen it.",
    "Fishermen of the town said on Monday that they would leave for another port unless the "
    "council changed its mind about the toll. Nobody of the council was there to hear them.",
)


HEAD = "The Harbour Review"
_PAGE = 56
"""Lines of a page of the PDF."""
_WIDTH = 380
"""Of its lines, in points."""


def samples(title: str = TITLE, paragraphs: Sequence[str] = PARAGRAPHS) -> dict[str, bytes]:
    """The files of an article by their names."""
    body = "".join(f"<p>{escape(one)}</p>\n" for one in paragraphs)
    headed = f"<h1>{escape(title)}</h1>\n{body}"
    text = "\n\n".join((title, *paragraphs))
    message = "\n\n".join(paragraphs)
    return {
        "a.txt": text.encode(),
        "a.md": f"# {text}\n".encode(),
        "a.html": f'<html><meta charset="utf-8"><body>{headed}</body></html>'.encode(),
        "a.pdf": _pdf(title, paragraphs),
        "a.docx": _docx(title, paragraphs),
        "a.odt": odt_text(
            f'<text:h text:outline-level="1">{escape(title)}</text:h>'
            + "".join(f"<text:p>{escape(one)}</text:p>" for one in paragraphs)
        ),
        "a.epub": epub_book({"one.xhtml": headed}, ["one.xhtml"]),
        "a.rtf": _rtf(title, paragraphs),
        "a.eml": _message(title, "plain", message),
        "a.mbox": b"From a@example.org Mon\n" + _message(title, "plain", message),
        "a.mhtml": _message(title, "html", f"<html><body>{headed}</body></html>"),
    }


def _pdf(title: str, paragraphs: Sequence[str]) -> bytes:
    """Pages of lines; a running head and a page number if there is more than one page."""
    lines: list[tuple[float, str]] = [(20, one) for one in set_lines(title, _WIDTH, 20)]
    for one in paragraphs:
        lines += [(10, ""), *((10.0, line) for line in set_lines(one, _WIDTH))]
    pages = []
    for number, start in enumerate(range(0, len(lines), _PAGE), 1):
        y = 740.0
        words: list[Words] = []
        if len(lines) > _PAGE:
            words = [(72, 770, 8, HEAD), (300, 30, 8, str(number))]
        for size, line in lines[start : start + _PAGE]:
            words += [(72, y, size, line)] if line else []
            y -= 1.2 * size
        pages.append(words)
    return pdf(pages)


def _docx(title: str, paragraphs: Sequence[str]) -> bytes:
    word = docx.Document()
    word.add_heading(title, 1)
    for one in paragraphs:
        word.add_paragraph(one)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def _rtf(title: str, paragraphs: Sequence[str]) -> bytes:
    lines = "".join(f"{one}\\par\n" for one in (title, *paragraphs))
    said = "".join(one if one.isascii() else f"\\u{ord(one)}?" for one in lines)
    stated = "".join(one for one in title if one.isascii())
    return f"{{\\rtf1\\ansi{{\\info{{\\title {stated}}}}}\n{said}}}".encode("ascii")


def _message(title: str, subtype: str, body: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = title
    message["From"] = "Ada Quill <ada@example.org>"
    message.set_content(body, subtype=subtype)
    return message.as_bytes()
