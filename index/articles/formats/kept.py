"""Documents that took long to read, kept on disk, so that a citation need not read them again.

What a document is follows from the bytes of its file and the versions of the libraries that read
it; both name the file that it is kept in.
"""

import hashlib
import os
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from index.articles.formats import wire
from index.articles.formats.document import Document, ExtractedDocument
from index.articles.formats.registry import Format

_VERSION = 3
"""Raised when a format is read in another way than before."""
_MOST = 200
"""Documents that are kept, those that were used last."""
_DIGEST = hashlib.sha256().digest_size


class KeptDocuments:
    """A folder of documents; whatever goes wrong with it, they are only read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, known: Format, digest: bytes) -> ExtractedDocument | None:
        """Return the document of a file with this SHA-256; None if it is not kept, or damaged."""
        path = self._path(known, digest)
        try:
            data = path.read_bytes()
            if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
                return None
            reply = msgspec.msgpack.decode(data[_DIGEST:], type=wire.Reply)
            os.utime(path)
        except (OSError, msgspec.MsgspecError):
            return None
        document = wire.document_of(reply)
        return document if isinstance(document, ExtractedDocument) else None

    def keep(self, known: Format, digest: bytes, document: Document) -> None:
        """Keep a document, and delete the ones that were not used for longest."""
        data = msgspec.msgpack.encode(wire.reply_of(document))
        path = self._path(known, digest)
        partial = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial.write_bytes(hashlib.sha256(data).digest() + data)
            partial.replace(path)
            kept = sorted(self._folder.iterdir(), key=lambda one: one.stat().st_mtime)
            for old in kept[:-_MOST]:
                old.unlink(missing_ok=True)

    def _path(self, known: Format, digest: bytes) -> Path:
        read_by = [f"{known.name} {_VERSION}", *map(_version_of, known.requires)]
        name = hashlib.sha256("\n".join(read_by).encode() + digest)
        return self._folder / name.hexdigest()


def _version_of(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
