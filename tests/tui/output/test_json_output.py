import json
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from index.articles.files import Root, Skipped
from index.articles.places import Place
from index.build.events import MissingRoot, Summary
from index.check import Finding
from qa.answers import (
    Answer,
    Answered,
    Citation,
    Milliseconds,
    NoAnswer,
    Precision,
    Quote,
    Reason,
    ResolvedDate,
    Status,
    Unmentioned,
)
from qa.lookup import Line, Lookup
from tui.output.json_output import (
    error_json,
    findings_json,
    json_line,
    lookup_json,
    reply_json,
    summary_json,
)

SENTENCE = Quote("the entire sentence", 11, 2, 12, 9)
CITATION = Citation(
    path="004.txt",
    file="/news/004.txt",
    status=Status.UNCHANGED,
    answer=Quote("Dmitry Rogozin", 11, 40, 11, 53),
    sentence=SENTENCE,
    title="",
    dates=(),
)
MOVED = replace(
    CITATION, path="in/5.txt", status=Status.MOVED, title="A title", dates=(date(2011, 2, 3),)
)
SPENT = Milliseconds(3.14159, 71.0, 75.25)
ANSWER = Answer(0.93456, (CITATION, MOVED))


def test_an_answer_has_exactly_the_documented_shape() -> None:
    line = json_line(reply_json(Answered("who?", "who", (ANSWER,), SPENT), "q1"))
    sentence = {"line": 11, "column": 2, "end_line": 12, "end_column": 9}
    first = {
        "path": "004.txt", "line": 11, "column": 40, "end_line": 11, "end_column": 53,
        "status": "unchanged", "text": "Dmitry Rogozin", "quote": "the entire sentence",
        "quote_place": sentence, "title": None, "date": None, "resolved": None,
        "resolved_dates": [], "joined_words": [],
    }  # fmt: skip
    second = first | {
        "path": "in/5.txt", "status": "moved", "title": "A title", "date": "2011-02-03"
    }  # fmt: skip
    assert json.loads(line) == {
        "id": "q1",
        "question": "who?",
        "asked": "who",
        "answered": True,
        "status": "answer",
        "reason": None,
        "answers": [
            {
                "text": "Dmitry Rogozin",
                "kind": "span",
                "confidence": 0.9346,
                "quote": "the entire sentence",
                "resolved": None,
                "citations": [first, second],
            }
        ],
        "articles_differ": False,
        "never_mentioned": [],
        "filters": {"in": [], "since": None, "until": None, "where": []},
        "undated": 0,
        "milliseconds": {"retrieve": 3.1, "read": 71.0, "total": 75.2},
    }


def test_no_answer_gives_its_reason_and_what_was_rejected() -> None:
    for reason, name in [
        (Reason.NO_PASSAGES, "no-passages"),
        (Reason.NO_SPAN, "no-span"),
        (Reason.UNSURE, "unsure"),
        (Reason.INDEX_STALE, "index-stale"),
    ]:
        reply = reply_json(NoAnswer("who?", "who?", reason, (ANSWER,), SPENT), None)
        assert (reply["id"], reply["answered"], reply["reason"]) == (None, False, name)
        assert [answer["text"] for answer in reply["answers"]] == ["Dmitry Rogozin"]
        assert list(reply) == [
            "id", "question", "asked", "answered", "status", "reason", "answers",
            "articles_differ", "never_mentioned", "filters", "undated", "milliseconds",
        ]  # fmt: skip


def test_a_reply_has_the_state_of_its_best_answer() -> None:
    doubtful = replace(ANSWER, doubtful=True)
    words = (Unmentioned("World Cup"), Unmentioned("libarian", "librarian"))
    refused = NoAnswer("who?", "who?", Reason.UNSURE, (doubtful,), SPENT, unmentioned=words)
    doubtful_first = Answered("who?", "who?", (doubtful, ANSWER), SPENT)
    sure_first = Answered("who?", "who?", (ANSWER, doubtful), SPENT)
    replies = [reply_json(one, None) for one in (doubtful_first, sure_first, refused)]
    states = [reply["status"] for reply in replies]
    assert states == ["perhaps", "answer", "no_answer"]
    assert replies[-1]["never_mentioned"] == [
        {"words": "World Cup", "suggestion": None},
        {"words": "libarian", "suggestion": "librarian"},
    ]


def test_every_status_has_its_word() -> None:
    assert [status.value for status in Status] == ["unchanged", "moved", "changed", "gone"]


