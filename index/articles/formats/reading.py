"""From the bytes of a file to its document, whatever its format is."""

import hashlib
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from time import monotonic

from index.articles.formats.document import Document, TooMuchText
from index.articles.formats.isolation import read_isolated
from index.articles.formats.kept import KeptDocuments
from index.articles.formats.registry import Format, format_of
from index.articles.text import NotText, Text

_CACHED = 8
"""Foreign documents that are kept: their files are cited, shown and opened one after another."""
_Key = tuple[str, bytes]
_cache: OrderedDict[_Key, Document] = OrderedDict()
_lock = Lock()
_LONG = 0.3
"""Seconds that a document took to be read from which on it is kept on disk."""
_kept: KeptDocuments | None = None


def keep_documents_in(folder: Path) -> None:
    """Keep documents that take long to read in a folder, which need not exist."""
    global _kept
    _kept = KeptDocuments(folder)


def read_document(data: bytes, path: str) -> Document | NotText:
    """Read a file, whose path is needed for its suffix alone."""
    known = format_of(path, data)
    if known.missing:
        return NotText(known.missing)
    return _read_foreign(known, data) if known.is_foreign else _read_here(known, data)


def _read_here(known: Format, data: bytes) -> Document | NotText:
    try:
        return known.load().read(data)
    except TooMuchText:
        return NotText("too much text for one article")


def read_text(data: bytes, path: str) -> Text | NotText:
    """Read the text of a file."""
    document = read_document(data, path)
    return document if isinstance(document, NotText) else document.text


def _read_foreign(known: Format, data: bytes) -> Document | NotText:
    key = known.name, hashlib.sha256(data).digest()
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    document = _read_anew(known, key[1], data)
    if not isinstance(document, NotText):
        with _lock:
            _cache[key] = document
            while len(_cache) > _CACHED:
                _cache.popitem(last=False)
    return document


def _read_anew(known: Format, digest: bytes, data: bytes) -> Document | NotText:
    if _kept and (document := _kept.get(known, digest)):
        return document
    started = monotonic()
    read = read_isolated(known.name, data)
    if _kept and not isinstance(read, NotText) and monotonic() - started > _LONG:
        _kept.keep(known, digest, read)
    return read
