import base64
import quopri
from email.message import EmailMessage

import pytest

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats import mail, mhtml
from index.articles.formats.document import ExtractedDocument
from index.articles.parse import structure_of
from index.articles.text import NotText

HEAD = (
    "From: Ada Quill <ada@example.org>\nTo: Ben\nSubject: The =?utf-8?q?caf=C3=A9?=\n"
    "Date: Mon, 5 Mar 2012 10:00:00 +0000\n"
)
BODY = (
    "The café closed on Friday.\n\nOn Monday, Ben wrote:\n> Is it open?\n\nYours\n-- \nAda Quill\n"
)


def document(data: bytes) -> ExtractedDocument:
    found = mail.read(data)
    assert not isinstance(found, NotText), found
    return found


def lines_of(data: bytes, found: ExtractedDocument, words: str) -> str:
    """Return the line of the file at which words of a document are."""
    place = found.text.place(found.text.text.index(words))
    return data.split(b"\n")[place.line - 1].decode(errors="replace")


def message(encoding: str, charset: str = "utf-8") -> bytes:
    raw = BODY.encode(charset)
    encoded = {
        "8bit": raw, "quoted-printable": quopri.encodestring(raw), "base64": base64.encodebytes(raw)
    }[encoding]  # fmt: skip
    head = f'{HEAD}Content-Type: text/plain; charset="{charset}"\n'
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n".encode() + encoded


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_a_message_is_read_whatever_its_encoding(encoding: str, charset: str) -> None:
    data = message(encoding, charset)
    found = document(data)
    assert found.text.text.endswith(BODY)
    assert structure_of(found).title == "The café"
    assert found.outline.facts == (Field("author", "Ada Quill"), Field("date", "2012-03-05"))
    assert lines_of(data, found, "Subject: The café").startswith("Subject:")
    if encoding != "base64":
        assert lines_of(data, found, "Is it open?") == "> Is it open?"


def test_what_is_quoted_and_the_signature_rank_below() -> None:
    found = document(message("8bit"))
    kinds = {block.span.of(found.text.text): block.kind for block in found.outline.blocks}
    assert kinds["The café closed on Friday."] is Kind.PARAGRAPH
    assert kinds["> Is it open?"] is Kind.BOILERPLATE
    assert kinds["On Monday, Ben wrote:"] is Kind.BOILERPLATE
    assert kinds["Ada Quill"] is Kind.BOILERPLATE
    assert kinds["From: Ada Quill <ada@example.org>"] is Kind.FRONT_MATTER


def test_a_long_quoted_printable_line_is_placed_by_its_soft_breaks() -> None:
    said = " ".join(f"word{number}" for number in range(60))
    data = f"{HEAD}Content-Transfer-Encoding: quoted-printable\n\n".encode()
    data += quopri.encodestring(said.encode())
    found = document(data)
    for number in (0, 20, 59):
        assert f"word{number}"[:5] in lines_of(data, found, f"word{number}")


def test_a_page_of_html_is_read_if_there_is_no_text() -> None:
    both = EmailMessage()
    both["Subject"] = "Two"
    both.set_content("The plain one.")
    both.add_alternative("<p>The <b>other</b> one.</p>", subtype="html")
    assert "other" not in document(both.as_bytes()).text.text
    only = EmailMessage()
    only.set_content("<p>The <b>only</b> one.</p>", subtype="html")
    data = only.as_bytes()
    found = document(data)
    assert found.text.text == "The only one."
    assert "only" in lines_of(data, found, "only")


def test_a_mailbox_is_all_its_messages() -> None:
    data = b"\n".join(b"From x@example.org Mon\n" + message("8bit") for _ in range(3))
    found = document(data)
    assert found.text.text.count("The café closed") == 3
    last = found.text.place(found.text.text.rindex("The café closed"))
    assert last.line == 1 + data[: data.rindex("The café closed".encode())].count(b"\n")


def test_a_saved_page_is_read_with_its_places() -> None:
    page = (
        "<html><body><article><h1>The mill</h1><p>The mill was sold in café Ulvik in May. "
        + ("Nobody of the town came to see it. " * 5)
        + "</p></article></body></html>"
    )
    saved = EmailMessage()
    saved["Subject"] = "The mill"
    saved.set_content(page, subtype="html", cte="quoted-printable")
    saved.make_related()
    data = saved.as_bytes()
    found = mhtml.read(data)
    assert isinstance(found, ExtractedDocument)
    assert found.text.text.startswith("The mill\n\nThe mill was sold in café Ulvik")
    assert "Ulvik" in lines_of(data, found, "Ulvik")
    assert isinstance(mhtml.read(b"no page"), NotText)


_NESTED = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"Subject: x\n",
        _NESTED + b"--x--",
        b"Content-Type: text/plain; charset=none\n\ncaf\xe9 here\n",
        b"Content-Transfer-Encoding: base64\n\n!!!\n",
        b"\xff\xfe\x00",
        b"From \n" * 2000,
        _NESTED * 90,
    ],
    ids=range(9),
)
def test_odd_messages_are_read_or_refused(data: bytes) -> None:
    assert isinstance(mail.read(data), ExtractedDocument | NotText)
