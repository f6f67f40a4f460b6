from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answers import Precision, Reason, ResolvedDate, Status, Unmentioned
from tests.index.strategies import nasty_text
from tests.tui.replies import answered, citation, unanswered
from tui.output.sanitise import visible_name
from tui.output.wording import (
    answer_meaning,
    columns_of,
    computed_dates,
    confidence_dots,
    counted,
    fitting,
    fitting_path,
    never_mentioned,
    refusal,
    resolved_date,
    searched_question,
    short_title_and_date,
)


@pytest.mark.parametrize(
    ("confidence", "dots"),
    [(1, "●●●●●"), (0.93, "●●●●●"), (0.6, "●●●○○"), (0.3, "●●○○○"), (0.02, "○○○○○")],
)
def test_confidence_is_shown_as_dots_whose_shape_alone_says_it(
    confidence: float, dots: str
) -> None:
    assert confidence_dots(confidence) == dots


def test_a_long_path_keeps_its_beginning_and_its_name() -> None:
    assert fitting_path("/home/ann/news/mill.txt:2:32", 28) == "/home/ann/news/mill.txt:2:32"
    assert fitting_path("/home/ann/news/mill.txt:2:32", 20) == "/home…/mill.txt:2:32"
    assert fitting_path("/home/ann/news/mill.txt:2:32", 10) == "….txt:2:32"
    assert fitting_path("ひひひ/ひひ.txt:1:1", 17) == "ひ…/ひひ.txt:1:1"


@given(nasty_text, st.integers(-20, 80))
def test_what_is_fitted_is_never_wider(text: str, columns: int) -> None:
    shown = visible_name(text)
    assert columns_of(fitting_path(shown, columns)) <= max(1, columns)
    assert columns_of(fitting(shown, columns)) <= max(1, columns)


def test_a_long_title_is_cut_before_its_date() -> None:
    cited = citation(title="The port is closed")
    assert short_title_and_date(cited, 40) == "The port is closed, 3 May 2011"
    assert short_title_and_date(cited, 20) == "The por…, 3 May 2011"
    assert short_title_and_date(cited, 5) == "…, 3 May 2011"
    assert short_title_and_date(replace(cited, title=""), 20) == "3 May 2011"


@pytest.mark.parametrize(
    ("threshold", "detail"),
    [
        (None, "Closest match: 4%."),
        (0.3, "Closest match: 4% (threshold 30%)."),
        (0.0404, "Closest match: 4.0% (threshold 4.0%)."),
        (0.0449, "Closest match: 4.0% (threshold 4.5%)."),
    ],
)
def test_a_refusal_compares_the_closest_match_with_the_threshold(
    threshold: float | None, detail: str
) -> None:
    assert refusal(unanswered(), threshold) == f"No confident answer. {detail}"


def test_a_refusal_without_any_match_has_no_percentage() -> None:
    assert refusal(replace(unanswered(), rejected=()), 0.3) == "No confident answer."


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.UNSURE])
def test_every_other_refusal_gives_its_reason(reason: Reason) -> None:
    line = refusal(unanswered(reason=reason), 0.3)
    assert line.startswith("No confident answer: ") == reason.is_about_articles
    assert "\n" not in line


def test_what_no_article_mentions_is_named_with_its_spelling() -> None:
    words = (Unmentioned("World\x1bCup"), Unmentioned("libarian", "librarian"))
    line = never_mentioned(replace(unanswered(), unmentioned=words))
    assert line == "Never mentioned: World␛Cup, libarian (did you mean librarian?)."
    assert never_mentioned(answered()) == ""


def test_the_advice_for_a_missing_folder_names_it() -> None:
    gone = replace(unanswered(reason=Reason.INDEX_STALE), missing_folder="old\x1bnews")
    assert "`byline index --forget 'old␛news'`" in refusal(gone)


def test_a_question_that_differs_in_white_space_alone_was_searched_as_typed() -> None:
    assert searched_question("Who  sold\nit?", answered(question="Who sold it?")) is None
    rewritten = answered(question="Who sold it?", asked="Who sold the mill?")
    assert searched_question("Who sold it?", rewritten) == "Who sold the mill?"


def test_a_count_has_its_noun_in_the_singular_or_plural() -> None:
    counts = [counted(count, "article") for count in (0, 1, 1200)]
    assert counts == ["0 articles", "1 article", "1,200 articles"]


@pytest.mark.parametrize(
    ("date", "precision", "words"),
    [
        ("2008-07-08", Precision.DAY, "8 July 2008"),
        ("2008-07-07", Precision.WEEK, "the week of 7 July 2008"),
        ("2008-07-12", Precision.WEEKEND, "the weekend of 12 July 2008"),
        ("2008-06", Precision.MONTH, "June 2008"),
        ("0987", Precision.YEAR, "987"),
    ],
)
def test_a_resolved_date_is_as_precise_as_it_is_known(
    date: str, precision: Precision, words: str
) -> None:
    assert resolved_date(ResolvedDate("then", 0, date, precision)) == words


def test_what_is_computed_is_marked_and_only_beside_a_current_quote() -> None:
    cited = citation("It fell on Tuesday, not last\x1b month.", "Tuesday")
    resolved = (
        ResolvedDate("Tuesday", 11, "2008-07-08", Precision.DAY),
        ResolvedDate("last\x1b month", 24, "2008-06", Precision.MONTH),
    )
    dated = replace(cited, resolved=resolved)
    assert answer_meaning(dated) == " (8 July 2008)"
    assert computed_dates(dated) == (
        "Computed from the date 3 May 2011: Tuesday = 8 July 2008; last␛ month = June 2008"
    )
    for undated in (cited, replace(dated, status=Status.CHANGED)):
        assert answer_meaning(undated) == computed_dates(undated) == ""
