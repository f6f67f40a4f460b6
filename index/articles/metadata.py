"""An article's title and date, where they can be told."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from index.articles.boilerplate import HEADER, LONGEST, is_boilerplate, normalised

_DATELINE = 90
"""Code points; a longer line must begin as a dateline does: PLACE, date, dash."""
_SENTENCE_END = tuple(".!?\"”’'")
_PROSE_WORDS = 6
"""Words in a paragraph, at least, that an article's text can begin with."""
_TITLE = 160
"""Code points; a longer line is a paragraph."""
FRONT_MATTER_LINES = 200
"""Lines that front matter takes, at most."""
_FRONT_MATTER = 8 * 1024
"""Code points: YAML's scanner takes time quadratic in the brackets among them."""

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r"|sept)\.?"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = tuple(
    re.compile(rf"(?<![\w.]){pattern}(?!\w)", re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?: of)? {_MONTH},? {_YEAR}",
        rf"{_MONTH} {_DAY},? {_YEAR}",
        rf"{_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?:T[\d:.]+Z?)?",
    )
)
_PLACE = re.compile(
    r"\W*(?:(?i:(?:first |last )?(?:published|posted|updated)|date)\b\W*(?:on|at)?\W*|"
    r"(?:[A-Z][\w.'’-]*\W+){1,4})?",
)
_OPENING = 120
"""Code points that place and date at the head of a paragraph take, at most."""
_HEADING = re.compile(r"#{1,6}\s+(?P<text>\S.*)")


@dataclass(frozen=True, slots=True)
class Headline:
    """What the top of an article tells about it; empty text and no date where it does not."""

    title: str
    dates: tuple[date, ...]
    """The article's date, or nothing."""
    front_matter: int
    """Lines at the top, from the first, that are front matter."""


def read_headline(header: Headline, paragraphs: Sequence[str], plain: Sequence[str]) -> Headline:
    """Complete what an article's front matter tells from its paragraphs, also given normalised."""
    top = plain[:HEADER]
    first = [text for text in paragraphs[:HEADER] if len(text) <= LONGEST]
    headings = (match["text"] for text in first if (match := _HEADING.fullmatch(text)))
    title = header.title or next(headings, "").rstrip("# \t") or _headline(top, Counter(plain))
    dates = header.dates or _dateline(top)
    return Headline(normalised(title[:LONGEST]), dates, header.front_matter)


def masthead(paragraphs: Sequence[str]) -> int:
    """Count the paragraphs above an article's first sentence: outlet, section, headline, date.

    0 where no sentence stands near the top, for then nothing tells them from the text.
    """
    top = enumerate(paragraphs[: HEADER + 1])
    return next((index for index, text in top if _reads_as_prose(text)), 0)


def _reads_as_prose(paragraph: str) -> bool:
    return paragraph.endswith(_SENTENCE_END) and len(paragraph.split()) >= _PROSE_WORDS


def front_matter(lines: Sequence[str]) -> Headline:
    """Read title and date from YAML front matter, where an article has it."""
    absent = Headline("", (), 0)
    if not lines or lines[0].rstrip() != "---":
        return absent
    ends = (
        i
        for i, line in enumerate(lines[1:FRONT_MATTER_LINES], 1)
        if line.rstrip() in ("---", "...")
    )
    end = next(ends, 0)
    block = "\n".join(lines[1:end])
    if not end or len(block) > _FRONT_MATTER:
        return absent
    import yaml  # only an article with front matter pays for it

    try:
        # All values as the strings they are: what the safe loader makes of tags and aliases can
        # fail in any way, or grow without end.
        values = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        return absent
    if not isinstance(values, dict):
        return absent
    named = {
        key.lower(): value
        for key, value in values.items()
        if isinstance(key, str) and isinstance(value, str)
    }
    return Headline(
        title=named.get("title", ""),
        dates=_dates_in(named.get("date", named.get("published", ""))),
        front_matter=end + 1,
    )


def _headline(lines: Sequence[str], copies: Counter[str]) -> str:
    """Choose a headline: one that stands twice, else the longest above the first paragraph."""
    above = takewhile(lambda line: len(line) <= _TITLE, lines)
    candidates = [line for line in above if _reads_as_headline(line)]
    repeated = [line for line in candidates if copies[line] > 1]
    return next(iter(repeated), max(candidates, key=len, default=""))


def _reads_as_headline(line: str) -> bool:
    return (
        len(line.split()) > 1
        and not line.endswith((".", ":", ";", ","))
        and not is_boilerplate(line)
        and not _dates_in(line)
    )


def _dateline(lines: Sequence[str]) -> tuple[date, ...]:
    for line in lines:
        stands_alone = len(line) <= _DATELINE and not line.endswith(".")
        if dates := _dates_in(line if stands_alone else _opening(line)):
            return dates
    return ()


def _opening(line: str) -> str:
    """Give the date that a paragraph opens with, as in `PRAGUE, 8 July 2008 - …`, or nothing."""
    for pattern in _DATES:
        match = pattern.search(line[:_OPENING])
        if match and _PLACE.fullmatch(line[: match.start()]):
            after = line[match.end() :].lstrip()
            return match[0] if after[:1] in set("-–—:)(|/") else ""
    return ""


def _dates_in(text: str) -> tuple[date, ...]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            try:
                return (date(int(match["year"]), _month(match["month"]), int(match["day"])),)
            except ValueError:
                continue
    return ()


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))
