"""An article's own date: from its front matter, its date line or dateline, or its path.

A date that the text merely mentions, as in `Born 12 March 1961`, is never the article's date.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

FRONT_MATTER_KEYS = (
    "date", "published", "pubdate", "publishdate", "publish_date", "date_published",
    "datepublished", "created", "date_created", "datecreated", "posted", "updated", "modified",
    "lastmod", "last_modified",
)  # fmt: skip
"""Names of dates in front matter, the best first; in lower case, with `_` for `-` and spaces."""
_TOP = 12
"""Paragraphs at the top of a file, where a date line or a dateline is expected."""
_DATE_LINE = 90
"""Code points; a longer line is a date line only if it opens like `PLACE, date -`."""
_OPENING = 120
"""Limit, in code points, on place and date at the start of a paragraph."""

# Patterns are strings, compiled when first used: asking a question imports this module.
MONTHS = (
    "january february march april may june july august september october november december".split()
)
MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS) + r"|sept)\.?"
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?P<year>1[6-9]\d\d|20\d\d)"
_DAY_NUMBER = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_MONTH_NUMBER = r"(?P<month>0?[1-9]|1[0-2])"
_FORMATS = tuple(
    rf"(?i)(?<![\w.]){pattern}(?!\w)"
    for pattern in (
        rf"{DAY}(?: of)? {MONTH},? {YEAR}",
        rf"{MONTH} {DAY},? {YEAR}",
        rf"{YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?:T[\d:.]+Z?)?",
        rf"{YEAR}/{_MONTH_NUMBER}/{_DAY_NUMBER}(?!/)",
        rf"{_DAY_NUMBER}\.{_MONTH_NUMBER}\.{YEAR}",
        # With slashes the day is only known where it is over 12.
        rf"(?P<day>1[3-9]|2\d|3[01])/{_MONTH_NUMBER}/{YEAR}",
        rf"{_MONTH_NUMBER}/(?P<day>1[3-9]|2\d|3[01])/{YEAR}",
    )
)
_IN_A_PATH = (
    r"(?<![^\W_])(?P<year>19\d\d|20\d\d)(?P<mark>[-_./]?)(?P<month>0[1-9]|1[0-2])(?P=mark)"
    r"(?P<day>0[1-9]|[12]\d|3[01])(?=T\d|[\W_]|$)"
)

_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
_LABEL = (
    r"(?:(?:first |last |originally )?(?:published|posted|updated|created|modified|edited)|"
    r"(?:publication |issue )?date|dated?|sent|issued|publish(?:ed)? date|pubdate)"
)
_LABELLED = (
    rf"(?i)(?:^|[^\w\s'’])[\W_]*{_LABEL}\b\W*(?:(?:on|at)\b\W*)?"
    rf"(?:(?:{_WEEKDAY}|\d{{1,2}}[:.]\d\d)\W*)?$"
)
"""A label before a date, at the start of its line or after a mark."""
_BULLET = r"\s*(?:[-*+•]|\d{1,3}[.)])\s"
_NAMES = r"(?:[A-Z][\w.'’-]*\W+){1,6}"
"""A place, an outlet or an author before a date."""
_PLACE = rf"(?i)\W*(?:{_LABEL}\b\W*(?:on|at)?\W*)?"
_EVENT = (
    r"(?i)\b(?:born|died|d\.|built|begun|began|held|won|lost|met|wed|opens?|closes?|starts?|ends?|"
    r"due|next|meeting|deadline|source|photo|since|until|till|from|before|after|by|"
    r"\w{3,}ed|\w+:)(?:\W+(?:on|in|at))?\W*$|^\W*(?:born|died|source|photo|next)\b"
)
"""Words that make a date the date of something: at their end, or first."""
_BY_LINE = r"(?i)\W*by\b"
_AROUND = (
    rf"(?i)(?:{_WEEKDAY}|{_LABEL}|\d{{1,2}}[:.h]\d\d(?:[:.]\d\d)?|\d{{1,2}}|[ap]\.?m\.?|by|at|on|in|"
    r"of|the|and|for|from|our|utc|gmt|hrs?|min(?:ute)?s?|read|edition|[+-]\d{1,2}:?\d\d|noon|"
    r"midnight)"
)
"""Words around a date that are not capitalised."""
_WORD = r"[^\s,;:|/()\[\]–—·•*_-]+(?:[-:][^\s,;:|/()\[\]–—·•*_-]+)*"
_MAX_WORDS = 10
"""Words around the date of a date line."""
_HALF_DAY = r"(?i)\b[ap]\.m\.$"
_DASH = frozenset("-–—:)(|/")
_HEADING = r"\s{0,3}(?P<marks>#{1,6})\s"


def article_date(
    front_matter: Mapping[str, str], paragraphs: Iterable[str], path: str = ""
) -> dt.date | None:
    """Return an article's date, or None if nothing dates the article itself.

    `front_matter` holds names in any case and their values, `paragraphs` the file's lines or
    paragraphs below it as they are in the file, and `path` the path below the root.
    """
    return front_matter_date(front_matter) or top_date(paragraphs) or path_date(path)


def front_matter_date(values: Mapping[str, str]) -> dt.date | None:
    """Return the date that front matter states, by the best of FRONT_MATTER_KEYS."""
    named = {re.sub(r"[\s-]", "_", name.strip().lower()): value for name, value in values.items()}
    found = (date_in(named[key]) for key in FRONT_MATTER_KEYS if key in named)
    return next((date for date in found if date), None)


def top_date(paragraphs: Iterable[str]) -> dt.date | None:
    """Return the date of a date line or a dateline in an article's first paragraphs."""
    rest = iter(paragraphs)
    top = list(islice(rest, _TOP))
    for paragraph in top:
        if re.match(_HEADING, paragraph):
            continue
        if found := _line_date(" ".join(paragraph[: 4 * _OPENING].split()), len(paragraph)):
            return found
    if not top or not re.match(_HEADING, top[0]):
        return None
    return _title_date(top[0], chain(top[1:], rest))


