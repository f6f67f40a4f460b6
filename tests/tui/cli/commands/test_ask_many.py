import json

import pytest

from tests.tui.fakes import Shell, assert_one_line_error

NAMED = "Where is the busy harbour of Zeebrugge in Belgium?"
"""A question with four terms, which takes nothing over."""
CLOSED = "the port is closed."
SOLD = "The mill was sold in May."


def lines(*items: object) -> bytes:
    """One question a line: text verbatim, everything else as JSON."""
    return b"".join(
        (item if isinstance(item, str) else json.dumps(item)).encode() + b"\n" for item in items
    )


def test_each_line_is_answered_in_order(indexed: Shell) -> None:
    stdin = lines(CLOSED, "", {"id": "m", "question": SOLD}, "  ", {"question": CLOSED, "id": "p"})
    ran = indexed.byline("ask", "-", "--json", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    assert [(reply["id"], reply["asked"]) for reply in ran.lines] == [
        (None, CLOSED), ("m", SOLD), ("p", CLOSED)
    ]  # fmt: skip
    assert [reply["answers"][0]["text"] for reply in ran.lines] == [CLOSED, SOLD, CLOSED]


def test_the_index_and_the_model_are_opened_once_for_all_lines(indexed: Shell) -> None:
    indexed.byline("ask", "-", "--json", stdin=lines(CLOSED, SOLD, CLOSED))
    assert len(indexed.models.question_encoders) == 1


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ('{"question": "x"', "invalid JSON question"),
        ('{"id": "a"}', "missing required field `question`"),
        ('{"question": 5}', "Expected `str`, got `int`"),
        ('{"question": "x", "in": 5}', "Expected `str | array`"),
        ('{"question": ""}', "the question is empty"),
        ('{"question": "x", "in": ["nowhere"]}', "no indexed article is at or under nowhere"),
        ("x" * 4001, "the question has 4,001 characters"),
    ],
)
def test_an_invalid_line_does_not_stop_the_rest(indexed: Shell, broken: str, message: str) -> None:
    ran = indexed.byline("ask", "-", "--json", stdin=lines(CLOSED, broken, SOLD))
    assert ran.code == 2
    first, error, last = ran.lines
    assert (first["asked"], last["asked"]) == (CLOSED, SOLD)
    assert set(error) == {"id", "question", "answered", "error"}
    assert (error["question"], error["answered"]) == (broken, False)
    assert message in error["error"]
    assert ran.err.startswith("byline: ")
    assert ran.err.count("\n") == 1


def test_the_id_of_an_invalid_line_is_returned(indexed: Shell) -> None:
    ran = indexed.byline("ask", "-", "--json", stdin=lines({"id": "q7", "question": " "}))
    assert ran.json["id"] == "q7"


def test_a_line_can_have_its_own_scope(indexed: Shell) -> None:
    stdin = lines(
        {"question": CLOSED, "in": ["news/in"]}, CLOSED, {"question": SOLD, "in": "news/in"}
    )
    options = ("--json", "--threshold", "0", "--in", "news/port.txt")
    ran = indexed.byline("ask", "-", *options, stdin=stdin)
    paths = [
        {at["path"] for answer in line["answers"] for at in answer["citations"]}
        for line in ran.lines
    ]
    assert paths == [{"news/in/mill.txt"}, {"news/port.txt"}, {"news/in/mill.txt"}]


def test_a_line_can_have_its_own_filters(shell: Shell) -> None:
    shell.write("1.md", "---\nauthor: Ada\ndate: 2010-05-03\n---\nThe mill was sold in May.")
    shell.write("2.md", "---\nauthor: Nils\ndate: 2011-05-03\n---\nThe mill was sold in May.")
    assert shell.byline("index", "news").code == 0
    stdin = lines({"question": SOLD, "until": "2010"}, SOLD, {"question": SOLD, "where": "by=Ada"})
    options = ("--json", "--threshold", "0", "--where", "author=Nils")
    late, nils, ada = shell.byline("ask", "-", *options, stdin=stdin).lines
    assert late["error"] == "of 1 article with author=Nils, none is dated 2010-12-31 or earlier"
    assert nils["filters"]["where"] == ["author=Nils"]
    assert nils["answers"][0]["citations"][0]["path"] == "news/2.md"
    assert ada["answers"][0]["citations"][0]["path"] == "news/1.md"


def test_a_follow_up_is_searched_with_its_history(indexed: Shell) -> None:
    follow_up = {"question": "When was it sold?", "history": ["Who bought the mill?"]}
    ran = indexed.byline("ask", "-", "--json", "--threshold", "0.99", stdin=lines(follow_up))
    assert (ran.json["question"], ran.json["asked"]) == (
        "When was it sold?",
        "Who bought the mill? | When was it sold?",
    )


def test_a_self_contained_question_is_searched_unchanged(indexed: Shell) -> None:
    stdin = lines({"question": NAMED, "history": ["Who bought the mill?", " "]})
    ran = indexed.byline("ask", "-", "--json", stdin=stdin)
    assert ran.json["asked"] == NAMED


def test_a_line_depends_only_on_its_own_history(indexed: Shell) -> None:
    stdin = lines({"question": CLOSED, "history": ["Who bought the mill?"]}, "When was it sold?")
    ran = indexed.byline("ask", "-", "--json", "--threshold", "0", stdin=stdin)
    assert ran.lines[1]["asked"] == "When was it sold?"


def test_earlier_questions_are_not_searched_again(indexed: Shell) -> None:
    stdin = lines({"question": NAMED, "history": ["x" * 4001, "Who?"] * 250})
    ran = indexed.byline("ask", "-", "--json", "--threshold", "0", stdin=stdin)
    assert (ran.code, ran.json["asked"]) == (0, NAMED)
    (encoder,) = indexed.models.question_encoders
    assert encoder.batches == [[NAMED]]


def test_answers_are_printed_as_text_without_json(indexed: Shell) -> None:
    ran = indexed.byline("ask", "-", "--top", "1", stdin=lines(CLOSED, "{broken", SOLD))
    assert ran.code == 2
    assert [line for line in ran.out.splitlines() if not line.startswith(" ")] == [CLOSED, SOLD]
    assert ran.err.count("\n") == 1


def test_bytes_that_are_not_text_are_a_question_like_any_other(indexed: Shell) -> None:
    stdin = b"\xff\xfe?\r\n" + b'{"question": "\\ud800 the port"}\n' + CLOSED.encode()
    ran = indexed.byline("ask", "-", "--json", "--threshold", "0", stdin=stdin)
    assert len(ran.lines) == 3
    assert ran.lines[0]["question"] == "\ufffd\ufffd?"
    assert ran.lines[2]["asked"] == CLOSED


@pytest.mark.parametrize("stdin", [b"", b"\n \n"])
def test_no_lines_are_an_error(indexed: Shell, stdin: bytes) -> None:
    assert_one_line_error(indexed.byline("ask", "-", "--json", stdin=stdin), "no question")


def test_an_id_can_be_a_number(indexed: Shell) -> None:
    ran = indexed.byline("ask", "-", "--json", stdin=b'{"id": 7, "question": "Who?"}\n')
    assert ran.json["id"] == 7
