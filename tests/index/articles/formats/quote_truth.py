"""Whether quotes are where they are said to be, by other libraries than those that read the files.

python -m tests.index.articles.formats.quote_truth [QUOTES [SEED]]
"""

import binascii
import email
import json
import quopri
import random
import sys
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import click
import docx
import pypdf
from docx.text.paragraph import Paragraph
from lxml import etree
from lxml import html as lxml_html

from index.articles.formats.document import Document
from index.articles.formats.field_names import JsonFields, use_fields
from index.articles.formats.registry import format_of
from index.articles.parse import structure_of
from index.articles.passages import DEFAULT_SETTINGS, NoLimit, split
from index.articles.places import Place
from index.articles.text import NotText
from qa.answers import Quote
from qa.citations import quote_of
from tests.index.articles.formats.real_shapes import BODY, MAKERS

_FILES = 10
"""Of each format."""
_BOOK = 42
"""Size of a PDF of over 500 pages."""


def flat(text: str) -> str:
    """A text with one blank for each white space."""
    return " ".join(text.replace("\xa0", " ").split())


def read(name: str, data: bytes) -> Document:
    """Read a file in this process."""
    document = format_of(name, data).load().read(data)
    assert not isinstance(document, NotText), document
    return document


def quotes(document: Document) -> list[Quote]:
    """All sentences of a document that may be quoted."""
    structure = structure_of(document)
    passages = split(document.text, structure.blocks, None, DEFAULT_SETTINGS, NoLimit())
    return [quote_of(passage, span) for passage in passages for span in passage.sentences]


# Where other libraries find them


def _is_in_pdf(data: bytes, quote: Quote) -> bool:
    first = quote.place
    assert first.page and quote.end_place.page
    lines = [
        (page, number, line)
        for page in range(first.page, quote.end_place.page + 1)
        for number, line in enumerate(_pdf_lines(data, page), 1)
    ]
    said = quote.text.split("\n")
    at = next(at for at, one in enumerate(lines) if one[:2] == (first.page, first.line))
    # Running heads and page numbers are between the lines of two pages.
    rest = iter(line for _, _, line in lines[at:])
    return said[0] in lines[at][2] and all(any(one in line for line in rest) for one in said)


@cache
def _pages(data: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(BytesIO(data)).pages)


@cache
def _pdf_lines(data: bytes, page: int) -> list[str]:
    return [line for line in _pages(data)[page - 1].extract_text().split("\n") if line.strip()]


def _is_in_source(source: str, quote: Quote) -> bool:
    """Whether markup from one place to another is a quote, as libxml2 reads it."""
    start, end = (_offset(source, place) for place in (quote.place, quote.end_place))
    after = source.find(";", end) if source[end : end + 1] == "&" else end
    return flat(_shown(source[start : after + 1])) == flat(quote.text)


def _shown(source: str) -> str:
    """The text of markup; cells are apart."""
    spaced = source.replace("</td>", "</td> ")
    fragment: str = lxml_html.fragment_fromstring(spaced, create_parent="div").text_content()
    return fragment


def _offset(source: str, place: Place) -> int:
    return sum(len(line) + 1 for line in source.split("\n")[: place.line - 1]) + place.column - 1


def _is_in_html(data: bytes, quote: Quote) -> bool:
    return _is_in_source(data.decode(), quote)


def _is_in_epub(data: bytes, quote: Quote) -> bool:
    assert quote.place.chapter
    return _is_in_source(ZipFile(BytesIO(data)).read(quote.place.chapter).decode(), quote)


def _are_in_paragraphs(paragraphs: list[str], quote: Quote) -> bool:
    first, last = quote.place.paragraph, quote.end_place.paragraph
    assert first and last
    # The cells of a row are one quote; what is between them is written by Byline.
    cells = [part for part in quote.text.replace("\n", " | ").split(" | ") if part.strip(" |")]
    said = flat(" ".join(paragraphs[first - 1 : last]))
    return all(flat(cell.strip("| ")) in said for cell in cells)


def _is_in_docx(data: bytes, quote: Quote) -> bool:
    return _are_in_paragraphs(_docx_paragraphs(data), quote)


@cache
def _docx_paragraphs(data: bytes) -> list[str]:
    word = docx.Document(BytesIO(data))
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
    return [Paragraph(one, word).text for one in word.element.body.iter(name)]


