"""Which formats there are, and which one a file is of: by its suffix and its first bytes."""

import os
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from index.articles.formats.field_names import used_fields

if TYPE_CHECKING:
    from index.articles.formats.document import FormatModule


@dataclass(frozen=True)
class Format:
    """A format, and the module that reads it."""

    name: str
    module: str
    """In this package."""
    suffixes: tuple[str, ...]
    """In lower case; of text also none at all."""
    starts: tuple[bytes, ...] = ()
    """What its files begin with, in lower case, after white space; none for text."""
    requires: tuple[str, ...] = ()
    """Packages that read it, which `byline[formats]` installs."""
    is_foreign: bool = True
    """Whether files are parsed in another process, under limits of time and memory."""
    size_factor: int = 1
    """Its files may be this many times larger than a text: markup, pictures, fonts."""

    @cached_property
    def missing(self) -> str | None:
        """Why its files cannot be read here; None if they can."""
        if all(find_spec(package) for package in self.requires):
            return None
        return f"reading {self.name} needs an extra: pip install 'byline[formats]'"

    def load(self) -> "FormatModule":
        """Import its module."""
        return cast("FormatModule", import_module(f"index.articles.formats.{self.module}"))


class _JsonLines(Format):
    """JSON Lines, which are read once their fields are named."""

    @property
    def missing(self) -> str | None:
        """Why its files cannot be read now; None if they can."""
        if used_fields():
            return None
        return "JSON Lines: name their fields in the settings, as [formats.jsonl]"


TEXT = Format("text", "plain_text", ("", ".txt", ".text", ".log", ".rst", ".org"), is_foreign=False)
FORMATS = (
    TEXT,
    Format("Markdown", "markdown", (".md", ".markdown", ".mdx"), is_foreign=False),
    Format(
        "HTML",
        "html",
        (".html", ".htm", ".xhtml"),
        (b"<!doctype html", b"<html", b"<?xml"),
        ("trafilatura",),
        size_factor=4,
    ),
    Format("saved pages", "mhtml", (".mht", ".mhtml"), (), ("trafilatura",), size_factor=16),
    Format("PDF", "pdf", (".pdf",), (b"%pdf-",), ("pypdfium2",), size_factor=64),
    Format("Word", "docx", (".docx",), (), ("lxml",), size_factor=64),
    Format("OpenDocument", "odt", (".odt",), (), ("lxml",), size_factor=64),
    Format("EPUB", "epub", (".epub",), (), ("lxml",), size_factor=64),
    Format("rich text", "rtf", (".rtf",), (b"{\\rtf",), ("striprtf",), size_factor=16),
    Format("e-mail", "mail", (".eml", ".mbox"), size_factor=32),
    _JsonLines("JSON Lines", "json_lines", (".jsonl", ".ndjson"), is_foreign=False, size_factor=16),
)
FORMATS_IN_WORDS = (
    "text (.txt, .text, .log, .rst, .org; or no extension), Markdown (.md, .markdown, .mdx), "
    "HTML (.html, .htm, .xhtml, .mht, .mhtml), PDF (.pdf), Word (.docx), OpenDocument (.odt), "
    "EPUB (.epub), rich text (.rtf), e-mail (.eml, .mbox), "
    "JSON Lines (.jsonl, .ndjson) whose fields the settings name"
)
_PROBE = 1024
_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}


def suffix_of(path: str) -> str:
    """Return the suffix of a path in lower case; empty if it has none."""
    return os.path.splitext(path)[1].lower()  # noqa: PTH122


def format_by_suffix(path: str) -> Format | None:
    """Return the format that the suffix of a path names; None if it names none."""
    return _BY_SUFFIX.get(suffix_of(path))


def format_of(path: str, data: bytes) -> Format:
    """Return the format of a file: a suffix of text is believed, others only with their bytes.

    Of a foreign format whose bytes are those of another, that other; text if nothing is known.
    """
    named = format_by_suffix(path) or TEXT
    if suffix_of(path) and not named.is_foreign:
        return named
    start = data[:_PROBE].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(named.starts):
        return named
    return next((one for one in FORMATS if start.startswith(one.starts)), named)
