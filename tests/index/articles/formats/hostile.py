"""Hostile files of every format, made from a seed; `SECRET` must never be read."""

import random
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.index.articles.formats.makers import archive, odt_text, pdf
from tests.index.articles.formats.samples import samples

SECRET = "the combination is 4711"
"""In a file next to the hostile ones."""
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def hostile_files(seed: int, count: int, secret: Path) -> Iterator[tuple[str, bytes]]:
    """Yield at least as many files with their names: written to harm, then damaged at random."""
    choose = random.Random(seed)
    made = 0
    for name, data in _written(secret):
        made += 1
        yield name, data
    whole = [(name, data) for name, data in samples().items() if name not in ("a.txt", "a.md")]
    while made < count:
        name, data = choose.choice(whole)
        made += 1
        yield name, _damaged(choose, data)


def _damaged(choose: random.Random, data: bytes) -> bytes:
    """Return a file of which a part is missing, repeated, mixed up or replaced."""
    at, size = choose.randrange(len(data)), choose.randrange(1, 400)
    match choose.randrange(5):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + data[at : at + size] * choose.randrange(2, 2000) + data[at:]
        case 2:
            return data[:at] + data[at + size :]
        case 3:
            return data[:at] + choose.randbytes(size) + data[at + size :]
        case _:
            mixed = bytearray(data)
            for _ in range(choose.randrange(1, 60)):
                mixed[choose.randrange(len(mixed))] = choose.randrange(256)
            return bytes(mixed)


def _written(secret: Path) -> Iterator[tuple[str, bytes]]:
    yield from _pages(secret)
    yield from _archives(secret)
    yield from _pdfs()
    yield "deep.rtf", b"{\\rtf1 " + b"{" * 20_000
    yield "bytes.rtf", b"{\\rtf1 \\bin999999999 x}"
    yield "parts.eml", b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\n" * 2_000
    yield "headers.eml", b"X: " + b"y" * 40_000 + b"\n" + b"Z: 1\n" * 5_000
    yield "many.mbox", b"From \n\n" * 1_000


def _pages(secret: Path) -> Iterator[tuple[str, bytes]]:
    yield "deep.html", b"<div>" * 3_000 + b"Here."
    yield "unclosed.html", b"<p" * 5_000
    yield "comments.html", b"<!--" * 2_000
    yield "declarations.html", b"<![" * 2_000
    yield "entities.html", b"&" * 10_000
    yield "attributes.html", b"<p " + b"a=b " * 20_000 + b">Here."
    yield "formatting.html", b"<b><i>x" * 4_000
    yield "tables.html", b"<table><tr><td>" * 2_000 + b"Here."
    yield "frame.html", f'<iframe src="file://{secret}"></iframe><p>Here.'.encode()
    yield "entity.xhtml", _with_entity(secret, "<html><body><p>&x;</p></body></html>").encode()
    odd = "<p>\ud800 &#xD800; &#0; &#x110000; Here."
    yield "surrogates.html", odd.encode(errors="surrogatepass")


def _with_entity(secret: Path, xml: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>{xml}'


def _archives(secret: Path) -> Iterator[tuple[str, bytes]]:
    body = f"<w:document {_WORD}><w:body><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>"
    parts = {
        "entity": _with_entity(secret, body % "&x;"),
        "laughs": _laughs(body % "&i;"),
        "deep": body % ("<w:p>" * 100_000),
        "long": body % ("ha " * 400_000),
        "none": "",
    }
    for name, xml in parts.items():
        yield f"{name}.docx", archive({"word/document.xml": xml})
        yield f"{name}.odt", archive({"content.xml": xml})
        container = {"META-INF/container.xml": xml}
        yield f"{name}.epub", archive(container)
    outside = {"META-INF/container.xml": f'<r><rootfile full-path="../../..{secret}"/></r>'}
    yield "outside.epub", archive(outside)
    yield "names.docx", archive({f"../{number}": "" for number in range(25_000)})
    yield "spaces.odt", odt_text('<text:p>x<text:s text:c="999999999"/>y</text:p>')


def _laughs(xml: str) -> str:
    entities = "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">'
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    return f'<!DOCTYPE r [<!ENTITY a "ha">{entities}]>{xml}'


def _pdfs() -> Iterator[tuple[str, bytes]]:
    yield "dense.pdf", pdf([[(x, y, 4, "ab") for x in range(0, 600, 24) for y in range(0, 780, 8)]])
    yield "odd.pdf", pdf([[(1e9, -1e9, 1e6, "far"), (0, 0, 0, "flat"), (5, 5, -9, "turned")]])
    yield "pages.pdf", pdf([[]] * 300)
    start = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    loop = b"2 0 obj<</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>>endobj\n"
    yield "loop.pdf", start + loop + b"trailer<</Root 1 0 R>>"
    count = b"2 0 obj<</Type/Pages/Count 2000000000/Kids[]>>endobj\n"
    yield "count.pdf", start + count + b"trailer<</Root 1 0 R>>"
    yield "arrays.pdf", start + b"2 0 obj" + b"[" * 200_000
    objects = b"".join(b"%d 0 obj<<>>endobj\n" % number for number in range(2, 20_000))
    yield "objects.pdf", start + objects + b"trailer<</Root 1 0 R>>"
    packed = zlib.compress(b"BT (x) Tj ET " * 300_000)
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)
    yield (
        "packed.pdf",
        pdf([[(72, 700, 10, "Here.")]]).replace(
            b"4 0 obj", b"9 0 obj" + stream + b"endobj\n4 0 obj"
        ),
    )
