"""What relative and partial dates of an English sentence mean, from its article's date.

News conventions (as in the style books of AP and Reuters): a weekday is the nearest such day, the
last one for what happened, the next one for what is to come; so is a day or a month without a
year. `last` is before the article's day and `next` after it. What can mean several dates, or is
only about a time (`nearly two years ago`), is not resolved.
"""

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from index.articles.dates import DAY, MONTH, YEAR, month_number
from qa.answers import Precision, ResolvedDate

_CONTEXT = 300
"""Code points before a sentence that `the following week` may refer to."""
_MAX_SENTENCE = 2_000
"""Code points; in a longer sentence nothing is resolved."""
_MAYBE = (
    r"(?i:day|week|month|year|night|tomorrow|this (?:morning|afternoon|evening))|"
    r"\b(?:Mon|Tues?|Wed|Thurs?|Fri|Sat|Sun)\.|"
    r"\b(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
"""Matches every sentence that may have a phrase; most have none, and are not examined."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_DAY = r"(?:[Mm]on|[Tt]ues|[Ww]ednes|[Tt]hurs|[Ff]ri|[Ss]atur|[Ss]un)day"
_WEEKDAY = (
    r"(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"(?:MON|TUES|WEDNES|THURS|FRI|SATUR|SUN)DAY|(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\.)"
)
_PART = r"(?: (?:morning|afternoon|evening|night|lunchtime))?"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNT = rf"(?P<count>an?|{'|'.join(_NUMBERS)}|\d{{1,3}})"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_ABOUT = (
    r"(?:about|some|around|almost|nearly|roughly|over|under|than|least|most|to|every|only|"
    r"within|for|the|past|last|next|first)"
)
_LONG_MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_SHORT_MONTH = r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
_NAME = rf"(?P<month>{_LONG_MONTH}|{_SHORT_MONTH}\.)"
_NAME_BY_DAY = rf"(?P<month>{_LONG_MONTH}|{_SHORT_MONTH}\.?)"
_WHICH_YEAR = r"(?P<which>last|this|next) year"

_COMPLETE = (
    rf"(?:{_WEEKDAY},? )?(?i:{DAY}(?: of)? {MONTH},? {YEAR})",
    rf"(?:{_WEEKDAY},? )?(?i:{MONTH} {DAY},? {YEAR})",
    rf"{YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])",
    rf"(?i:{MONTH}(?: of)?,? {YEAR})",
    rf"(?<![-/]){YEAR}(?![-/]\d)",
)
"""Dates with their year: nothing to compute."""
_NO_DATE = (
    rf"(?:(?i:every|every other|each|an?|one|any|most|some|alternate|the|that|those|other|black|"
    rf"good|ash|bloody|super|palm|easter|cyber|shrove|holy|whit|maundy|between|man|first|second|"
    rf"third|fourth)) {_LONG_DAY}(?! (?:last|next|this) week)(?: (?:to|and) {_LONG_DAY})?",
    rf"{_LONG_DAY} ?(?:to|through|[-–—/]) ?{_LONG_DAY}",
    rf"{_LONG_DAY} (?:Times|Telegraph|Express|Mail|Herald|Mirror|Post|People|Review|School|"
    r"Business|Independent|Night Live)",
    r"(?:[A-Z]\w+|USA) Today",
    r"(?i:the|these|those|past) (?:last|past|next) (?:week|month|year)",
    rf"{_ABOUT} {_COUNT} {_UNIT}(?: (?:ago|later|earlier|before))?",
    rf"[a-z]+ (?:week|weekend|half|day|days) (?:of|in) {_NAME}",
)
"""Names, habits, opening hours, durations, approximations."""
_BEFORE_MONTH = (
    "|".join(
        rf"(?<=\b{word} )"
        for word in (
            "[Ii]n",
            "[Ss]ince",
            "[Uu]ntil",
            "[Dd]uring",
            "[Ee]arly",
            "[Ll]ate",
            "end of",
            "beginning of",
            "middle of",
            "start of",
        )
    )
    + r"|(?<=\b[Mm]id[- ])"
)
"""What comes before a month that is no name or verb."""

_FUTURE = (
    r"(?:will|won['’]t|shall|would|['’]ll|must|should|can|could|may|might|to)(?: not| \w+ly)? "
    r"(?:be|remain|stay|get|have)(?: \w+ly)? [a-z]+|(?:is|are) being [a-z]+|"
    r"(?:is|are|still|now) (?:expected|planned|promised)|"
    r"will|won['’]t|shall|would|['’]ll|must|should|can|could|may|might|going to|about to|"
    r"(?:is|are|was|were|be|plans?|planned|planning|expects?|expected|due|set|scheduled|slated|"
    r"hopes?|hoped|wants?|wanted|intends?|agreed|decided|vowed|pledged|promised|ready|likely|"
    r"preparing|needs?|ha[sd]|have) to (?!have\b)[a-z]+|"
    r"due|scheduled|slated|set for|planned for|(?:postponed|adjourned|delayed) (?:to|until|till)|"
    r"upcoming|forthcoming|begins|starts|opens|ends|closes|expires|meets|arrives|leaves|returns|"
    r"resumes|takes (?:effect|place|over)|comes into force"
)
_PAST = (
    r"was|were|had|has|have|did|said|told|met|began|begun|came|went|took|taken|made|gave|given|"
    r"found|held|won|lost|left|fell|rose|saw|seen|sent|spoke|struck|stood|sold|bought|brought|"
    r"built|broke|broken|became|drew|drove|flew|fought|got|grew|hit|kept|knew|led|paid|put|ran|"
    r"read|shot|shut|sank|spent|stole|swore|threw|thrown|wrote|written|wore|withdrew|"
    r"(?!need\b|speed\b|feed\b|indeed\b|hundred\b|breed\b|seed\b|weed\b)[a-z]{2,}ed|ago"
)
_NEUTRAL = (
    r"(?:said|says|told [\w ]{1,30}|announced|added|warned|confirmed|insisted) that|"
    r"(?:ha[sd]|have) said"
)
"""What reports a clause: its own tense is not that of the clause."""
_CUES = rf"\b(?:{_NEUTRAL})\b|(?:\b|(?=['’]))(?P<future>{_FUTURE})\b|\b(?P<past>{_PAST})\b"

_Point = tuple[dt.date, Precision]
"""A date and what it stands for: the first day of it."""


def resolved_dates(sentence: str, before: str, anchor: dt.date | None) -> tuple[ResolvedDate, ...]:
    """Return the relative and partial dates of a sentence with what they mean, in order.

    `before` is the text before the sentence, to which phrases like `the following week` may refer.
    `anchor` is the date of the article or of its section; if it is None, nothing is computed.
    """
    if anchor is None or len(sentence) > _MAX_SENTENCE or not re.search(_MAYBE, sentence):
        return ()
    above = before[-_CONTEXT:]
    text = re.sub(r"\s", " ", above + sentence)
    found = _Reading(text, len(above), anchor).resolved()
    return tuple(
        ResolvedDate(
            sentence[start - len(above) : end - len(above)], start - len(above), *_written(point)
        )
        for start, end, point in found
        if start >= len(above)
    )


@dataclass(frozen=True, slots=True)
class NamedDate:
    """A date that a text names, with its place there in code points."""

    start: int
    end: int
    date: dt.date
    """The first day of it."""
    precision: Precision
    is_complete: bool
    """Whether nothing was computed."""


def named_dates(text: str, anchor: dt.date) -> list[NamedDate]:
    """Return the dates that a text names, complete or computed, in order."""
    if len(text) > _MAX_SENTENCE:
        return []
    found = _Reading(re.sub(r"\s", " ", text), 0, anchor).dates()
    return [NamedDate(start, end, *point, is_complete) for start, end, point, is_complete in found]


def asked_when(question: str) -> str | None:
    """Return the question about the date that a question about the year includes, or None.

    `In which year did the dam reopen?` is answered by `Tuesday`, if it is known which.
    """
    match = re.match(r"\s*(?:and )?(?:in |during )?(?:which|what) year\b", question, re.IGNORECASE)
    rest = question[match.end() :] if match else ""
    return f"When{rest}" if rest.strip(" ?") else None


def _written(point: _Point) -> tuple[str, Precision]:
    date, precision = point
    lengths = {Precision.YEAR: 4, Precision.MONTH: 7}
    return date.isoformat()[: lengths.get(precision)], precision


@dataclass
class _Reading:
    """A text that is read from left to right; it remembers the date that later phrases refer to."""

    text: str
    sentence: int
    """Where the sentence that is read begins; the text before it is its context."""
    anchor: dt.date
    reference: _Point | None = None

    def resolved(self) -> list[tuple[int, int, _Point]]:
        """Return the phrases whose dates are computed and certain: start, end and date."""
        dates = self.dates()
        return [(start, end, point) for start, end, point, is_complete in dates if not is_complete]

    def dates(self) -> list[tuple[int, int, _Point, bool]]:
        """Return the dates that are certain: start, end, date and whether it is complete."""
        found = []
        for match, resolve in self._phrases():
            try:
                point = resolve(self, match)
            except (ValueError, OverflowError):  # 31 April; the year 10000
                continue
            if point is not None:
                self.reference = point
                found.append((match.start(), match.end(), point, resolve is _complete))
        return found

    def _phrases(self) -> "list[tuple[re.Match[str], _Rule]]":
        """Return the phrases in order; what an earlier rule has matched no later one sees."""
        taken = bytearray(len(self.text))
        found = []
        for pattern, rule in _grammar():
            for match in pattern.finditer(self.text):
                if not any(taken[match.start() : match.end()]):
                    taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                    found.append((match, rule))
        return sorted(found, key=lambda phrase: phrase[0].start())

    def tense(self, match: re.Match[str]) -> int:
        """Return 1 if what happens on a date is to come, -1 if it is over, 0 if that is unknown.

        The nearest verb before the date counts, else the first after it. Something that was
        begun may last until a date to come.
        """
        tense = self._tense_of_verb(match)
        is_limit = re.search(r"\b(?:until|till|by|before|from) $", self.text[: match.start()])
        return max(0, tense) if is_limit else tense

    def _tense_of_verb(self, match: re.Match[str]) -> int:
        start = self.sentence if match.start() >= self.sentence else 0
        ends = [end for end, _ in self._verbs]
        first, here = bisect_right(ends, start), bisect_right(ends, match.start())
        return (
            self._verbs[here - 1][1]
            if here > first
            else next((tense for _, tense in self._verbs[here:]), 0)
        )

    @cached_property
    def _verbs(self) -> list[tuple[int, int]]:
        """Where the verbs of the text that have a tense end; 1 for the future, -1 for the past."""
        found = re.finditer(_CUES, self.text)
        return [
            (cue.end(), 1 if cue["future"] else -1) for cue in found if cue["future"] or cue["past"]
        ]

    def has_other_year(self, match: re.Match[str], year: int) -> bool:
        """Return whether the sentence names another year, which a partial date may belong to."""
        start = self.sentence if match.start() >= self.sentence else 0
        return any(other != year for at, other in self._years if at >= start)

    @cached_property
    def _years(self) -> list[tuple[int, int]]:
        """Where the text names years, and the years."""
        found = re.finditer(rf"\b{YEAR}\b", self.text)
        return [(year.start(), int(year[0])) for year in found]


_Rule = Callable[[_Reading, re.Match[str]], _Point | None]


def _nothing(_reading: _Reading, _match: re.Match[str]) -> None:
    """Claim a phrase that has no certain date."""


def _complete(_reading: _Reading, match: re.Match[str]) -> _Point:
    """Read a date with its year: nothing to compute, but later phrases may refer to it."""
    groups, year = match.groupdict(), int(match["year"])
    if not groups.get("month"):
        return dt.date(year, 1, 1), Precision.YEAR
    month = month_number(groups["month"])
    if not groups.get("day"):
        return dt.date(year, month, 1), Precision.MONTH
    return dt.date(year, month, int(groups["day"])), Precision.DAY


def _named_day(reading: _Reading, match: re.Match[str]) -> _Point:
    words = match[0].lower()
    days = {"yesterday": -1, "tomorrow": 1, "last night": -1}
    shift = next((shift for name, shift in days.items() if name in words), 0)
    if words.startswith("the day"):
        shift *= 2
    return _day(reading.anchor, shift)


def _weekday(reading: _Reading, match: re.Match[str]) -> _Point:
    which = (match.groupdict().get("which") or "").lower()
    wanted = _WEEKDAYS.index(match["weekday"][:3].lower())
    ahead = (wanted - reading.anchor.weekday()) % 7
    behind = (ahead - 7) % -7
    if which in ("last", "this past"):
        return _day(reading.anchor, behind or -7)
    if which == "next":
        return _day(reading.anchor, ahead or 7)
    tense = reading.tense(match)
    is_limit = reading.text[: match.start()].endswith(("until ", "till ", "by ", "before "))
    is_future = tense > 0 or (tense == 0 and (which or (is_limit and ahead <= 3)))
    return _day(reading.anchor, ahead if is_future else behind)


def _weekday_of_week(reading: _Reading, match: re.Match[str]) -> _Point:
    monday = _monday(reading.anchor) + dt.timedelta(weeks=_shift(match["which"]))
    return _day(monday, _WEEKDAYS.index(match["weekday"][:3].lower()))


def _partial(reading: _Reading, match: re.Match[str]) -> _Point | None:
    """Resolve a day of a month without its year."""
    month, day = month_number(match["month"]), int(match["day"])
    groups = match.groupdict()
    if which := groups.get("which"):
        year = reading.anchor.year + _shift(which)
        return dt.date(year, month, day), Precision.DAY
    years = range(reading.anchor.year - 8, reading.anchor.year + 9)
    dates = [date for year in years if (date := _date_or_none(year, month, day))]
    if weekday := groups.get("weekday"):
        dates = [date for date in dates if date.weekday() == _WEEKDAYS.index(weekday[:3].lower())]
    date = _nearest(dates, reading.anchor, reading.tense(match))
    if date is None or reading.has_other_year(match, date.year):
        return None
    return date, Precision.DAY


def _month(reading: _Reading, match: re.Match[str]) -> _Point | None:
    month, which = month_number(match["month"]), (match.groupdict().get("which") or "").lower()
    anchor = reading.anchor.replace(day=1)
    if match.groupdict().get("of_year"):
        return dt.date(anchor.year + _shift(which), month, 1), Precision.MONTH
    dates = [dt.date(year, month, 1) for year in range(anchor.year - 1, anchor.year + 2)]
    if which in ("last", "next"):
        dates = [date for date in dates if date != anchor]
    tense = {"last": -1, "next": 1}.get(which) or reading.tense(match)
    if which == "this":
        return dt.date(anchor.year, month, 1), Precision.MONTH
    date = _nearest(dates, anchor, tense)
    if date is None or reading.has_other_year(match, date.year):
        return None
    return date, Precision.MONTH


def _period(reading: _Reading, match: re.Match[str]) -> _Point:
    """Resolve `last week`, `earlier this year`, `next weekend`."""
    return _shifted((reading.anchor, Precision.DAY), match["unit"].lower(), _shift(match["which"]))


def _weekend(reading: _Reading, match: re.Match[str]) -> _Point:
    saturday = _monday(reading.anchor) + dt.timedelta(days=5)
    if reading.tense(match) < 0 and reading.anchor < saturday:
        saturday -= dt.timedelta(weeks=1)
    return saturday, Precision.WEEKEND


def _counted(reading: _Reading, match: re.Match[str]) -> _Point | None:
    """Resolve `three weeks ago`, `in two days`, `in three weeks' time`."""
    is_past = match[0].lower().endswith("ago")
    has_time = re.search(r"time$|now$", match[0], re.IGNORECASE)
    if not is_past and not has_time and reading.tense(match) <= 0:
        return None  # how long something took
    count = _number(match["count"])
    return _shifted(
        (reading.anchor, Precision.DAY), match["unit"].lower(), -count if is_past else count
    )


def _referring(reading: _Reading, match: re.Match[str]) -> _Point | None:
    """Resolve `the following week` or `two days later` from the last date before it."""
    groups, words = match.groupdict(), match[0].lower()
    count = _number(groups["count"]) if groups.get("count") else 1
    is_back = re.search(r"previous|preceding|before|earlier", words)
    is_same = re.search(r"same|that", words)
    shift = 0 if is_same else -count if is_back else count
    reference = reading.reference
    if reference is None:
        is_coming = not is_same and not is_back and reading.tense(match) > 0
        if not is_coming:
            return None
        reference = reading.anchor, Precision.DAY
    unit = match["unit"].lower()
    fine_enough = {
        "day": (Precision.DAY,),
        "week": (Precision.DAY, Precision.WEEK, Precision.WEEKEND),
        "weekend": (Precision.DAY, Precision.WEEK),
        "month": (Precision.DAY, Precision.MONTH),
        "year": (Precision.DAY, Precision.WEEK, Precision.WEEKEND, Precision.MONTH, Precision.YEAR),
    }
    return _shifted(reference, unit, shift) if reference[1] in fine_enough[unit] else None


def _shifted(point: _Point, unit: str, shift: int) -> _Point:
    """Return the day, week, weekend, month or year that is `shift` of them after a date's."""
    date = point[0]
    match unit:
        case "day":
            return _day(date, shift)
        case "week":
            return _monday(date) + dt.timedelta(weeks=shift), Precision.WEEK
        case "weekend":
            saturday = _monday(date) + dt.timedelta(days=5, weeks=shift)
            if shift > 0 and date < saturday - dt.timedelta(weeks=1):
                saturday -= dt.timedelta(weeks=1)
            return saturday, Precision.WEEKEND
        case "month":
            months = date.year * 12 + date.month - 1 + shift
            return dt.date(months // 12, months % 12 + 1, 1), Precision.MONTH
    return dt.date(date.year + shift, 1, 1), Precision.YEAR


def _nearest(dates: list[dt.date], anchor: dt.date, tense: int) -> dt.date | None:
    """Return the nearest date of those on this side of the anchor, which is on both sides."""
    allowed = [date for date in dates if tense == 0 or (date - anchor).days * tense >= 0]
    return min(allowed, key=lambda date: (abs((date - anchor).days), date), default=None)


def _day(date: dt.date, shift: int) -> _Point:
    return date + dt.timedelta(days=shift), Precision.DAY


def _monday(date: dt.date) -> dt.date:
    return date - dt.timedelta(days=date.weekday())


def _shift(which: str) -> int:
    return {"last": -1, "next": 1}.get(which.lower(), 0)


def _number(count: str) -> int:
    word = count.lower()
    if word.isdigit():
        return int(word)
    return 1 if word in ("a", "an") else _NUMBERS.index(word) + 1


def _date_or_none(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


@cache
def _grammar() -> list[tuple[re.Pattern[str], _Rule]]:
    """Return the patterns of phrases, each with its rule; the first to match a text claims it."""
    rules: list[tuple[str, _Rule]] = [
        *((pattern, _complete) for pattern in _COMPLETE),
        *((pattern, _nothing) for pattern in _NO_DATE),
        (r"(?i:the day before yesterday|the day after tomorrow)", _named_day),
        (
            rf"(?i:(?:earlier |later )?today|yesterday|tomorrow){_PART}|"
            r"(?i:tonight|last night|this (?:morning|afternoon|evening))",
            _named_day,
        ),
        (rf"{_WEEKDAY}{_PART},? (?:of )?(?P<which>last|next|this) week", _weekday_of_week),
        (
            rf"(?:{_WEEKDAY},? )?(?:the )?{DAY}(?: of)? {_NAME_BY_DAY}"
            rf"(?:,? (?:of )?{_WHICH_YEAR})?",
            _partial,
        ),
        (rf"(?:{_WEEKDAY},? )?{_NAME_BY_DAY} {DAY}(?:,? (?:of )?{_WHICH_YEAR})?", _partial),
        (
            rf"(?P<which>(?i:last|next|this past|this coming|this|coming)) {_WEEKDAY}{_PART}",
            _weekday,
        ),
        (rf"{_WEEKDAY}{_PART}", _weekday),
        (rf"{_NAME},? (?:of )?(?P<of_year>{_WHICH_YEAR})", _month),
        (rf"(?P<which>(?i:last|next|this)) {_NAME}", _month),
        (rf"(?:{_BEFORE_MONTH}){_NAME}(?! ?(?:and|to|or|through|[-–—]) ?[A-Z])", _month),
        (
            r"(?i:(?:earlier |later |early |late )?(?P<which>last|this|next) "
            r"(?P<unit>weekend|week|month|year))",
            _period,
        ),
        (r"(?i:(?:at|over|during) the weekend)", _weekend),
        (rf"(?i:{_COUNT} {_UNIT} ago)", _counted),
        (rf"(?i:in {_COUNT} {_UNIT}(?:['’]s?)?(?: time)?)", _counted),
        (rf"(?i:{_COUNT} {_UNIT} from (?:now|today))", _counted),
        (
            r"(?i:the (?:following|next|previous|preceding|same) "
            r"(?P<unit>weekend|day|week|month|year))",
            _referring,
        ),
        (rf"(?i:{_COUNT} {_UNIT} (?:later|earlier|after that|before that))", _referring),
    ]
    return [(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), rule) for pattern, rule in rules]
