from dataclasses import replace
from datetime import date, datetime
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles.spans import Span
from qa.answers import Answered, Precision, Reason, ResolvedDate, Status, Unmentioned
from qa.find import FoundArticle, Mentions, Place
from tests.index.strategies import nasty_text
from tests.tui.chat.replies import SENTENCE, answer, answered, citation, unanswered
from tui.chat.transcript.entries import Entry, Failed, Found, Opening, Waiting
from tui.chat.transcript.rows import (
    STYLES,
    CitationAt,
    Fold,
    Row,
    Suggestion,
    citation_of,
    rows,
    targets,
)
from tui.jobs.async_bot import About

CONTROLLING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def shown(entry: Entry, unfolded: bool = False, note: str = "", width: int = 70) -> list[str]:
    return [row.text.plain for row in rows(entry, unfolded, note, width)]


def styled(written: list[Row], style: str) -> str:
    """Return the text of a style."""
    return "".join(
        row.text.plain[span.start : span.end]
        for row in written
        for span in row.text.spans
        if span.style == style
    )


def test_an_answer_is_followed_by_its_sentence_and_location() -> None:
    assert shown(answered()) == [
        "› Who bought the mill?",
        "  Jan Novak   93% sure ●●●●●",
        "    On Monday the mill was sold to Jan Novak for two crowns.",
        "    news/mill.txt:11:32  Mill sold, 3 May 2011",
        "",
    ]


def test_a_citation_takes_three_lines_at_most_on_80_columns() -> None:
    path = "/".join(["/home/ann", *["a folder with a long name"] * 12, "mill.txt"])
    far = citation(path=path, title="The mill " * 40, status=Status.MOVED)
    cited = [row for row in rows(answered(answer(far)), False, "", 76) if row.target]
    assert len(cited) <= 3
    assert cited[0].text.plain.startswith("    /home/ann/a folder")
    assert cited[0].text.plain.endswith("…/mill.txt:11:32")
    written = " ".join(row.text.plain.strip() for row in cited)
    assert written.endswith("…, 3 May 2011  (moved since indexing)")


def test_the_opening_says_what_is_indexed_and_what_it_answers() -> None:
    updated = datetime(2026, 11, 8, 9, 5)  # noqa: DTZ001
    one_day = About(1, (date(2011, 5, 3), date(2011, 5, 3)), updated)
    opening = Opening(one_day, ("Who is \x1bVera Holm?", "Who sang?"))
    written = rows(opening, False, "", 90)
    lines = [row.text.plain.strip() for row in written]
    assert "1 article of 3 May 2011" in lines
    assert "Index updated 8 November 2026, 09:05" in lines
    assert [row.target for row in written if row.target] == targets(opening, False)
    assert targets(opening, False) == [Suggestion(0), Suggestion(1)]
    assert lines[-3:-1] == ["Who is ␛Vera Holm?", "Who sang?"]
    several = About(20, (date(2001, 12, 13), date(2016, 9, 30)), updated)
    assert "  20 articles from 13 December 2001 to 30 September 2016" in shown(Opening(several))
    assert "  20 articles" in shown(Opening(About(20, None, updated)))


def test_only_the_answer_is_highlighted_in_its_sentence() -> None:
    written = rows(answered(), False, "", 24)
    assert styled(written, "span").replace(" ", "") == "JanNovak"
    assert len(written) > 5


def test_an_answer_that_is_its_entire_sentence_is_shown_once() -> None:
    turn = answered(answer(citation("It is old.", "It is old.")))
    assert shown(turn)[1:3] == ["  93% sure ●●●●●", "    It is old."]


@pytest.mark.parametrize(
    ("confidence", "label"),
    [(1.0, "100% sure ●●●●●"), (0.996, "100% sure ●●●●●"), (0.2, "20% sure ●○○○○")],
)
def test_confidence_is_a_percentage(confidence: float, label: str) -> None:
    assert shown(answered(answer(confidence=confidence)))[1] == f"  Jan Novak   {label}"


