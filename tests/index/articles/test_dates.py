from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.dates import (
    article_date,
    date_in,
    front_matter_date,
    heading_date,
    path_date,
    section_date,
    top_date,
)

BODY = "The port is to be closed, the council said, for it is old and nobody has the money. " * 3
MAY_12 = date(2010, 5, 12)


def top(*paragraphs: str) -> date | None:
    return top_date([*paragraphs, BODY])


@pytest.mark.parametrize(
    "line",
    [
        "12 May 2010",
        "12th of May, 2010",
        "Wednesday, May 12, 2010 - 14:30",
        "May 12 2010",
        "MAY 12TH, 2010",
        "2010-05-12",
        "2010-05-12T10:00:00Z",
        "2010/05/12",
        "12.05.2010",
        "Published: 12 May 2010 10.30 GMT",
        "Created: 2010-05-12",
        "Date: Wed, 12 May 2010 10:30:00 +0200",
        "- Date: 12 May 2010",
        "*Posted on May 12, 2010*",
        "By Ann Smith, 12 May 2010",
        "PUBLISHED: 23:14, 12 May 2010 | UPDATED: 08:50, 13 May 2010",
        "Lima, Wednesday 12 May 2010, 6.40 a.m.",
        "Ann Smith, updated 12 May 2010",
        "Ann Smith | 12 May 2010 | 5 min read",
        "Harbour News 12 May 2010 14:23 (UTC +04:00)",
        "May 12, 2010, 10:10 am",
        "Lima, 12 May 2010 – The port is to be closed, the council of the city said here today.",
        "LIMA (Paper), May 12, 2010 - The port is to be closed, said the council of the old city.",
        "Last updated on 12 May 2010 | by Ann Smith, our correspondent in the old port of Lima.",
    ],
)
def test_a_date_line_or_dateline_dates_the_article(line: str) -> None:
    assert top("Port to close", line) == MAY_12


@pytest.mark.parametrize(
    "line",
    [
        "Born 12 May 2010, Lima",
        "Born: 12 May 2010",
        "Birth date: 12 May 2010",
        "Opened: 12 May 2010",
        "- Opened: 12 May 2010",
        "- Lima, 12 May 2010",
        "Ada Quill, born 12 May 2010",
        "Source: interview with Ada Quill, 12 May 2010",
        "Next meeting: 12 May 2010",
        "Founded 12 May 2010",
        "Reopened on 12 May 2010",
        "Born 12 May 2010 - Ada Quill paints houses and boats, and she sells them at the market.",
        "the port opens 12 May 2010",
        "The port was closed on 12 May 2010.",
        "On 12 May 2010 the port was closed by the council, which " + "said it was old and " * 3,
        "31 February 2010",
        "12 May 1066",
        "12 Mayor 2010",
        "v1.2010-05-12",
        "2010-13-12",
        "05/06/2010",
    ],
)
def test_a_date_that_the_text_mentions_is_not_the_articles(line: str) -> None:
    assert top("Port to close", line) is None


def test_a_date_below_the_top_is_ignored() -> None:
    assert top(*[f"Line {i}" for i in range(12)], "12 May 2010") is None


@pytest.mark.parametrize(
    ("name", "month"),
    [("Jan.", 1), ("march", 3), ("June", 6), ("Sept", 9), ("Sept.", 9), ("September", 9),
     ("DEC", 12)],
)  # fmt: skip
def test_months_may_be_abbreviated(name: str, month: int) -> None:
    assert date_in(f"{name} 3, 2011") == date(2011, month, 3)


@pytest.mark.parametrize("text", ["13/05/2010", "05/13/2010"])
def test_a_day_over_12_says_which_number_is_the_month(text: str) -> None:
    assert date_in(text) == date(2010, 5, 13)


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("## 2010-05-12", MAY_12),
        ("## [2010/05/12]", MAY_12),
        ("### Wednesday, 12 May 2010, 10:30", MAY_12),
        ("12 May 2010", MAY_12),
        ("## What happened on 12 May 2010", None),
        ("## The port", None),
        ("## " + "2010-05-12 " * 20, None),
    ],
)
def test_a_heading_that_is_a_date_dates_its_section(heading: str, found: date | None) -> None:
    assert heading_date(heading) == found


def test_dated_sections_do_not_date_the_article() -> None:
    assert top("# Diary", "## 2010-05-12", "Bought oak.", "## 2010-05-19") is None
    assert top("# 2010-05-12", "Bought oak.", "# 2010-05-19") is None


def test_a_section_has_the_date_of_the_last_dated_heading() -> None:
    assert section_date(["Diary", "2010-05-11", "## 2010-05-12", "Tools"]) == MAY_12
    assert section_date(["Diary", "It fell on 12 May 2010."]) is None


def test_a_title_with_a_date_dates_the_article() -> None:
    assert top("# Minutes, 12 May 2010") == MAY_12
    assert top("# 2010-05-12", "Bought oak.", "## Tools") == MAY_12


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("2010-05-12-port.md", MAY_12),
        ("news/port_20100512.txt", MAY_12),
        ("2010/05/12/port.md", MAY_12),
        ("2010.05.12 port.md", MAY_12),
        ("2010-05-12T1030.md", MAY_12),
        ("port-120100512.md", None),
        ("2010-0512.md", None),
        ("a2010-05-12.md", None),
        ("20101332.md", None),
        ("", None),
    ],
)
def test_a_path_may_date_its_article(path: str, found: date | None) -> None:
    assert path_date(path) == found


@pytest.mark.parametrize(
    "values",
    [
        {"date": "2010-05-12"},
        {"Date": "2010-05-12 10:20"},
        {"published": "2010-05-12T10:00:00+02:00"},
        {"created": '"12 May 2010"'},
        {"date": "2010/05/12 06:30:00 +0100"},
        {"date": "12.5.2010"},
        {"Publish-Date": "May 12, 2010"},
        {"lastmod": "2011-01-01", "created": "2010-05-12"},
        {"date": "soon", "created": "2010-05-12"},
    ],
)
def test_front_matter_dates_have_several_names_and_formats(values: dict[str, str]) -> None:
    assert front_matter_date(values) == MAY_12


def test_front_matter_is_before_the_date_line_and_the_path_last() -> None:
    line, path = ["11 May 2010"], "2010-05-10.md"
    assert article_date({"date": "2010-05-12"}, line, path) == MAY_12
    assert article_date({}, line, path) == date(2010, 5, 11)
    assert article_date({}, [BODY], path) == date(2010, 5, 10)
    assert article_date({}, [BODY]) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_date_is_read_in_every_place(day: date) -> None:
    written = f"{day.day} {day:%B} {day.year}"
    assert top(f"Lima, {written}") == date_in(f"{day:%Y/%m/%d}") == day
    assert path_date(f"{day:%Y%m%d}.md") == heading_date(f"## {written}") == day


@pytest.mark.parametrize(
    "text", ["1" * 100_000, "May " * 30_000, "A." * 50_000, "2010-05-" * 20_000]
)
def test_no_text_takes_excessive_time(text: str) -> None:
    assert top(text, text[:90]) is None
    assert heading_date(text) is None
    assert path_date(text) is None