def heading_date(heading: str) -> dt.date | None:
    """Return the date that a heading consists of, up to a weekday or a time; None if it has others.

    Marks of Markdown are ignored. Such a heading dates its section.
    """
    words = heading.strip().strip("#*_= \t[].:")
    if len(words) > _DATE_LINE:
        return None
    for match, date in _matches(words):
        around = f"{words[: match.start()]} {words[match.end() :]}"
        if all(re.fullmatch(_AROUND, word) for word in re.findall(_WORD, around)):
            return date
    return None


def section_date(headings: Sequence[str]) -> dt.date | None:
    """Return the date of the last heading that is one; None if none of them is."""
    dates = (heading_date(heading) for heading in reversed(headings))
    return next((date for date in dates if date), None)


def path_date(path: str) -> dt.date | None:
    """Return the date in a path below a root, as in `2021/03/17/dam.md` or `2021-03-17-dam.md`."""
    for match in re.finditer(_IN_A_PATH, path[-1_000:]):
        if date := _date_of(match):
            return date
    return None


def date_in(text: str) -> dt.date | None:
    """Return the first date that a text names with day, month and year; None without one."""
    return next((date for _, date in _matches(text)), None)


def _title_date(title: str, below: Iterable[str]) -> dt.date | None:
    """Return the date of a title such as `# Minutes, 12 May 2010`, if no other heading has one."""
    date = date_in(title[:_DATE_LINE])
    others = (heading_date(one) for one in below if date and re.match(_HEADING, one))
    return None if any(others) else date


def _line_date(line: str, length: int) -> dt.date | None:
    """Return the date of a date line or of a paragraph that opens with place and date."""
    if length <= _DATE_LINE and (not line.endswith(".") or re.search(_HALF_DAY, line)):
        dates = (date for match, date in _matches(line) if _is_date_line(line, match))
        if found := next(dates, None):
            return found
    return _opening_date(line[: 2 * _OPENING])


def _is_date_line(line: str, match: re.Match[str]) -> bool:
    """Return whether nothing but labels, places, names and times are around a date."""
    before, after = line[: match.start()], line[match.end() :]
    if re.search(_LABELLED, before):
        return True
    if re.match(_BULLET, line) or (re.search(_EVENT, before) and not re.match(_BY_LINE, before)):
        return False
    words = re.findall(_WORD, before) + re.findall(_WORD, after)
    return len(words) <= _MAX_WORDS and all(
        word[0].isupper() or not word[0].isalnum() or re.fullmatch(_AROUND, word) for word in words
    )


def _opening_date(line: str) -> dt.date | None:
    """Return the date that a paragraph opens with, as in `PRAGUE, 8 July 2008 - …`."""
    for match, date in _matches(line[:_OPENING]):
        before, after = line[: match.start()], line[match.end() :].lstrip()
        is_place = re.fullmatch(_PLACE, before) or (
            re.fullmatch(_NAMES, before) and not re.search(_EVENT, before)
        )
        if is_place and after[:1] in _DASH:
            return date
    return None


def _matches(text: str) -> Iterator[tuple[re.Match[str], dt.date]]:
    for pattern in _FORMATS:
        for match in re.finditer(pattern, text):
            if date := _date_of(match):
                yield match, date


def _date_of(match: re.Match[str]) -> dt.date | None:
    try:
        return dt.date(int(match["year"]), month_number(match["month"]), int(match["day"]))
    except ValueError:
        return None


def month_number(name: str) -> int:
    """Return the number of a month given by number or by name, which may be abbreviated."""
    if name.isdigit():
        return int(name)
    return next(i for i, month in enumerate(MONTHS, 1) if month.startswith(name[:3].lower()))