def test_an_answer_in_doubt_says_so_above_it_and_beside_it() -> None:
    turn = answered(answer(confidence=0.45, doubtful=True))
    written = rows(turn, False, "", 90)
    assert written[1].text.plain.startswith("  Perhaps: ")
    assert written[2].text.plain == "  Jan Novak   perhaps, 45% sure ●●○○○"
    assert styled(written, "unsure") == "Perhaps   perhaps, 45% sure ●●○○○"
    # A further answer in doubt does not make the reply doubtful.
    further = answered(answer(), answer(citation("two"), confidence=0.4, doubtful=True))
    assert [line for line in shown(further, unfolded=True) if "erhaps" in line] == [
        "  two   perhaps, 40% sure ●●○○○"
    ]


def test_further_answers_are_folded_until_they_are_shown() -> None:
    more = [answer(citation("two", line=5), confidence=0.5), answer(citation("Monday"))]
    folded = rows(answered(answer(), *more), False, "", 70)
    assert folded[4].text.plain == "  ▸ 2 further answers (Enter: show)"
    assert [row.target for row in folded[3:5]] == [CitationAt(0, 0), Fold()]
    assert targets(answered(answer(), *more), False) == [CitationAt(0, 0), Fold()]
    unfolded = rows(answered(answer(), *more), True, "", 70)
    expected = [CitationAt(0, 0), CitationAt(1, 0), CitationAt(2, 0), Fold()]
    assert [row.target for row in unfolded if row.target is not None] == expected
    assert targets(answered(answer(), *more), True) == expected
    assert shown(answered(answer(), more[0]))[4] == "  ▸ 1 further answer (Enter: show)"


def test_answers_that_contradict_each_other_are_not_folded() -> None:
    turn = answered(answer(), answer(citation("two", line=5)))
    assert isinstance(turn.reply, Answered)
    differing = replace(turn, reply=replace(turn.reply, articles_differ=True))
    assert "  The articles differ: compare their answers and dates." in shown(differing)
    assert targets(differing, False) == [CitationAt(0, 0), CitationAt(1, 0)]
    assert targets(turn, False) == [CitationAt(0, 0), Fold()]


def test_every_citation_of_an_answer_can_be_selected() -> None:
    turn = answered(answer(citation(), citation(path="b.txt", line=2)))
    targets = [row.target for row in rows(turn, False, "", 70) if row.target is not None]
    assert targets == [CitationAt(0, 0), CitationAt(0, 1)]
    assert citation_of(turn, CitationAt(0, 1)).path == "b.txt"


def test_a_refusal_shows_why_and_the_closest_passage() -> None:
    turn = unanswered(answer(confidence=0.12), answer(citation("two")))
    question, refusal, label, *quote = shown(turn, width=90)
    assert question == "› Who burnt the mill?"
    assert "12%" in refusal
    assert "not confident enough" in label
    assert quote == [f"    {SENTENCE}", "    news/mill.txt:11:32  Mill sold, 3 May 2011", ""]


def test_words_that_no_article_mentions_are_named_under_the_doubt() -> None:
    words = (Unmentioned("World Cup"),)
    refused, doubtful = unanswered(answer()), answered(answer(doubtful=True))
    for turn in (refused, doubtful):
        reply = replace(turn.reply, unmentioned=words)
        assert shown(replace(turn, reply=reply))[2] == "  Never mentioned: World Cup."
        assert not any("Never" in line for line in shown(turn))


def test_nothing_is_highlighted_in_the_quote_of_a_refusal() -> None:
    assert styled(rows(unanswered(answer()), False, "", 70), "span") == ""


def test_a_refusal_without_matches_is_one_line() -> None:
    _, refusal, end = shown(unanswered(reason=Reason.NO_PASSAGES))
    assert "no matching passages" in refusal
    assert end == ""


@pytest.mark.parametrize("status", [Status.CHANGED, Status.GONE])
def test_a_sentence_that_is_no_longer_there_is_not_quoted(status: Status) -> None:
    turn = unanswered(answer(citation(status=status)), reason=Reason.INDEX_STALE)
    written = "\n".join(shown(turn, width=120))
    assert "Was at:" in written
    assert SENTENCE not in written
    assert ("(file missing" if status is Status.GONE else "(changed since indexing") in written


