"""The title and date of an article, where they can be recognised."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from index.articles.boilerplate import MAX_LENGTH, TOP, is_boilerplate, normalised
from index.articles.dates import date_in, front_matter_date, top_date

_SENTENCE_END = tuple(".!?\"”’'")
_PROSE_WORDS = 6
"""Minimum number of words in a paragraph that an article's text can begin with."""
_TITLE = 160
"""Code points; a longer line is a paragraph."""
FRONT_MATTER_LINES = 200
"""Limit on the lines of front matter."""
_FRONT_MATTER = 8 * 1024
"""Code points; YAML's scanner takes time quadratic in the number of brackets."""

_HEADING = re.compile(r"#{1,6}\s+(?P<text>\S.*)")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the top of an article says about it."""

    title: str | None = None
    """None if it is unknown."""
    date: dt.date | None = None
    """None if it is unknown."""
    front_matter: int = 0
    """Number of lines at the top that are front matter."""


def read_metadata(header: Metadata, paragraphs: Sequence[str], plain: Sequence[str]) -> Metadata:
    """Complete the front matter's metadata from an article's paragraphs, raw and normalised."""
    top = plain[:TOP]
    first = [text for text in paragraphs[:TOP] if len(text) <= MAX_LENGTH]
    headings = (match["text"] for text in first if (match := _HEADING.fullmatch(text)))
    title = header.title or next(headings, "").rstrip("# \t") or _headline(top, Counter(plain))
    return Metadata(
        title=normalised(title[:MAX_LENGTH]) or None,
        date=header.date or top_date(paragraphs),
        front_matter=header.front_matter,
    )


def masthead(paragraphs: Sequence[str]) -> int:
    """Count the paragraphs above an article's first sentence: outlet, section, headline, date.

    Returns 0 without a sentence near the top: then nothing distinguishes them from the text.
    """
    top = enumerate(paragraphs[: TOP + 1])
    return next((index for index, text in top if _reads_as_prose(text)), 0)


def _reads_as_prose(paragraph: str) -> bool:
    return paragraph.endswith(_SENTENCE_END) and len(paragraph.split()) >= _PROSE_WORDS


def front_matter(lines: Sequence[str]) -> Metadata:
    """Read title and date from an article's YAML front matter, if it has any."""
    if not lines or lines[0].rstrip() != "---":
        return Metadata()
    ends = (
        i
        for i, line in enumerate(lines[1:FRONT_MATTER_LINES], 1)
        if line.rstrip() in ("---", "...")
    )
    end = next(ends, None)
    if end is None:
        return Metadata()
    block = "\n".join(lines[1:end])
    if len(block) > _FRONT_MATTER:
        return Metadata()
    import yaml  # slow to import, and few articles have front matter

    try:
        # BaseLoader keeps all values as strings: the safe loader's tags and aliases can fail in
        # any way, or expand without limit.
        values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        return Metadata()
    if not isinstance(values, dict):
        return Metadata()
    named = {
        key.lower(): value
        for key, value in values.items()
        if isinstance(key, str) and isinstance(value, str)
    }
    return Metadata(
        title=named.get("title") or None, date=front_matter_date(named), front_matter=end + 1
    )


def _headline(lines: Sequence[str], copies: Counter[str]) -> str:
    """Choose a headline: a line that is repeated, else the longest above the first paragraph."""
    above = takewhile(lambda line: len(line) <= _TITLE, lines)
    candidates = [line for line in above if _reads_as_headline(line)]
    repeated = [line for line in candidates if copies[line] > 1]
    return next(iter(repeated), max(candidates, key=len, default=""))


def _reads_as_headline(line: str) -> bool:
    return (
        len(line.split()) > 1
        and not line.endswith((".", ":", ";", ","))
        and not is_boilerplate(line)
        and date_in(line) is None
    )
