from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadRequest
from qa.periods import Period, asked_periods, parse_date

NOW = date(2026, 11, 28)
"""A Saturday."""


def days(first: str, last: str) -> Period:
    return Period(
        date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None
    )


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2011", "2011-01-01", "2011-12-31"),
        ("2012-02", "2012-02-01", "2012-02-29"),
        ("2011-7-3", "2011-07-03", "2011-07-03"),
        ("2011/07/03", "2011-07-03", "2011-07-03"),
        ("3 July 2011", "2011-07-03", "2011-07-03"),
        ("july  2011", "2011-07-01", "2011-07-31"),
        ("today", "2026-11-28", "2026-11-28"),
        ("Yesterday", "2026-11-27", "2026-11-27"),
        ("last week", "2026-11-16", "2026-11-22"),
        ("last weekend", "2026-11-21", "2026-11-22"),
        ("last month", "2026-10-01", "2026-10-31"),
        ("Last Year", "2025-01-01", "2025-12-31"),
        ("3 weeks ago", "2026-11-07", "2026-11-07"),
        ("two days ago", "2026-11-26", "2026-11-26"),
        ("a year ago", "2025-11-28", "2025-11-28"),
        ("9 months ago", "2026-02-28", "2026-02-28"),
        ("tuesday", "2026-11-24", "2026-11-24"),
        ("may", "2026-05-01", "2026-05-31"),
        ("december", "2025-12-01", "2025-12-31"),
        ("3 December", "2025-12-03", "2025-12-03"),
    ],
)
def test_a_date_stands_for_its_days(text: str, first: str, last: str) -> None:
    assert parse_date(text, NOW) == days(first, last)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2011-13", "2011-02-30", "0000", "every Tuesday", "2011 or 2012", "9999 years ago",
     "11", "3" * 5_000],
)  # fmt: skip
def test_anything_else_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(BadRequest, match=r"is no date; write 2011, .* last month or 3 weeks ago"):
        parse_date(text, NOW)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who led the talks in 2016?", "2016-01-01", "2016-12-31"),
        ("What did the company lose last year?", "2025-01-01", "2025-12-31"),
        ("What has changed since the summit in May?", "2026-05-01", ""),
        ("Who was minister after 3 May 2011?", "2011-05-03", ""),
        ("What was spent up to June 2012?", "", "2012-06-30"),
        ("Who led it before the 2014 election?", "", "2014-12-31"),
        ("Who owned it between 2010 and 2012?", "2010-01-01", "2012-12-31"),
        ("What was sold from May 2011 to June 2012?", "2011-05-01", "2012-06-30"),
        ("Who sat on the council in December?", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_question_names_days(question: str, first: str, last: str) -> None:
    assert asked_periods(question, NOW) == [days(first, last)]


def test_a_question_may_name_several_days_or_none() -> None:
    both = asked_periods("Was more sold in 2011 than in 2012?", NOW)
    assert both == [days("2011-01-01", "2011-12-31"), days("2012-01-01", "2012-12-31")]
    assert asked_periods("Who may be the next envoy?", NOW) == []


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    asked_periods(text, NOW)
    try:
        period = parse_date(text, NOW)
    except BadRequest:
        return
    assert period.first is not None
    assert period.last is not None
    assert period.first <= period.last
