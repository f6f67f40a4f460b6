"""Text, ids and file names that every file system and index can store."""

import re
import unicodedata
from collections import Counter

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, which would make an article binary, and lone surrogates, which UTF-8 cannot encode."""
_MAX_NAME = 80
"""ASCII characters, without the suffix."""

BODY_LINE = 3
"""The line on which the body of an article begins."""


class UniqueNames:
    """Makes names unique by appending a number."""

    def __init__(self) -> None:
        self._uses: Counter[str] = Counter()

    def take(self, name: str) -> str:
        """Return the name if it is still free, else with -2, -3 … appended."""
        self._uses[name] += 1
        if self._uses[name] == 1:
            return name
        return self.take(f"{name}-{self._uses[name]}")


def writable(text: str) -> str:
    """Replace each character that an article's file cannot store with U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text)


def headline(title: str) -> str:
    """Return a title on one line; underscores, as in Wikipedia's addresses, become spaces."""
    return " ".join(writable(title).replace("_", " ").split())


def file_stem(title: str) -> str:
    """Return a file name for a title without suffix: lower-case ASCII letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", errors="ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_MAX_NAME].strip("-") or "article"


def article_text(title: str, body: str) -> str:
    """Return the text of an article: its title as a heading, a blank line, the body from line 3.

    Without a title the first line is empty, so that no part of the body is taken for front matter.
    """
    return f"# {title}\n\n{body}\n" if title else f"\n\n{body}\n"
