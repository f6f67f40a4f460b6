import re
from pathlib import Path

import pytest

from tests.tui.fakes import Shell, assert_one_line_error

ASKED = "the port is closed."


def test_an_answer_is_quoted_with_its_place_on_standard_output(indexed: Shell) -> None:
    ran = indexed.byline("ask", ASKED, "--top", "1")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"the port is closed\.\n    news/port\.txt:1:1  \d+% sure\n", ran.out)


def test_words_without_quotes_are_one_question(indexed: Shell) -> None:
    assert indexed.byline("ask", *ASKED.split(), "--json").json["question"] == ASKED


def test_no_answer_is_told_on_standard_error_and_by_the_exit_code(indexed: Shell) -> None:
    ran = indexed.byline("ask", "Why do cats purr?", "--threshold", "1")
    assert (ran.code, ran.out) == (1, "")
    first, second, quote, place = ran.err.splitlines()
    assert first.startswith("The articles do not say: the nearest that they have is too unlikely")
    assert second == "Nearest, and not an answer:"
    assert quote
    assert place.startswith("    news/")
    assert "sure" not in place


def test_no_answer_as_json_gives_the_reason_and_the_nearest(indexed: Shell) -> None:
    ran = indexed.byline("ask", "Why do cats purr?", "--threshold", "1", "--json")
    assert (ran.code, ran.err) == (1, "")
    assert (ran.json["answered"], ran.json["reason"]) == (False, "unsure")
    assert len(ran.json["answers"]) == 3


def test_a_title_and_a_date_stand_beside_the_place(indexed: Shell) -> None:
    indexed.write("t.txt", "# Port to close\n\n2 May 2010\n\nthe lock of Terneuzen closes.\n")
    indexed.byline("index")
    ran = indexed.byline("ask", "the lock of Terneuzen closes.", "--top", "1")
    assert ran.out.splitlines()[1].startswith("    news/t.txt:5:1  Port to close, 2 May 2010  ")


def test_what_moved_is_quoted_with_a_note_and_what_changed_is_not_quoted(indexed: Shell) -> None:
    path = indexed.news / "port.txt"
    before = path.read_text(encoding="utf-8")
    path.write_text("\n\n" + before, encoding="utf-8")
    moved = indexed.byline("ask", ASKED, "--top", "1")
    assert "    news/port.txt:3:1  (moved since it was indexed)  " in moved.out
    path.write_text(before.replace("closed", "open"), encoding="utf-8")
    changed = indexed.byline("ask", ASKED)
    assert (changed.code, changed.out) == (1, "")
    assert "what would answer has changed since it was indexed; run `byline index`" in changed.err
    assert "news/port.txt:1:1  (changed since it was indexed: not quoted)" in changed.err
    assert ASKED not in changed.err
    assert indexed.byline("ask", ASKED, "--json").json["reason"] == "index-stale"


def test_a_question_is_kept_to_a_folder(indexed: Shell) -> None:
    told = indexed.byline("ask", ASKED, "--in", "news/in", "--threshold", "0", "--json").json
    paths = {one["path"] for answer in told["answers"] for one in answer["citations"]}
    assert paths == {"news/in/mill.txt"}


def test_asking_reads_through_one_question_encoder_and_embeds_no_passage(indexed: Shell) -> None:
    before = len(indexed.models.passage_encoders)
    indexed.byline("ask", ASKED)
    (encoder,) = indexed.models.question_encoders
    assert encoder.batches[0] == [ASKED]
    assert len(indexed.models.passage_encoders) == before


def test_from_another_folder_the_path_leads_to_the_file(
    indexed: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    told = indexed.byline("ask", ASKED, "--json").json
    path = told["answers"][0]["citations"][0]["path"]
    assert path == f"{tmp_path}/news/port.txt"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", " "], "the question is empty"),
        (["ask", "x" * 4001], "the question has 4,001 characters"),
        (["ask", ASKED, "--in", "nowhere"], "no indexed article is at or under nowhere"),
        (["ask", ASKED, "--top", "0"], "0 is not in the range"),
        (["ask", ASKED, "--threshold", "2"], "2.0 is not in the range"),
        (["ask", ASKED, "--index", "nowhere"], "run `byline index FOLDER --index nowhere`"),
        (["ask"], "Missing argument 'QUESTION...'"),
    ],
)
def test_what_cannot_be_asked_is_an_error_of_one_line(
    indexed: Shell, arguments: list[str], told: str
) -> None:
    assert_one_line_error(indexed.byline(*arguments), told)


def test_a_damaged_index_is_told_and_not_asked(indexed: Shell) -> None:
    (vectors,) = indexed.index.glob("generations/*/segments/*/vectors.f16")
    vectors.write_bytes(vectors.read_bytes()[:-1])
    assert_one_line_error(indexed.byline("ask", ASKED), "Index is damaged", "byline index --full")
