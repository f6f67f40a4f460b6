"""Zip archives that documents are in, read under limits, and their XML, which fetches nothing."""

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

MAX_MEMBER = 64 * 1024 * 1024
"""Bytes of a file in an archive when it is unpacked."""
_MAX_MEMBERS = 20_000


class Damaged(Exception):
    """A file cannot be read as its format; says why in a few words."""


class Archive:
    """An archive in memory. Raises Damaged if it is none."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Damaged("damaged: not an archive") from error
        if len(self._zip.namelist()) > _MAX_MEMBERS:
            raise Damaged(f"an archive of over {_MAX_MEMBERS:,} files")

    def has(self, name: str) -> bool:
        """Return whether it has a file of this name."""
        return name in self._zip.NameToInfo

    def read(self, name: str) -> bytes:
        """Return a file, unpacked. Raises Damaged if it is missing, encrypted or too large."""
        try:
            with self._zip.open(name) as member:
                data = member.read(MAX_MEMBER + 1)
        except KeyError as error:
            raise Damaged(f"damaged: {name} is missing") from error
        except RuntimeError as error:  # a password
            raise Damaged("encrypted: it opens with a password only") from error
        except (zipfile.BadZipFile, ZlibError, EOFError, OSError, NotImplementedError) as error:
            raise Damaged(f"damaged: {name} cannot be unpacked") from error
        if len(data) > MAX_MEMBER:
            raise Damaged(f"unpacked, {name} has over {MAX_MEMBER:,} bytes")
        return data

    def xml(self, name: str) -> "_Element":
        """Return the root of an XML file. Raises Damaged as `read` does, or if it is not XML."""
        return parse_xml(self.read(name), name)


def parse_xml(data: bytes, name: str) -> "_Element":
    """Parse XML without entities of its own, without files and without network."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Damaged(f"damaged: {name} is not XML") from error
    if root is None:
        raise Damaged(f"damaged: {name} is not XML")
    return root


def local(element: "_Element") -> str:
    """Return the name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: "_Element", *names: str) -> "Iterator[_Element]":
    """Yield the children with one of these local names."""
    return (one for one in element if local(one) in names)


def attribute(element: "_Element", name: str) -> str | None:
    """Return an attribute by its local name; None if the element has none."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value)
    return None
