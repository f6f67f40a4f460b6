import re
from pathlib import Path

import pytest

from tests.tui.fakes import Shell, assert_one_line_error

QUESTION = "the port is closed."


def test_an_answer_is_quoted_with_its_location_on_stdout(indexed: Shell) -> None:
    ran = indexed.byline("ask", QUESTION, "--top", "1")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"the port is closed\.\n    news/port\.txt:1:1  \d+% sure\n", ran.out)


def test_words_without_quotes_are_one_question(indexed: Shell) -> None:
    assert indexed.byline("ask", *QUESTION.split(), "--json").json["question"] == QUESTION


def test_a_refusal_is_on_stderr_with_exit_code_1(indexed: Shell) -> None:
    ran = indexed.byline("ask", "Why do cats purr?", "--threshold", "1")
    assert (ran.code, ran.out) == (1, "")
    first, missing, second, quote, path = ran.err.splitlines()
    assert re.fullmatch(
        r"No confident answer\. Closest match: [0-9.]+% \(threshold 100.*%\)\.", first
    )
    assert missing == "Never mentioned: cats purr."
    assert "not confident" in second
    assert quote
    assert path.startswith("    news/")
    assert "sure" not in path


def test_a_refusal_as_json_has_the_reason_and_the_closest_passages(indexed: Shell) -> None:
    ran = indexed.byline("ask", "Why do cats purr?", "--threshold", "1", "--json")
    assert (ran.code, ran.err) == (1, "")
    assert (ran.json["answered"], ran.json["reason"]) == (False, "unsure")
    assert len(ran.json["answers"]) == 3
    assert ran.json["never_mentioned"] == [{"words": "cats purr", "suggestion": None}]


def test_title_and_date_follow_the_location(indexed: Shell) -> None:
    indexed.write("t.txt", "# Port to close\n\n2 May 2010\n\nthe lock of Terneuzen closes.\n")
    indexed.byline("index")
    ran = indexed.byline("ask", "the lock of Terneuzen closes.", "--top", "1")
    assert ran.out.splitlines()[1].startswith("    news/t.txt:5:1  Port to close, 2 May 2010  ")


def test_a_moved_quote_has_a_note_and_a_changed_one_is_not_quoted(indexed: Shell) -> None:
    path = indexed.news / "port.txt"
    before = path.read_text(encoding="utf-8")
    path.write_text("\n\n" + before, encoding="utf-8")
    moved = indexed.byline("ask", QUESTION, "--top", "1")
    assert "    news/port.txt:3:1  (moved since indexing)  " in moved.out
    path.write_text(before.replace("closed", "open"), encoding="utf-8")
    changed = indexed.byline("ask", QUESTION)
    assert (changed.code, changed.out) == (1, "")
    assert "changed since indexing; run `byline index`" in changed.err
    assert "Was at:\n    news/port.txt:1:1  (changed since indexing; not quoted)" in changed.err
    assert QUESTION not in changed.err
    assert indexed.byline("ask", QUESTION, "--json").json["reason"] == "index-stale"


def test_a_question_can_be_limited_to_a_folder(indexed: Shell) -> None:
    reply = indexed.byline("ask", QUESTION, "--in", "news/in", "--threshold", "0", "--json").json
    paths = {at["path"] for answer in reply["answers"] for at in answer["citations"]}
    assert paths == {"news/in/mill.txt"}


def test_asking_uses_one_question_encoder_and_embeds_no_passage(indexed: Shell) -> None:
    before = len(indexed.models.passage_encoders)
    indexed.byline("ask", QUESTION)
    (encoder,) = indexed.models.question_encoders
    assert encoder.batches[0] == [QUESTION]
    assert len(indexed.models.passage_encoders) == before


def test_from_another_folder_the_path_is_absolute(
    indexed: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    reply = indexed.byline("ask", QUESTION, "--json").json
    path = reply["answers"][0]["citations"][0]["path"]
    assert path == f"{tmp_path}/news/port.txt"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask", " "], "the question is empty"),
        (["ask", "x" * 4001], "the question has 4,001 characters"),
        (["ask", QUESTION, "--in", "nowhere"], "no indexed article is at or under nowhere"),
        (["ask", QUESTION, "--top", "0"], "0 is not in the range"),
        (["ask", QUESTION, "--threshold", "2"], "2.0 is not in the range"),
        (["ask", QUESTION, "--index", "nowhere"], "run `byline index FOLDER --index nowhere`"),
        (["ask"], "Missing argument 'QUESTION...'"),
    ],
)
def test_an_invalid_question_is_a_one_line_error(
    indexed: Shell, arguments: list[str], message: str
) -> None:
    assert_one_line_error(indexed.byline(*arguments), message)


def test_a_damaged_index_is_reported_and_not_asked(indexed: Shell) -> None:
    (vectors,) = indexed.index.glob("generations/*/segments/*/vectors.f16")
    vectors.write_bytes(vectors.read_bytes()[:-1])
    assert_one_line_error(
        indexed.byline("ask", QUESTION), "Index is damaged", "byline index --full"
    )


def test_changed_articles_are_noted_in_one_line_unless_the_answers_are_json(indexed: Shell) -> None:
    note = "byline: 1 article changed since indexing; run `byline index`\n"
    assert note not in indexed.byline("ask", "the port is closed.").err
    indexed.write("dam.txt", "The dam broke at night.")
    for command in (("ask", "the port is closed."), ("find", "port")):
        ran = indexed.byline(*command)
        assert ran.err.count(note) == 1
        assert note not in ran.out
        assert note not in indexed.byline(*command, "--json").err
