"""The bundled articles and the questions about them."""

from collections import Counter

import pytest

from eval.sets.question_set import Gold, Question, bundled_questions
from index.articles.bundled import bundled_articles
from index.articles.text import Text, decode
from qa.answering.squad_text import normalise_answer

QUESTIONS = bundled_questions()
GOLD = [(one.id, gold) for one in QUESTIONS for gold in one.gold]
ARTICLES = sorted(path for path in bundled_articles().iterdir() if path.suffix in (".txt", ".md"))


def line_of(name: str, number: int) -> str:
    """Give a line by splitting the file's bytes on LF, decoded as the article is."""
    data = (bundled_articles() / name).read_bytes()
    text = decode(data)
    assert isinstance(text, Text)
    codec = "utf-8" if text.encoding == "utf-8-sig" else text.encoding
    return data.split(b"\n")[number - 1].decode(codec)


def stands(gold: Gold) -> bool:
    line = line_of(gold.path, gold.line)
    return bool(gold.answers) and all(answer and answer in line for answer in gold.answers)


@pytest.mark.parametrize("gold", [gold for _, gold in GOLD], ids=[name for name, _ in GOLD])
def test_every_gold_answer_stands_on_its_line(gold: Gold) -> None:
    assert gold.line >= 1
    assert stands(gold), line_of(gold.path, gold.line)


def test_a_gold_answer_on_another_line_is_caught() -> None:
    wrong = [Gold(gold.path, max(1, gold.line - 1), gold.answers) for _, gold in GOLD]
    assert sum(stands(gold) for gold in wrong) < len(wrong) / 20


def test_the_set_is_large_and_mixed() -> None:
    assert len(QUESTIONS) >= 80
    assert sum(not one.gold for one in QUESTIONS) >= 20
    assert sum(bool(one.history) for one in QUESTIONS) >= 15
    asked = {one.gold[0].path for one in QUESTIONS if one.gold}
    assert len(asked) >= len(ARTICLES) - 2


def test_no_id_and_no_question_stands_twice() -> None:
    assert [name for name, count in Counter(one.id for one in QUESTIONS).items() if count > 1] == []
    asked = Counter((one.question.casefold(), *one.history) for one in QUESTIONS)
    assert [one for one, count in asked.items() if count > 1] == []


@pytest.mark.parametrize("one", QUESTIONS, ids=[one.id for one in QUESTIONS])
def test_a_question_is_well_formed(one: Question) -> None:
    assert one.question == " ".join(one.question.split())
    assert one.question
    assert all(one.history)
    # A follow-up, and nothing else, says what it asks when made whole.
    assert bool(one.standalone) == bool(one.history)
    assert ("unanswerable" in one.tags) == (not one.gold)
    asked = normalise_answer(one.standalone or one.question)
    for gold in one.gold:
        assert (bundled_articles() / gold.path).is_file()
        assert len(set(gold.answers)) == len(gold.answers)
        # A question does not hold its own answer.
        assert not any(f" {normalise_answer(answer)} " in f" {asked} " for answer in gold.answers)


def test_there_are_enough_articles_of_a_readable_length() -> None:
    counts = [len(path.read_bytes().split()) for path in ARTICLES]
    assert len(counts) >= 15
    assert all(300 <= count <= 900 for count in counts)
    assert 7_000 <= sum(counts) <= 12_000


def test_the_articles_hold_what_real_files_hold() -> None:
    texts = [decode(path.read_bytes()) for path in ARTICLES]
    encodings = {text.encoding for text in texts if isinstance(text, Text)}
    assert {"utf-8", "utf-8-sig", "windows-1252"} <= encodings
    assert any(isinstance(text, Text) and "\r\n" in text.text for text in texts)
    assert {path.suffix for path in ARTICLES} == {".txt", ".md"}
