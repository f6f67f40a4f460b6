from pathlib import Path

import pytest

from eval.measure.cases import Models, ask_case, failure_line, find_cases, totals
from eval.outcomes import Cause, Kind
from eval.sets.question_set import Gold, Question, encode_questions
from tests.eval.outcomes import WRONG, judged, outcome, unanswerable
from tests.fakes import FakeEncoder, fake_model
from tests.qa.fakes import MarkingReader


@pytest.fixture(name="folder")
def two_cases(tmp_path: Path) -> Path:
    for name, word in (("mill", "May"), ("barn", "June")):
        articles = tmp_path / name / "articles"
        articles.mkdir(parents=True)
        text = f"The {name} was sold in {word}. Nobody saw it.\n"
        (articles / "a.txt").write_text(text, encoding="utf-8")
        asked = f"When was the {name} sold?"
        questions = [
            Question(id=f"{name}-1", question=asked, gold=[Gold("a.txt", 1, [word])]),
            Question(id=f"{name}-2", question=asked, gold=[]),
        ]
        (tmp_path / name / "questions.jsonl").write_bytes(encode_questions(questions))
    (tmp_path / "no-case").mkdir()
    return tmp_path


def test_cases_are_folders_with_questions(folder: Path) -> None:
    assert [case.name for case in find_cases(folder)] == ["barn", "mill"]
    assert [case.name for case in find_cases(folder, ["mill"])] == ["mill"]


def test_each_case_is_asked_over_its_own_articles(folder: Path) -> None:
    encoder = FakeEncoder()
    models = Models(fake_model(), encoder, encoder, MarkingReader("May"), None, 0.0)
    right, answered = ask_case(folder / "mill", models)
    assert (right.kind, right.cause, right.reply) == (Kind.ANSWERABLE, Cause.NONE, "May")
    assert answered.cause is Cause.SHOULD_HAVE_ABSTAINED
    # There is no "May" in the other case.
    assert [one.answered for one in ask_case(folder / "barn", models)] == [False, False]


def test_a_failure_is_one_line_with_both_places() -> None:
    best = judged("Warsaw\x1b[2J", 0.71, **WRONG, line=8, is_line_right=False)
    failed = outcome("r-1", history=("Who signed?",), answers=(best,), cause=Cause.OUTRANKED)
    line = failure_line(failed)
    for part in ("r-1: Who signed? → Where", "'Prague' radar.txt:3", "71% radar.txt:8"):
        assert part in line
    assert line.isprintable()


def test_answerable_and_other_questions_are_counted_apart() -> None:
    wrong = outcome("b", cause=Cause.OUTRANKED)
    counted = totals([outcome("a"), wrong, outcome("c"), unanswerable("d")])
    assert "2 of 3 (66.7%)" in counted
    assert "1 of 1 (100.0%)" in counted
    assert "none" in totals([wrong])
