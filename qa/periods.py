"""Stretches of days as people name them: of a filter, such as `last month`, and in a question."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise

from index.articles.text import encodable
from index.errors import BadRequest
from qa.answers import Precision
from qa.dates import NamedDate, named_dates

ACCEPTED = "2011, 2011-07, 2011-07-03, 3 July 2011, yesterday, last month or 3 weeks ago"
"""Examples of what is taken for a date."""
_LONGEST = 40
"""Code points of a date."""
_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?", re.ASCII)
_NUMBERS = "a one two three four five six seven eight nine ten eleven twelve".split()
_AGO = re.compile(
    rf"(\d{{1,4}}|an|{'|'.join(_NUMBERS)}) (day|week|month|year)s? ago", re.IGNORECASE
)
_BEFORE = 60
"""Code points before a date that may say from when or until when."""
_SINCE = re.compile(r"\b(?:since|after)\s+(?:[\w'’-]+\s+){0,5}$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(?:before|until|till|up to|by)\s+(?:[\w'’-]+\s+){0,4}$", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|between)\s+$", re.IGNORECASE)
_TO = re.compile(r"\s*(?:to|and|until|till|through|[-–—])\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row."""

    first: dt.date | None
    """None if it has no beginning."""
    last: dt.date | None
    """Included; None if it has no end."""


def today() -> dt.date:
    """Return the local date."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def parse_date(text: str, now: dt.date) -> Period:
    """Return the days that a date stands for, in numbers or in words.

    `now` is today's date. Raises BadRequest with what is accepted.
    """
    written = " ".join(encodable(text).split())
    period = None
    if 0 < len(written) <= _LONGEST:
        period = _numeric(written) or _ago(written, now) or _in_words(written, now)
    if period is None:
        raise BadRequest(f"{written[:_LONGEST]!r} is no date; write {ACCEPTED}")
    return period


def asked_periods(question: str, now: dt.date) -> list[Period]:
    """Return the days that a question is about; none if it names no date."""
    dates = named_dates(question, now)
    periods: list[Period] = []
    joined = {
        one.start: other
        for one, other in pairwise(dates)
        if _FROM.search(question[: one.start][-_BEFORE:])
        and _TO.fullmatch(question[one.end : other.start])
    }
    ends = {other.start for other in joined.values()}
    for one in dates:
        if one.start in ends:
            continue
        days = _days_of(_in_the_past(one, now))
        if other := joined.get(one.start):
            periods.append(Period(days.first, _days_of(other).last))
        else:
            periods.append(_directed(days, question[: one.start][-_BEFORE:]))
    return periods


def _directed(days: Period, before: str) -> Period:
    """Return the days before, or after, some days, if the words before them say so."""
    if _SINCE.search(before):
        return Period(days.first, None)
    return Period(None, days.last) if _UNTIL.search(before) else days


def _in_the_past(named: NamedDate, now: dt.date) -> NamedDate:
    """Return a day or a month without its year as the last such one: nothing else was reported."""
    if named.is_complete or named.date <= now or named.precision is Precision.YEAR:
        return named
    date = _clamped(named.date.year - 1, named.date.month, named.date.day)
    return NamedDate(named.start, named.end, date, named.precision, False)


def _numeric(written: str) -> Period | None:
    match = _NUMERIC.fullmatch(written)
    if match is None:
        return None
    year, *rest = (int(part) for part in match.groups() if part)
    try:
        first = dt.date(year, *rest, *[1] * (2 - len(rest)))
    except ValueError:
        return None
    return _days(first, (Precision.YEAR, Precision.MONTH, Precision.DAY)[len(rest)])


def _ago(written: str, now: dt.date) -> Period | None:
    """Return the day that is counted back: three weeks ago was the same day of the week."""
    match = _AGO.fullmatch(written)
    if match is None:
        return None
    word, unit = match[1].lower(), match[2].lower()
    count = int(word) if word.isdigit() else 1 if word == "an" else max(1, _NUMBERS.index(word))
    months = now.year * 12 + now.month - 1 - count * {"month": 1, "year": 12}.get(unit, 0)
    days = count * {"day": 1, "week": 7}.get(unit, 0)
    try:
        day = _clamped(months // 12, months % 12 + 1, now.day) - dt.timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return Period(day, day)


def _in_words(written: str, now: dt.date) -> Period | None:
    """Return the days of a phrase that is nothing but a date, in any case."""
    for text in (written, written.title(), f"in {written.title()}"):
        dates = named_dates(text, now)
        if len(dates) == 1 and (dates[0].end, dates[0].start) == (
            len(text),
            len(text) - len(written),
        ):
            return _days_of(_in_the_past(dates[0], now))
    return None


def _days_of(named: NamedDate) -> Period:
    return _days(named.date, named.precision)


def _days(first: dt.date, precision: Precision) -> Period:
    """Return the days of a date: of 2011, all 365."""
    match precision:
        case Precision.YEAR:
            return Period(first, first.replace(month=12, day=31))
        case Precision.MONTH:
            return Period(first, _clamped(first.year, first.month, 31))
        case Precision.WEEK:
            return Period(first, first + dt.timedelta(days=6))
        case Precision.WEEKEND:
            return Period(first, first + dt.timedelta(days=1))
    return Period(first, first)


def _clamped(year: int, month: int, day: int) -> dt.date:
    """Return a date, or the last day of its month if that is shorter."""
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
