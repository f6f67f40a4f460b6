"""What a person may choose from, and where the chosen words stand."""

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


def test_sentences_of_answers_come_first_then_all_that_was_read(library: Library) -> None:
    with library.bot() as bot:
        found = candidates(bot, "The ship waits.").sentences
    first, *others = found
    assert (Path(first.file).name, first.line, first.end_line) == ("tide.txt", 7, 7)
    assert (first.text, first.answer) == ("The ship waits.", "The ship waits.")
    places = [(one.file, one.line, one.text) for one in found]
    assert len(set(places)) == len(places)
    assert {one.text for one in others} >= {
        TIDE.strip(), "The mill was sold in May.", "It is very old.",
    }  # fmt: skip


def test_what_no_longer_stands_is_no_candidate(library: Library) -> None:
    library.write("tide.txt", "Tide\n\nGone.\n")
    with library.bot() as bot:
        found = candidates(bot, "The ship waits.").sentences
    assert {Path(one.file).name for one in found} == {"mill.txt"}


def test_a_follow_up_is_looked_for_as_it_was_made_whole(library: Library) -> None:
    with library.bot() as bot:
        alone = candidates(bot, "Is it old?")
        after = candidates(bot, "Is it old?", ["When was the mill sold?"])
    assert alone.asked == "Is it old?"
    assert "mill" in after.asked


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("the port", [(4, "the port", 0)]),
        ("CLOSED", [(5, "closed", 0)]),
        ("at the port", [(3, "at\nthe port", 4)]),
        ("por", []),
        ("waits", []),
    ],
)
def test_the_words_are_placed_on_the_line_that_has_them(
    library: Library, answer: str, gold: list[tuple[int, str, int]]
) -> None:
    file = str(library.news / "tide.txt")
    candidate = Candidate("news/tide.txt", file, 3, 5, TIDE.strip())
    assert gold_in(candidate, answer) == tuple(
        Gold(file, line, [words], end_line) for line, words, end_line in gold
    )


def test_an_article_that_went_has_no_places(library: Library) -> None:
    candidate = Candidate("a", str(library.news / "tide.txt"), 3, 9, TIDE)
    assert gold_in(candidate, "ship") == ()
    (library.news / "tide.txt").unlink()
    assert gold_in(candidate, "ship") == ()
