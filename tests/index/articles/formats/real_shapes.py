"""Files as people have them, from a seed: long, with columns, boilerplate and nested tables."""

import json
import random
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from io import BytesIO
from itertools import count

import docx

from tests.index.articles.formats.makers import Words, epub_book, odt_text, pdf, set_lines, width_of
from tests.index.articles.formats.prose import prose, sentence

BODY = "body"
"""The field of JSON Lines that is the text."""
_FORMATTING = ("b", "i", "em", "span", "a")


def make_pdf(choose: random.Random, size: int) -> bytes:
    """A report of pages in one column or in two, with running heads, drawn as it is read."""
    columns = choose.choice(([(72, 460)], [(60, 240), (312, 240)]))
    pages: list[list[Words]] = []
    lines = [line for one in prose(choose, 12 * size) for line in (*_set(one, columns[0][1]), "")]
    left = iter(lines)
    for number in count(1):
        words: list[Words] = [(72, 765, 8, f"The Harbour Review, No. {number}")]
        for x, _ in columns:
            for y in range(730, 70, -12):
                line = next(left, None)
                if line is None:
                    pages.append([*words, (300, 30, 8, f"- {number} -")])
                    return pdf(pages)
                words += [(x, y, 10, line)] if line else []
        pages.append([*words, (300, 30, 8, f"- {number} -")])
    raise AssertionError


def _set(text: str, width: float) -> list[str]:
    """Lines of which some end in the middle of a word."""
    lines = set_lines(text, width)
    for at in range(len(lines) - 1):
        word, _, rest = lines[at + 1].partition(" ")
        broken = f"{lines[at]} {word[:4]}-"
        is_long = word.isalpha() and word.islower() and len(word) > 6
        if is_long and rest and width_of(broken) <= width:
            lines[at], lines[at + 1] = broken, f"{word[4:]} {rest}"
    return lines


def make_html(choose: random.Random, size: int) -> bytes:
    """A saved page of a newspaper, nine tenths of which is not the article."""
    body = "".join(f"<p>{_marked_up(choose, one)}</p>\n" for one in prose(choose, 3 * size))
    links = "".join(
        f'<li><a href="/{number}">{escape(sentence(choose))}</a></li>\n'
        for number in range(20 * size)
    )
    script = "var ads = ['<p>No text.</p>'];" * 40 * size
    rows = "".join(f"<tr><td>Ship {n}</td><td>{n * 7} crowns</td></tr>" for n in range(3))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Port &amp; mill</title><script>{script}</script><style>p {{ color: red }}</style></head>