def test_an_error_has_its_question_and_id() -> None:
    assert error_json("it is empty", "{}", "q2") == {
        "id": "q2", "question": "{}", "answered": False, "error": "it is empty"
    }  # fmt: skip


def test_a_summary_counts_everything() -> None:
    summary = Summary(
        added=1, changed=2, removed=3, unchanged=4,
        skipped=(Skipped("/a.pdf", "not a format that Byline reads"),),
        missing_roots=(MissingRoot(Root("old", "/old"), 5),),
        articles=12, passages=13, embedded=6, reused=7, published=True,
        rebuild_reason=None, seconds=1.23456, mixed=("/b.txt",),
        notes=(Skipped("/c.pdf", "no text on page 2"),),
    )  # fmt: skip
    assert summary_json(summary) == {
        "added": 1, "changed": 2, "removed": 3, "unchanged": 4,
        "skipped": [{"path": "/a.pdf", "reason": "not a format that Byline reads"}],
        "missing_folders": [{"path": "old", "articles_kept": 5}],
        "mixed_encoding": ["/b.txt"],
        "notes": [{"path": "/c.pdf", "note": "no text on page 2"}],
        "articles": 12, "passages": 13, "embedded": 6, "reused": 7, "published": True,
        "rebuilt": None, "seconds": 1.235,
    }  # fmt: skip


def test_findings_and_lines_have_their_shape() -> None:
    findings = [Finding("index", "ok", "fine"), Finding("model", "error", "missing", "restore it")]
    assert findings_json(findings) == {
        "ok": False,
        "findings": [
            {"subject": "index", "state": "ok", "message": "fine", "advice": None},
            {"subject": "model", "state": "error", "message": "missing", "advice": "restore it"},
        ],
    }
    assert findings_json(findings[:1])["ok"] is True
    found = Lookup(
        "a.txt", "/a.txt", Status.GONE, 3, (Line(3, "x\r", Place(3, 1)),), "",
        Place(3, 1), Place(3, 1),
    )  # fmt: skip
    assert lookup_json(found) == {
        "path": "a.txt", "status": "gone", "line": 3, "title": None,
        "lines": [{"line": 3, "text": "x\r"}],
    }  # fmt: skip


@given(st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs"])))
def test_any_text_becomes_one_line_of_printable_ascii_and_is_complete(text: str) -> None:
    quote = Quote(text, 1, 1, 1, 1)
    citation = Citation(text, text, Status.UNCHANGED, quote, quote, text, ())
    reply = Answered(text, text, (Answer(1.0, (citation,)),), SPENT)
    line = json_line(reply_json(reply, text))
    assert all(" " <= char <= "~" for char in line)
    read: dict[str, Any] = json.loads(line)
    texts = [read["id"], read["question"], read["answers"][0]["text"]]
    texts.append(read["answers"][0]["citations"][0]["path"])
    # JSON does not distinguish a pair of lone surrogates from the code point that they form.
    units = {text.encode("utf-16-le", "surrogatepass") for text in texts}
    assert units == {text.encode("utf-16-le", "surrogatepass")}


def test_computed_dates_are_beside_the_quote() -> None:
    last_month = ResolvedDate("last\nmonth", 11, "2008-06", Precision.MONTH)
    tuesday = ResolvedDate("Tuesday", 35, "2008-07-08", Precision.DAY)
    cited = replace(
        CITATION,
        answer=Quote("Tuesday", 12, 19, 12, 25),
        sentence=Quote("It was shut last\nmonth and opened on Tuesday.", 11, 2, 12, 26),
        resolved=(replace(last_month, start=12), replace(tuesday, start=37)),
    )
    line = json_line(reply_json(Answered("when?", "when?", (Answer(0.9, (cited,)),), SPENT), None))
    (answer,) = json.loads(line)["answers"]
    (citation,) = answer["citations"]
    day = {"date": "2008-07-08", "precision": "day"}
    assert (answer["resolved"], citation["resolved"]) == (day, day)
    assert (answer["text"], answer["quote"]) == ("Tuesday", cited.sentence.text)
    assert citation["resolved_dates"] == [
        {"text": "last\nmonth", "line": 11, "column": 14, "end_line": 12, "end_column": 5,
         "date": "2008-06", "precision": "month"},
        {"text": "Tuesday", "line": 12, "column": 21, "end_line": 12, "end_column": 27, **day},
    ]  # fmt: skip
