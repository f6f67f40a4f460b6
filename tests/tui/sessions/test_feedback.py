"""Marks are lines of a question set, and say no more than the user did."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from eval.sets.question_set import Gold, Question, read_questions
from index.errors import BadRequest
from qa.answers import Answer, Status
from tests.tui.replies import AT, answered, citation, turn, unanswered
from tui.sessions.feedback import mark_answer
from tui.sessions.session import Turn

GOLD = Gold("/home/me/news/port.txt", 3, ["a ship"])
REFUSED = Turn("Who?", unanswered("Who?"), AT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "marks.jsonl"


def marked(file: Path, one: Turn, right: bool, *earlier: Turn, answer: int = 0) -> Question:
    mark_answer(file, one, earlier, answer, right)
    (question,) = read_questions(file)
    return question


def test_an_answer_marked_right_is_gold_wherever_it_appears(file: Path) -> None:
    second = citation("It was the ship.", "the ship", file="/home/me/2.txt", line=9)
    gone = replace(citation(line=12), status=Status.GONE)
    reply = answered(citation(), second, gone, question="why it?")
    question = marked(file, Turn(" why \n it?", reply, AT), True)
    assert question == Question(
        id=question.id,
        question="why it?",
        history=[],
        gold=[GOLD, Gold("/home/me/2.txt", 9, ["the ship"])],
        tags=["marked-right"],
    )


def test_an_answer_marked_wrong_is_rejected_and_the_right_one_stays_unknown(file: Path) -> None:
    question = marked(file, turn("why?"), False)
    assert (question.gold, question.rejected) == ([], [GOLD])
    assert (question.is_gold_known, question.tags) == (False, ["marked-wrong"])


def test_a_refusal_marked_right_says_that_the_articles_do_not_answer(file: Path) -> None:
    question = marked(file, REFUSED, True)
    assert (question.gold, question.rejected, question.is_gold_known) == ([], [], True)


def test_a_refusal_marked_wrong_says_only_that(file: Path) -> None:
    question = marked(file, REFUSED, False)
    assert (question.gold, question.rejected, question.is_gold_known) == ([], [], False)


def test_another_answer_than_the_first_can_be_marked(file: Path) -> None:
    other = Answer(0.2, (citation("In May.", "May", line=5),))
    reply = replace(answered(), answers=(*answered().answers, other))
    question = marked(file, Turn("why?", reply, AT), True, answer=1)
    assert [one.answers for one in question.gold] == [["May"]]


def test_a_follow_up_keeps_its_history_and_a_complete_question_does_not(file: Path) -> None:
    before = (turn("Who is he?"), turn("Why\nnow?"))
    reply = answered(question="And then?", asked="And then at Zeebrugge?")
    question = marked(file, Turn("And then?", reply, AT), True, *before)
    assert question.history == ["Who is he?", "Why now?"]
    assert question.standalone == question.searched_question == "And then at Zeebrugge?"
    file.unlink()
    alone = marked(file, turn("And then?"), True, *before)
    assert (alone.history, alone.standalone) == ([], "")
    assert alone.id != question.id


def test_marking_again_replaces_only_the_earlier_mark_of_that_question(file: Path) -> None:
    mark_answer(file, turn("one?"), (), 0, True)
    mark_answer(file, turn("two?"), (), 0, True)
    mark_answer(file, turn("one?"), (turn("two?"),), 0, False)
    questions = read_questions(file)
    assert [(one.question, one.tags) for one in questions] == [
        ("two?", ["marked-right"]),
        ("one?", ["marked-wrong"]),
    ]


def test_a_name_that_is_not_utf_8_is_kept(file: Path) -> None:
    name = os.fsdecode(b"/broken\xff.txt")
    one = Turn("why \udfff?", answered(citation(file=name), question="why \udfff?"), AT)
    assert marked(file, one, True).gold[0].path == name
    assert marked(file, one, False).question == "why \udfff?"
    assert file.read_bytes().isascii()


def test_a_file_that_is_not_a_question_set_is_an_error_and_stays_unchanged(file: Path) -> None:
    mark_answer(file, turn("one?"), (), 0, True)
    damaged = file.read_bytes() + b"notes\n"
    file.write_bytes(damaged)
    with pytest.raises(BadRequest, match=r"marks.jsonl, line 2: invalid question"):
        mark_answer(file, turn("two?"), (), 0, True)
    assert file.read_bytes() == damaged


def test_marks_are_private(file: Path) -> None:
    marked(file, turn(), True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_question_set_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be read: No such file"):
        read_questions(tmp_path / "no.jsonl")