def _is_in_odt(data: bytes, quote: Quote) -> bool:
    return _are_in_paragraphs(_odt_paragraphs(data), quote)


@cache
def _odt_paragraphs(data: bytes) -> list[str]:
    root = etree.fromstring(ZipFile(BytesIO(data)).read("content.xml").replace(b"<text:s/>", b" "))
    text = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
    return ["".join(one.itertext()) for one in root.iter(f"{text}p", f"{text}h")]


def _is_in_rtf(data: bytes, quote: Quote) -> bool:
    return _are_in_paragraphs(_rtf_paragraphs(data), quote)


@cache
def _rtf_paragraphs(data: bytes) -> list[str]:
    """The paragraphs of a file that `make_rtf` wrote, without its codes."""
    lines = data.decode("ascii").split("\n")[1:]
    shown = [line.replace("\\pard {\\b ", "").replace("} ", " ", 1) for line in lines]
    parts = [line.rsplit("\\par", 1)[0].split("\\u") for line in shown]
    return [
        first + "".join(chr(int(part[:4])) + part[5:] for part in rest) for first, *rest in parts
    ]


def _is_in_mail(data: bytes, quote: Quote) -> bool:
    lines = data.split(b"\n")
    raw = b"\n".join(lines[quote.place.line - 1 : quote.end_place.line])
    decoded = [raw, quopri.decodestring(raw)]
    decoded += _base64(lines[quote.place.line - 1 :])
    headers = email.message_from_bytes(raw + b"\n\n")
    decoded += [f"{name}: {value}".encode() for name, value in headers.items()]
    return any(flat(quote.text) in flat(one.decode(errors="replace")) for one in decoded)


def _base64(lines: list[bytes]) -> Iterator[bytes]:
    """Yield what the lines up to the next blank one are in base64, if they are."""
    end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
    try:
        yield binascii.a2b_base64(b"".join(lines[:end]), strict_mode=True)
    except binascii.Error:
        return


def _is_in_mhtml(data: bytes, quote: Quote) -> bool:
    lines = data.split(b"\n")[quote.place.line - 1 : quote.end_place.line]
    source = quopri.decodestring(b"\n".join(lines)).decode(errors="replace")
    return flat(quote.text) in flat(_shown(source))


def _is_in_jsonl(data: bytes, quote: Quote) -> bool:
    line = data.decode().split("\n")[quote.place.line - 1]
    known = json.loads(line)
    start = line[quote.place.column - 1 :]
    is_there = start.startswith((quote.text[0], "\\u"))
    return is_there and any(quote.text in known[name] for name in (BODY, "title"))


CHECKS: dict[str, Callable[[bytes, Quote], bool]] = {
    "pdf": _is_in_pdf,
    "html": _is_in_html,
    "docx": _is_in_docx,
    "odt": _is_in_odt,
    "epub": _is_in_epub,
    "rtf": _is_in_rtf,
    "eml": _is_in_mail,
    "mbox": _is_in_mail,
    "mhtml": _is_in_mhtml,
    "jsonl": _is_in_jsonl,
}


def wrong(suffix: str, choose: random.Random, files: int, count: int, book: int = 1) -> list[Quote]:
    """Return those of random quotes of new files that are not where they are said to be.

    `book` is the size of the first file, those of others are one to three.
    """
    use_fields(JsonFields(BODY, title="title"))
    found = []
    for number in range(files):
        size = choose.randrange(1, 4) if number or book == 1 else book
        data = MAKERS[suffix](choose, size)
        known = quotes(read(f"a.{suffix}", data))
        check = CHECKS[suffix]
        chosen = [choose.choice(known) for _ in range(count // files)]
        found += [quote for quote in chosen if not check(data, quote)]
    use_fields(None)
    return found


def main(count: int = 1_000, seed: int = 7) -> None:
    """Print for each format how many of some quotes are wrong."""
    for suffix in MAKERS:
        choose = random.Random(f"{suffix} {seed}")
        book = _BOOK if suffix == "pdf" else 1
        found = wrong(suffix, choose, _FILES, count, book)
        click.echo(f"{suffix}: {len(found)} of {count:,} quotes are wrong")
        for quote in found[:5]:
            click.echo(f"    {quote.place} {quote.end_place} {quote.text!r}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
