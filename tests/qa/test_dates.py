"""Dates worked by hand. Tuesday 8 July 2008 is the article's date where none is named.

July 2008            December 2008        February 2008, a leap year
Mo Tu We Th Fr Sa Su  Mo Tu We Th Fr Sa Su  Mo Tu We Th Fr Sa Su
    1  2  3  4  5  6   1  2  3  4  5  6  7               1  2  3
 7  8  9 10 11 12 13   8  9 10 11 12 13 14   4  5  6  7  8  9 10
14 15 16 17 18 19 20  15 16 17 18 19 20 21  11 12 13 14 15 16 17
21 22 23 24 25 26 27  22 23 24 25 26 27 28  18 19 20 21 22 23 24
28 29 30 31           29 30 31              25 26 27 28 29
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.dates import asked_when, resolved_dates

TUESDAY = "2008-07-08"

DAYS = [
    # Weekdays before: what happened.
    ("The dam reopened on Tuesday after two years of repairs.", "Tuesday", "2008-07-08"),
    ("The dam reopened on Monday after repairs.", "Monday", "2008-07-07"),
    ("The dam reopened on Sunday.", "Sunday", "2008-07-06"),
    ("The dam reopened on Saturday.", "Saturday", "2008-07-05"),
    ("The dam reopened on Friday.", "Friday", "2008-07-04"),
    ("The dam reopened on Thursday.", "Thursday", "2008-07-03"),
    ("The dam reopened on Wednesday.", "Wednesday", "2008-07-02"),
    ("On Saturday she won the town prize.", "Saturday", "2008-07-05"),
    ("Talks will fail, a senior official said Friday.", "Friday", "2008-07-04"),
    ("The bridge fell on Wednesday night, the county said.", "Wednesday night", "2008-07-02"),
    ("FIRE ON MONDAY: the mill burned to the ground.", "MONDAY", "2008-07-07"),
    ("The mill burned on Sat. and was rebuilt at once.", "Sat.", "2008-07-05"),
    ("Monday's vote was postponed.", "Monday", "2008-07-07"),
    # Weekdays after: what is to come.
    ("The council will meet on Wednesday.", "Wednesday", "2008-07-09"),
    ("The council will meet on Thursday.", "Thursday", "2008-07-10"),
    ("The council will meet on Friday.", "Friday", "2008-07-11"),
    ("The council will meet on Saturday.", "Saturday", "2008-07-12"),
    ("The council will meet on Sunday.", "Sunday", "2008-07-13"),
    ("The council will meet on Monday.", "Monday", "2008-07-14"),
    ("The council will meet on Tuesday.", "Tuesday", "2008-07-08"),
    ("On Friday the council will meet again.", "Friday", "2008-07-11"),
    ("The minister is to visit the dam on Friday.", "Friday", "2008-07-11"),
    ("The road is due to open again on Friday.", "Friday", "2008-07-11"),
    ("A vote is scheduled for Thursday.", "Thursday", "2008-07-10"),
    ("He said the talks would resume on Sunday.", "Sunday", "2008-07-13"),
    ("She said that on Friday the court will rule.", "Friday", "2008-07-11"),
    ("The ferry, repaired in May, leaves on Monday.", "Monday", "2008-07-14"),
    ("The hearing will be held on Friday.", "Friday", "2008-07-11"),
    ("He'll be sentenced on Friday.", "Friday", "2008-07-11"),
    ("A vote is expected on Thursday.", "Thursday", "2008-07-10"),
    ("The pass is closed until Friday.", "Friday", "2008-07-11"),
    ("Ice kept the boats in port until Sunday.", "Sunday", "2008-07-06"),
    # Last, next, this.
    ("The mill burned last Tuesday.", "last Tuesday", "2008-07-01"),
    ("The mill burned last Monday.", "last Monday", "2008-07-07"),
    ("The mill reopens next Tuesday.", "next Tuesday", "2008-07-15"),
    ("The mill reopens next Wednesday.", "next Wednesday", "2008-07-09"),
    ("The mill reopens this coming Friday.", "this coming Friday", "2008-07-11"),
    ("The mill burned this past Friday.", "this past Friday", "2008-07-04"),
    ("Voters go to the polls this Sunday.", "this Sunday", "2008-07-13"),
    ("The mill burned on Friday last week.", "Friday last week", "2008-07-04"),
    ("The mill burned on Monday of last week.", "Monday of last week", "2008-06-30"),
    ("The mill will open on Thursday next week.", "Thursday next week", "2008-07-17"),
    # Days by name.
    ("The valley was evacuated yesterday as a precaution.", "yesterday", "2008-07-07"),
    ("The minister, Anne Berg, will visit it tomorrow.", "tomorrow", "2008-07-09"),
    ("The treaty was signed today in Prague.", "today", "2008-07-08"),
    ("The storm reaches the coast tonight.", "tonight", "2008-07-08"),
    ("The mill burned last night.", "last night", "2008-07-07"),
    ("The mill burned this morning.", "this morning", "2008-07-08"),
    ("Yesterday evening the mill burned.", "Yesterday evening", "2008-07-07"),
    ("He died the day before yesterday.", "the day before yesterday", "2008-07-06"),
    ("He arrives the day after tomorrow.", "the day after tomorrow", "2008-07-10"),
    # Days of a month.
    ("The strike began on 3 May.", "3 May", "2008-05-03"),
    ("The strike began on May 3rd.", "May 3rd", "2008-05-03"),
    ("The strike began on the 3rd of May.", "the 3rd of May", "2008-05-03"),
    ("The strike began on 8 July.", "8 July", "2008-07-08"),
    ("The strike began on 9 July.", "9 July", "2007-07-09"),
    ("The strike will begin on 9 July.", "9 July", "2008-07-09"),
    ("The strike will begin on Sept. 4.", "Sept. 4", "2008-09-04"),
    ("The strike will begin on 3 May.", "3 May", "2009-05-03"),
    ("The strike began on 3 May last year.", "3 May last year", "2007-05-03"),
    ("The strike began on Saturday, 5 May.", "Saturday, 5 May", "2007-05-05"),
    ("Next meeting: 4 June at the Crown", "4 June", "2008-06-04"),
    ("Next meeting: 14 August at the Crown", "14 August", "2008-08-14"),
    ("The road remained closed until 1 August.", "1 August", "2008-08-01"),
    ("Ice kept the boats in port until April 9.", "April 9", "2008-04-09"),
    # Counted.
    ("The mill burned three days ago.", "three days ago", "2008-07-05"),
    ("The mill burned 10 days ago.", "10 days ago", "2008-06-28"),
    ("The mill will open in two days.", "in two days", "2008-07-10"),
    # From another date.
    ("It began on 3 May 2007 and ended the following day.", "the following day", "2007-05-04"),
    ("The strike began on 3 May 2007 and ended two days later.", "two days later", "2007-05-05"),
    ("The strike began on Monday and ended the next day.", "the next day", "2008-07-08"),
]  # fmt: skip
TURNS = [
    # Month ends and years' turns.
    ("2009-01-01", "The mill burned yesterday.", "yesterday", "2008-12-31"),
    ("2008-12-31", "The mill reopens tomorrow.", "tomorrow", "2009-01-01"),
    ("2009-01-02", "The mill burned on Wednesday.", "Wednesday", "2008-12-31"),
    ("2008-12-30", "The mill will open on Friday.", "Friday", "2009-01-02"),
    ("2009-01-02", "The mill burned on 28 December.", "28 December", "2008-12-28"),
    ("2008-12-28", "The mill will open on 2 January.", "2 January", "2009-01-02"),
    ("2008-03-01", "The mill burned yesterday.", "yesterday", "2008-02-29"),
    ("2007-03-01", "The mill burned yesterday.", "yesterday", "2007-02-28"),
    ("2008-02-28", "The mill will open tomorrow.", "tomorrow", "2008-02-29"),
    ("2009-03-10", "The mill burned on 29 February.", "29 February", "2008-02-29"),
    ("2008-07-01", "He died the day before yesterday.", "the day before yesterday", "2008-06-29"),
    ("2009-01-15", "The mill burned last month.", "last month", "2008-12"),
    ("2008-12-15", "The mill will open next month.", "next month", "2009-01"),
    ("2009-01-15", "The mill burned in December.", "December", "2008-12"),
    ("2008-12-15", "The mill will open in January.", "January", "2009-01"),
    ("2008-03-31", "The mill burned last month.", "last month", "2008-02"),
    ("2009-01-01", "The mill burned last year.", "last year", "2008"),
    ("2009-01-01", "The mill burned last week.", "last week", "2008-12-22"),
    ("2008-12-31", "The mill will open next week.", "next week", "2009-01-05"),
    ("2009-01-05", "The mill burned three weeks ago.", "three weeks ago", "2008-12-15"),
    ("2008-11-09", "It fell 31 October; three days later.", "three days later", "2008-11-03"),
]  # fmt: skip
LONGER = [
    ("The last inspection took place last month.", "last month", "2008-06", "month"),
    ("The next inspection is due next month.", "next month", "2008-08", "month"),
    ("The mill burned earlier this month.", "earlier this month", "2008-07", "month"),
    ("Russia in May staged the first launch.", "May", "2008-05", "month"),
    ("The mill burned in July.", "July", "2008-07", "month"),
    ("The mill burned in August.", "August", "2007-08", "month"),
    ("The mill will open in September.", "September", "2008-09", "month"),
    ("The mill burned last May.", "last May", "2008-05", "month"),
    ("The mill burned in March last year.", "March last year", "2007-03", "month"),
    ("The remark was caught earlier this year.", "earlier this year", "2008", "year"),
    ("The mill opened last year.", "last year", "2007", "year"),
    ("Next year's budget will be smaller.", "Next year", "2009", "year"),
    ("The mill burned two years ago.", "two years ago", "2006", "year"),
    ("The mill burned a month ago.", "a month ago", "2008-06", "month"),
    ("The mill burned last week.", "last week", "2008-06-30", "week"),
    ("The council meets later this week.", "later this week", "2008-07-07", "week"),
    ("The next inspection is due in three weeks.", "in three weeks", "2008-07-28", "week"),
    ("The mill burned at the weekend.", "at the weekend", "2008-07-05", "weekend"),
    ("The fair will open at the weekend.", "at the weekend", "2008-07-12", "weekend"),
    ("The mill burned last weekend.", "last weekend", "2008-07-05", "weekend"),
    ("The tests will resume the following week.", "the following week", "2008-07-14", "week"),
    ("It began in 1962 and ended the following year.", "the following year", "1963", "year"),
    ("It began on 3 May 2007; the following week.", "the following week", "2007-05-07", "week"),
    ("It began in May 2007; the following month.", "the following month", "2007-06", "month"),
]  # fmt: skip
NO_DATE = [
    "The treaty was signed on 8 July 2008.",
    "The treaty was signed in July 2008.",
    "Tuesday, July 8, 2008",
    "The treaty was signed on Tuesday 8 July 2008.",
    "The market is held every Tuesday.",
    "The mill burned on a Tuesday.",
    "The office is open Monday to Friday.",
    "He told the Sunday Times.",
    "The massacre became known as Bloody Sunday.",
    "Theresa May resigned.",
    "They may march again.",
    "It has cost two millions in the last year.",
    "The dam was built in two years.",
    "The mill burned nearly two years ago.",
    "He resigned the following week.",
    "In 1962 the council met, and on 3 May the bridge opened.",
    "The talks of May and June 2007 failed.",
    "It happened on 31 April.",
    "There is nothing here to compute.",
]


def dates_of(sentence: str, anchor: str = TUESDAY, before: str = "") -> list[tuple[str, str, str]]:
    found = resolved_dates(sentence, before, date.fromisoformat(anchor))
    for one in found:
        assert sentence[one.start :].startswith(one.text)
    return [(one.text, one.date, one.precision.value) for one in found]


def test_there_are_over_100_cases() -> None:
    assert len(DAYS) + len(TURNS) + len(LONGER) + len(NO_DATE) >= 120


@pytest.mark.parametrize(("sentence", "phrase", "expected"), DAYS)
def test_a_day_is_resolved_from_the_articles_date(
    sentence: str, phrase: str, expected: str
) -> None:
    assert (phrase, expected, "day") in dates_of(sentence)


@pytest.mark.parametrize(("anchor", "sentence", "phrase", "expected"), TURNS)
def test_months_and_years_turn(anchor: str, sentence: str, phrase: str, expected: str) -> None:
    assert (phrase, expected) in [found[:2] for found in dates_of(sentence, anchor)]


@pytest.mark.parametrize(("sentence", "phrase", "expected", "precision"), LONGER)
def test_longer_times_are_as_precise_as_they_are_known(
    sentence: str, phrase: str, expected: str, precision: str
) -> None:
    assert (phrase, expected, precision) in dates_of(sentence)


@pytest.mark.parametrize("sentence", NO_DATE)
def test_what_has_no_certain_date_is_not_resolved(sentence: str) -> None:
    assert dates_of(sentence) == []


def test_a_phrase_may_refer_to_a_date_before_its_sentence() -> None:
    ended = "It ended the following week."
    assert dates_of(ended, before="The strike began on 3 May 2007. ") == [
        ("the following week", "2007-05-07", "week")
    ]
    assert dates_of(ended) == []


def test_a_line_break_does_not_hide_a_phrase() -> None:
    assert dates_of("It fell last\nmonth.") == [("last\nmonth", "2008-06", "month")]


def test_every_phrase_of_a_sentence_is_resolved() -> None:
    found = dates_of("It reopened on Monday, and the minister will visit it tomorrow.")
    assert found == [("Monday", "2008-07-07", "day"), ("tomorrow", "2008-07-09", "day")]


def test_without_an_article_date_nothing_is_computed() -> None:
    assert resolved_dates("It reopened on Monday.", "", None) == ()


@given(st.dates(date(1900, 1, 1), date(2090, 12, 31)))
def test_a_weekday_is_within_a_week_on_the_side_of_its_tense(anchor: date) -> None:
    for verb, days in (("fell", range(-6, 1)), ("will fall", range(7))):
        ((_, found, _),) = dates_of(f"It {verb} on Friday.", anchor.isoformat())
        day = date.fromisoformat(found)
        assert day.weekday() == 4
        assert (day - anchor).days in days


@given(st.text(alphabet=st.sampled_from("ay 0123456789MayTuesdwkonthrlgi.'\n-"), max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for name in ("last week", "Tuesday", "3 May", "two years ago", "the following day"):
        dates_of(f"{text} {name} {text}")


def test_dates_at_the_end_of_time_are_not_resolved() -> None:
    assert dates_of("It will fall in 999 years.", "9999-12-31") == []
    assert dates_of("It will fall tomorrow.", "9999-12-31") == []


@pytest.mark.parametrize(
    ("question", "when"),
    [
        ("In which year did the dam reopen?", "When did the dam reopen?"),
        ("What year was it?", "When was it?"),
        ("In what year?", None),
        ("When did the dam reopen?", None),
        ("Which yearbook is it?", None),
    ],
)
def test_a_question_for_the_year_includes_one_for_the_date(question: str, when: str | None) -> None:
    assert asked_when(question) == when
