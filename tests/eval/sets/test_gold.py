"""Gold must match its lines: letter for letter, or at least after normalisation."""

import os
from pathlib import Path

import pytest

from eval.sets.gold import article_of, bases_of, check_gold, portable, portable_path
from eval.sets.question_set import Gold, Question, bundled_questions
from index.articles.bundled import bundled_articles
from index.articles.files import Root

PORT = "Port closed\n\nThe port of Zeebrugge is closed.\r\nA ship, the “Tide”,\nran aground.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "port.txt").write_bytes(PORT.encode())
    return tmp_path


def problems(folder: Path, *gold: Gold) -> list[tuple[str, bool]]:
    question = Question(id="q1", question="Why?", gold=list(gold))
    return [(one.what, one.is_note) for one in check_gold([question], [folder])]


def test_the_bundled_set_matches_its_articles() -> None:
    assert check_gold(bundled_questions(), [bundled_articles()]) == ()


@pytest.mark.parametrize(
    "gold",
    [
        Gold("port.txt", 3, ["Zeebrugge", "The port of Zeebrugge is closed."]),
        Gold("port.txt", 4, ["A ship, the “Tide”,\nran aground"], end_line=5),
        Gold("./x/../port.txt", 1, ["Port"]),
        Gold("port.txt", 1, [], end_line=5),
    ],
)
def test_a_matching_reference_has_no_problem(folder: Path, gold: Gold) -> None:
    assert problems(folder, gold) == []


@pytest.mark.parametrize("answer", ["zeebrugge", "the Zeebrugge", "port of Zeebrugge, is closed!"])
def test_a_match_after_normalisation_is_a_note(folder: Path, answer: str) -> None:
    ((what, is_note),) = problems(folder, Gold("port.txt", 3, [answer]))
    assert what == f"“{answer}” matches only without case, punctuation and articles (a, an, the)"
    assert is_note


@pytest.mark.parametrize(
    ("gold", "what"),
    [
        (Gold("port.txt", 4, ["Zeebrugge"]), "“Zeebrugge” is not there; it is on line 3"),
        # Part of a word matches only letter for letter.
        (Gold("port.txt", 3, ["Zee", "zee"]), "“zee” is not there"),
        # Nothing is left to compare of an article (a, an, the) alone.
        (Gold("port.txt", 3, ["the"]), "“the” is not there; it is on line 4"),
        (Gold("port.txt", 6, []), "the article has 5 lines"),
        (Gold("port.txt", 4, ["a"], end_line=6), "the article has 5 lines"),
        (Gold("no.txt", 1, []), "the article cannot be used: cannot be opened: No such file"),
        (Gold("sub", 1, []), "the article cannot be used: a folder, not a regular file"),
        (Gold("fifo.txt", 1, []), "the article cannot be used: a FIFO, not a regular file"),
        (Gold("nul.txt", 1, []), "the article cannot be used: binary"),
        (Gold("x" * 5000, 1, []), "the article cannot be used: "),
    ],
)
def test_a_reference_that_does_not_match_is_a_problem(folder: Path, gold: Gold, what: str) -> None:
    (folder / "sub").mkdir()
    (folder / "nul.txt").write_bytes(b"\0")
    os.mkfifo(folder / "fifo.txt")
    ((found, is_note),) = problems(folder, gold)
    assert found.startswith(what)
    assert not is_note


def test_rejected_answers_are_checked_too(folder: Path) -> None:
    question = Question(
        id="q1", question="Why?", gold=[], rejected=[Gold("port.txt", 3, ["a mill"])]
    )
    (problem,) = check_gold([question], [folder])
    assert problem.message == "question q1, port.txt:3: “a mill” is not there"


def test_the_articles_that_a_question_is_limited_to_must_exist(folder: Path) -> None:
    within = ["port.txt", ".", "no.txt", "x" * 5000]
    question = Question(id="q1", question="Why?", gold=[], within=within)
    missing, too_long = check_gold([question], [folder])
    assert missing.message == "question q1, no.txt: no such file or folder"
    assert too_long.place == "x" * 5000


def test_all_paths_of_a_question_become_portable(folder: Path) -> None:
    path = str(folder / "port.txt")
    gold = Gold(path, 1, ["Port"])
    question = Question(id="q1", question="Why?", gold=[gold], rejected=[gold], within=[path])
    moved = portable(question, [folder])
    paths = [moved.gold[0].path, moved.rejected[0].path, *moved.within]
    assert paths == ["port.txt"] * 3


def test_a_path_is_searched_in_the_folder_of_the_set_then_in_indexed_ones(tmp_path: Path) -> None:
    for name in ("sets", "news", "blog"):
        (tmp_path / name).mkdir()
    for name in ("news/a.txt", "blog/a.txt", "blog/b.txt", "sets/c.txt"):
        (tmp_path / name).touch()
    (tmp_path / "link.txt").symlink_to("blog/b.txt")
    roots = [Root("news", str(tmp_path / "news")), Root("b", str(tmp_path / "blog" / "b.txt"))]
    bases = bases_of(tmp_path / "sets" / "set.jsonl", roots)
    found = {name: article_of(name, bases) for name in ("a.txt", "b.txt", "c.txt", "d.txt")}
    assert found == {
        "a.txt": tmp_path / "news/a.txt",
        "b.txt": tmp_path / "blog/b.txt",
        "c.txt": tmp_path / "sets/c.txt",
        "d.txt": tmp_path / "sets/d.txt",
    }
    assert article_of(str(tmp_path / "link.txt"), bases) == tmp_path / "blog/b.txt"
    # The shortest path that leads back; another base may hide a shorter one.
    assert portable_path(tmp_path / "sets/c.txt", bases) == "c.txt"
    assert portable_path(tmp_path / "news/a.txt", bases) == "a.txt"
    assert portable_path(tmp_path / "blog/a.txt", bases) == str(tmp_path / "blog/a.txt")
    assert portable_path(tmp_path / "e.txt", bases) == str(tmp_path / "e.txt")