<body><header><nav><ul>{links}</ul></nav></header><!-- not this -->
<article><h1>The port &amp; the mill</h1>
{body}<table>{rows}</table></article><aside><ul>{links}</ul></aside>
<footer><p>All rights reserved.</p></footer></body></html>""".encode()


def _marked_up(choose: random.Random, text: str) -> str:
    """A text with some words in elements, white space between words, and entities."""
    words = []
    for word in text.split():
        word = escape(word).replace("“", choose.choice(("“", "&ldquo;", "&#8220;")))
        if choose.random() < 0.1:
            name = choose.choice(_FORMATTING)
            word = f"<{name}>{word}</{name}>"
        words.append(word)
    return "".join(word + choose.choice((" ", " ", " ", "\n   ", "&nbsp;")) for word in words)


def make_docx(choose: random.Random, size: int) -> bytes:
    """Minutes with headings, lists, formatted runs and tables inside tables."""
    word = docx.Document()
    word.add_heading("Minutes of the harbour council", 0)
    for number in range(2 * size):
        word.add_heading(f"Item {number + 1}", 2)
        for text in prose(choose, 3):
            paragraph = word.add_paragraph()
            for part in text.partition(" "):
                paragraph.add_run(part).bold = choose.random() < 0.5
        word.add_paragraph(sentence(choose), style="List Bullet")
        outer = word.add_table(rows=2, cols=2)
        outer.cell(0, 0).text = sentence(choose)
        inner = outer.cell(1, 1).add_table(rows=2, cols=2)
        for row in range(2):
            inner.cell(row, row).text = sentence(choose)
    return _saved(word)


def _saved(word: "docx.document.Document") -> bytes:
    file = BytesIO()
    word.save(file)
    return file.getvalue()


def make_odt(choose: random.Random, size: int) -> bytes:
    """A text with headings, lists, tables, spans, tabs and runs of blanks."""
    parts = []
    for number in range(2 * size):
        parts.append(f'<text:h text:outline-level="2">Item {number + 1}</text:h>')
        for one in prose(choose, 3):
            first, _, rest = escape(one).partition(" ")
            parts.append(f"<text:p><text:span>{first}</text:span><text:s/>{rest}</text:p>")
        items = "".join(
            f"<text:list-item><text:p>{escape(sentence(choose))}</text:p></text:list-item>"
            for _ in range(3)
        )
        cell = f"<table:table-cell><text:p>{escape(sentence(choose))}</text:p></table:table-cell>"
        parts.append(f"<text:list>{items}</text:list>")
        parts.append(f"<table:table><table:table-row>{cell}{cell}</table:table-row></table:table>")
    return odt_text("".join(parts))


def make_epub(choose: random.Random, size: int) -> bytes:
    """A book of forty chapters."""
    chapters = {
        f"c{number:02}.xhtml": f"<h1>Chapter {number}</h1>\n"
        + "".join(f"<p>{_marked_up(choose, one)}</p>\n" for one in prose(choose, size))
        for number in range(1, 41)
    }
    return epub_book(
        {
            name: body.replace("&nbsp;", " ").replace("&ldquo;", "“")
            for name, body in chapters.items()
        },
        list(chapters),
    )


def make_rtf(choose: random.Random, size: int) -> bytes:
    """A letter with formatting and characters beyond ASCII, a paragraph a line."""
    lines = []
    for one in prose(choose, 8 * size):
        said = "".join(char if char.isascii() else f"\\u{ord(char)}?" for char in one)
        first, _, rest = said.partition(" ")
        lines.append(f"\\pard {{\\b {first}}} {rest}\\par")
    return ("{\\rtf1\\ansi\\uc1{\\fonttbl{\\f0 Times;}}\n" + "\n".join(lines) + "}").encode("ascii")


def make_eml(choose: random.Random, size: int) -> bytes:
    """A message in a transfer encoding, with an answered one below it."""
    message = EmailMessage()
    message["Subject"] = "The port"
    message["From"] = "Ada Quill <ada@example.org>"
    message["Date"] = "Fri, 06 Jul 2012 10:00:00 +0200"
    quoted = "\n".join(f"> {one}" for one in prose(choose, 2))
    text = "\n\n".join([*prose(choose, 6 * size), "On Monday Ben wrote:", quoted]) + "\n"
    message.set_content(text, cte=choose.choice(("quoted-printable", "8bit", "base64")))
    if choose.random() < 0.5:
        message.add_alternative("<p>Another form of it.</p>", subtype="html")
    return message.as_bytes()


def make_mbox(choose: random.Random, size: int) -> bytes:
    """A mailbox of some messages."""
    messages = [make_eml(choose, 1) for _ in range(2 * size)]
    return b"".join(b"From ada@example.org Fri Jul  6\n" + one + b"\n" for one in messages)


def make_mhtml(choose: random.Random, size: int) -> bytes:
    """A saved page in one file, quoted-printable as browsers write it."""
    message = EmailMessage()
    message["Subject"] = "The port & the mill"
    message.set_content(make_html(choose, size).decode(), subtype="html", cte="quoted-printable")
    return message.as_bytes()


def make_jsonl(choose: random.Random, size: int) -> bytes:
    """A wire service's messages, some without text, with escapes or without."""
    lines = []
    for number in range(10 * size):
        text = "\n\n".join(prose(choose, 2)) if choose.random() < 0.9 else ""
        one = {"id": number, "title": sentence(choose), BODY: text, "more": {"body": "no"}}
        lines.append(json.dumps(one, ensure_ascii=choose.random() < 0.5))
    return "\n".join(lines).encode()


MAKERS: dict[str, Callable[[random.Random, int], bytes]] = {
    "pdf": make_pdf,
    "html": make_html,
    "docx": make_docx,
    "odt": make_odt,
    "epub": make_epub,
    "rtf": make_rtf,
    "eml": make_eml,
    "mbox": make_mbox,
    "mhtml": make_mhtml,
    "jsonl": make_jsonl,
}
