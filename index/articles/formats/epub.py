"""EPUB: the chapters of a book in their order, each read like a page of HTML.

A place is a chapter's file, as it is named in the archive, and a line and column of that file.
"""

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index.articles.fields import Field
from index.articles.formats.archive import Archive, Damaged, attribute, children, local
from index.articles.formats.document import DocumentWriter, ExtractedDocument
from index.articles.formats.html import add_blocks, decode_html, html_blocks
from index.articles.text import NotText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_FACTS = {"creator": "author", "date": "date", "subject": "tags", "publisher": "publisher"}


def read(data: bytes) -> ExtractedDocument | NotText:
    """Read a book."""
    try:
        return _read(Archive(data))
    except Damaged as damaged:
        return NotText(str(damaged))


def _read(archive: Archive) -> ExtractedDocument | NotText:
    package, folder = _package(archive)
    writer = DocumentWriter()
    _add_facts(writer, package)
    failed = []
    for name in _chapters(package, folder):
        try:
            text = decode_html(archive.read(name))
        except Damaged:
            failed.append(name)
            continue
        if isinstance(text, NotText):
            failed.append(name)
        else:
            blocks = html_blocks(text.text, chapter=name)
            add_blocks(writer, blocks, lambda _, is_aside: not is_aside)
    if failed and archive.has(_ENCRYPTION):
        return NotText("encrypted: it opens in its own reader only")
    writer.notes += [f"{name} cannot be read" for name in failed[:3]]
    return writer.document()


def _package(archive: Archive) -> "tuple[_Element, str]":
    """Return the root of the package file, and the folder that its paths start from."""
    for one in archive.xml(_CONTAINER).iter():
        path = attribute(one, "full-path") if local(one) == "rootfile" else None
        if path:
            return archive.xml(path), posixpath.dirname(path)
    raise Damaged("damaged: it names no content")


def _chapters(package: "_Element", folder: str) -> "Iterator[str]":
    """Yield the names of the chapters' files, in the order in which they are read."""
    files = {}
    for manifest in children(package, "manifest"):
        for item in children(manifest, "item"):
            if attribute(item, "media-type") in _PAGES:
                files[attribute(item, "id")] = attribute(item, "href") or ""
    for spine in children(package, "spine"):
        for reference in children(spine, "itemref"):
            if href := files.get(attribute(reference, "idref")):
                yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _add_facts(writer: DocumentWriter, package: "_Element") -> None:
    for metadata in children(package, "metadata"):
        for one in metadata:
            text = " ".join((one.text or "").split())
            if local(one) == "title" and text and not writer.title:
                writer.title = text
            if text and (name := _FACTS.get(local(one))):
                writer.facts.append(Field(name, text))
