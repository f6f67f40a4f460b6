"""Read the files of an import, compressed with gzip or not."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from index.disk.json_lines import LineDecoder
from index.errors import BadRequest, reason_of

_GZIP = b"\x1f\x8b"

Record = TypeVar("Record")


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


def source_records(file: Path, decoder: LineDecoder[Record], what: str) -> Iterator[Record]:
    """Yield the records of a file of JSON lines. Raises BadRequest that says what is invalid."""
    for number, line in source_lines(file):
        try:
            yield decoder.decode(line)
        except ValueError as error:
            raise BadRequest(f"{file}, line {number}: invalid {what}: {error}") from error


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
