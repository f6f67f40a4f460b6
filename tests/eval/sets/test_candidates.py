"""The candidates that the user can choose from, and the gold of a choice."""

from pathlib import Path

import pytest

from eval.sets.candidates import Candidate, candidates, gold_in
from eval.sets.question_set import Gold
from tests.qa.fakes import Library

TIDE = "The ship ran aground at\nthe port of Zeebrugge, which\nis closed.\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path)
    made.write("tide.txt", "Tide\n\n" + TIDE + "\nThe ship waits.\n")
    made.write("mill.txt", "The mill was sold in May. It is very old.")
    made.index()
    return made


def test_sentences_of_answers_come_before_the_rest(library: Library) -> None:
    with library.bot() as bot:
        _, found = candidates(bot, "The ship waits.")
    first, *others = found
    assert (Path(first.file).name, first.line, first.end_line) == ("tide.txt", 7, 7)
    assert (first.text, first.answer) == ("The ship waits.", "The ship waits.")
    sentences = [(one.file, one.line, one.text) for one in found]
    assert len(set(sentences)) == len(sentences)
    assert {one.text for one in others} >= {
        TIDE.strip(), "The mill was sold in May.", "It is very old.",
    }  # fmt: skip


def test_a_changed_article_has_no_candidates(library: Library) -> None:
    library.write("tide.txt", "Gone.\n")
    with library.bot() as bot:
        _, found = candidates(bot, "The ship waits.")
    assert {Path(one.file).name for one in found} == {"mill.txt"}


def test_a_follow_up_is_searched_with_its_history(library: Library) -> None:
    with library.bot() as bot:
        alone, _ = candidates(bot, "Is it old?")
        after, _ = candidates(bot, "Is it old?", ["When was the mill sold?"])
    assert alone == "Is it old?"
    assert "mill" in after


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("the port", (4, "the port", 0)),
        ("CLOSED", (5, "closed", 0)),
        ("at the port", (3, "at\nthe port", 4)),
        ("por", None),
        ("waits", None),
    ],
)
def test_an_answer_gets_the_line_that_has_it(
    library: Library, answer: str, gold: tuple[int, str, int] | None
) -> None:
    file = str(library.news / "tide.txt")
    candidate = Candidate("news/tide.txt", file, 3, 5, TIDE.strip())
    found = gold_in(candidate, answer)
    assert found == (gold and Gold(file, gold[0], [gold[1]], gold[2]))


def test_a_deleted_article_has_no_gold(library: Library) -> None:
    candidate = Candidate("a", str(library.news / "tide.txt"), 3, 9, TIDE)
    assert gold_in(candidate, "ship") is None
    (library.news / "tide.txt").unlink()
    assert gold_in(candidate, "ship") is None
