"""One article in every format, written by hand or by another library than the one that reads it."""

from email.message import EmailMessage
from io import BytesIO
from textwrap import wrap

import docx

from tests.index.articles.formats.makers import column, epub_book, odt_text, pdf

TITLE = "The breakwater is closed"
PARAGRAPHS = (
    "The harbour master, Ada Quill, closed the old breakwater on Friday, the port said, because "
    "nobody had the money to repair its walls before the winter.",
    "“It is perilous,” she said. The mill across the river was sold in May to Ben Ortega of Ulvik, "
    "who had never seen it.",
    "Fishermen of the town said on Monday that they would leave for another port unless the "
    "council changed its mind about the toll. Nobody of the council was there to hear them.",
)


def samples() -> dict[str, bytes]:
    """The files by their names."""
    body = "".join(f"<p>{one}</p>\n" for one in PARAGRAPHS)
    text = "\n\n".join((TITLE, *PARAGRAPHS))
    return {
        "a.txt": text.encode(),
        "a.md": f"# {text}\n".encode(),
        "a.html": f"<html><body><h1>{TITLE}</h1>\n{body}</body></html>".encode(),
        "a.pdf": _pdf(),
        "a.docx": _docx(),
        "a.odt": odt_text(
            f'<text:h text:outline-level="1">{TITLE}</text:h>'
            + "".join(f"<text:p>{one}</text:p>" for one in PARAGRAPHS)
        ),
        "a.epub": epub_book({"one.xhtml": f"<h1>{TITLE}</h1>\n{body}"}, ["one.xhtml"]),
        "a.rtf": _rtf(),
        "a.eml": _message("plain", "\n\n".join(PARAGRAPHS)),
        "a.mbox": b"From a@example.org Mon\n" + _message("plain", "\n\n".join(PARAGRAPHS)),
        "a.mhtml": _message("html", f"<html><body><h1>{TITLE}</h1>\n{body}</body></html>"),
    }


def _pdf() -> bytes:
    words = [(72.0, 740.0, 20.0, TITLE)]
    y = 700
    for one in PARAGRAPHS:
        lines = wrap(one, 70)
        words += column(72, y, lines)
        y -= 12 * len(lines) + 14
    return pdf([words])


def _docx() -> bytes:
    word = docx.Document()
    word.add_heading(TITLE, 1)
    for one in PARAGRAPHS:
        word.add_paragraph(one)
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def _rtf() -> bytes:
    lines = "".join(f"{one}\\par\n" for one in (TITLE, *PARAGRAPHS))
    said = "".join(one if one.isascii() else f"\\u{ord(one)}?" for one in lines)
    return f"{{\\rtf1\\ansi{{\\info{{\\title {TITLE}}}}}\n{said}}}".encode("ascii")


def _message(subtype: str, body: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = TITLE
    message["From"] = "Ada Quill <ada@example.org>"
    message.set_content(body, subtype=subtype)
    return message.as_bytes()
