"""Saved pages in one file (.mht, .mhtml): a message whose first page of HTML is read."""

from email import message_from_string, policy

from index.articles.formats.document import DocumentWriter, ExtractedDocument
from index.articles.formats.html import add_blocks, article_of, html_blocks
from index.articles.formats.mail import as_latin_1, part_text, pieces_in
from index.articles.text import NotText


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a saved page."""
    source = as_latin_1(data)
    message = message_from_string(source, policy=policy.default)
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        page, _ = part_text(part, source, 0, 1)
        if page is None:
            continue
        blocks = html_blocks(page.text)
        for block in blocks:
            block.pieces = pieces_in(page, block.pieces)
        article = article_of(page.text)
        writer = DocumentWriter(list(article.facts), article.title)
        add_blocks(writer, blocks, article.holds)
        return writer.document()
    return NotText("no page of HTML in it")
