"""Text, ids and file names that any file system and any index can hold."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, which would make an article binary, and lone surrogates, which UTF-8 cannot hold."""
_LONGEST_NAME = 80
"""ASCII characters, without suffix."""


@dataclass
class Distinct:
    """Names that were given out; one that is wanted again gets a number."""

    wanted: Counter[str] = field(default_factory=Counter)

    def take(self, name: str) -> str:
        """Give a name that was not given out before: this one, else with -2, -3 … behind it."""
        self.wanted[name] += 1
        if self.wanted[name] == 1:
            return name
        return self.take(f"{name}-{self.wanted[name]}")


def writable(text: str) -> str:
    """Put U+FFFD, one for one, in the place of what an article's file cannot hold."""
    return _UNWRITABLE.sub("\ufffd", text)


def headline(title: str) -> str:
    """Give a title as one line; an underscore, as in Wikipedia's addresses, is a space."""
    return " ".join(writable(title).replace("_", " ").split())


def file_stem(title: str) -> str:
    """Give a file name for a title, without suffix: lower-case ASCII letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", errors="ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "article"


def article_text(title: str, body: str) -> str:
    """Give an article's file: its title as a heading, a blank line, and the body from line 3 on.

    Without a title the first line is empty, so that nothing of the body can be front matter.
    """
    return f"# {title}\n\n{body}\n" if title else f"\n\n{body}\n"


BODY_LINE = 3
"""Where the body of an article begins."""
