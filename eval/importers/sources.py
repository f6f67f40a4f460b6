"""Read the files of an import, compressed with gzip or not."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from index.errors import BadRequest, reason_of

_GZIP = b"\x1f\x8b"


def read_source(file: Path) -> bytes:
    """Read a file without its byte order mark. Raises BadRequest if it cannot be read."""
    with _opened(file) as source:
        return source.read().removeprefix(codecs.BOM_UTF8)


def source_lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers from 1.

    Raises BadRequest if it cannot be read.
    """
    with _opened(file) as source:
        for number, line in enumerate(source, 1):
            content = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            if content.strip():
                yield number, content


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("rb") as source:
            if source.peek(len(_GZIP)).startswith(_GZIP):
                with gzip.open(source) as unpacked:
                    yield cast("BinaryIO", unpacked)
            else:
                yield source
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadRequest(f"{file} is a damaged gzip file: {error}") from error
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {reason_of(error)}") from error