def test_a_follow_up_is_shown_as_searched() -> None:
    turn = answered(question="And who sold it?", asked="And who sold the mill?")
    assert shown(turn)[1].startswith("  Searched for: And who sold the mill?  (e: edit")
    assert not shown(answered(question="Who  sold\nit?", asked="Who sold it?"))[1].startswith("  S")


def test_waiting_failure_and_note_are_shown_under_the_question() -> None:
    assert shown(Waiting("Who?", "searching …")) == ["› Who?", "  searching …", ""]
    assert shown(Failed("Who?", "no index")) == ["› Who?", "  no index", ""]
    assert shown(answered(), note="marked right")[-2:] == ["  marked right", ""]


def test_a_question_of_several_lines_keeps_them() -> None:
    assert shown(Waiting("Who?\nWhen?", "searching …"))[:2] == ["› Who?", "When?"]


@given(nasty_text, nasty_text, st.integers(1, 90))
def test_no_row_of_any_text_is_wider_than_the_view_or_controls_the_terminal(
    before: str, inside: str, width: int
) -> None:
    words = inside.replace("\n", " ") or "x"
    sentence = before.replace("\n", " ") + words
    turn = answered(
        answer(citation(words, sentence, path=f"a\x1b{before}", title=before)), question=before
    )
    written = rows(turn, True, inside, width)
    for row in written:
        assert row.text.cell_len <= max(10, width)
        assert not [char for char in row.text.plain if category(char) in CONTROLLING]
        assert {str(span.style) for span in row.text.spans} <= set(STYLES)


@settings(max_examples=20)
@given(nasty_text, st.integers(1, 90))
def test_no_row_of_a_found_place_is_wider_than_the_view_or_controls_the_terminal(
    text: str, width: int
) -> None:
    words = f"{text}x"
    place = Place(
        Status.UNCHANGED, replace(citation().sentence, text=words), (Span(0, len(words)),)
    )
    article = FoundArticle(f"a\x1b{text}", "/a.txt", text, None, 1, (place,))
    for row in rows(Found.first(text, Mentions((article,)), 9), False, "", width):
        assert row.text.cell_len <= max(10, width)
        assert not [char for char in row.text.plain if category(char) in CONTROLLING]


def test_a_computed_date_has_a_style_of_its_own() -> None:
    monday = ResolvedDate("Monday", 3, "2011-05-02", Precision.DAY)
    turn = answered(answer(replace(citation("Monday"), resolved=(monday,))))
    assert shown(turn)[1:4] == [
        "  Monday (2 May 2011)   93% sure ●●●●●",
        "    On Monday the mill was sold to Jan Novak for two crowns.",
        "    Computed from the date 3 May 2011: Monday = 2 May 2011",
    ]
    written = rows(turn, False, "", 70)
    assert styled(written, "computed") == " (2 May 2011)"
    assert written[3].text.style == "computed"


def test_places_that_were_found_are_rows_of_their_articles() -> None:
    quote = citation().sentence
    places = (
        Place(Status.UNCHANGED, quote, (Span(14, 18), Span(31, 34))),
        Place(Status.GONE, replace(quote, line=12), ()),
    )
    article = FoundArticle("news/\x1bmill.txt", "/mill.txt", "", None, 2, places)
    entry = Found.first("/find mill Jan", Mentions((article, article), undated=1), 3)
    written = rows(entry, False, "", 90)
    assert [row.text.plain for row in written] == [
        "› /find mill Jan",
        "  4 passages in 2 articles",
        "  1 article has no date and was left out.",
        "  news/␛mill.txt",
        f"    news/␛mill.txt:11:{quote.column + 14}  {quote.text}",
        f"    news/␛mill.txt:12:{quote.column}  (file missing)",
        "  news/␛mill.txt",
        f"    news/␛mill.txt:11:{quote.column + 14}  {quote.text}",
        "  1 more place; `byline find` lists all",
        "",
    ]
    assert styled(written, "span") == 2 * (quote.text[14:18] + quote.text[31:34])
    at = [CitationAt(0, 0), CitationAt(0, 1), CitationAt(1, 0)]
    assert targets(entry, unfolded=False) == at
    assert citation_of(entry, CitationAt(0, 0)).answer.text == quote.text[14:18]
    assert shown(Found.first("/find x", Mentions(()), 3))[1] == "  no passage holds that"
