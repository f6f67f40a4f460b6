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
    """Return a line by splitting the bytes of the file on LF, decoded like the article."""
    data = (bundled_articles() / name).read_bytes()
    text = decode(data)
    assert isinstance(text, Text)
    codec = "utf-8" if text.encoding == "utf-8-sig" else text.encoding
    return data.split(b"\n")[number - 1].decode(codec)


def matches(gold: Gold) -> bool:
    line = line_of(gold.path, gold.line)
    return bool(gold.answers) and all(answer and answer in line for answer in gold.answers)


@pytest.mark.parametrize("gold", [gold for _, gold in GOLD], ids=[name for name, _ in GOLD])
def test_every_gold_answer_is_on_its_line(gold: Gold) -> None:
    assert gold.line >= 1
    assert matches(gold), line_of(gold.path, gold.line)


def test_a_gold_answer_on_another_line_is_caught() -> None:
    wrong = [Gold(gold.path, max(1, gold.line - 1), gold.answers) for _, gold in GOLD]
    assert sum(matches(gold) for gold in wrong) < len(wrong) / 20


def test_the_set_is_large_and_mixed() -> None:
    assert len(QUESTIONS) >= 80
    assert sum(not one.gold for one in QUESTIONS) >= 20
    assert sum(bool(one.history) for one in QUESTIONS) >= 15
    articles = {one.gold[0].path for one in QUESTIONS if one.gold}
    assert len(articles) >= len(ARTICLES) - 2


def test_ids_and_questions_are_unique() -> None:
    assert [name for name, count in Counter(one.id for one in QUESTIONS).items() if count > 1] == []
    counts = Counter((one.question.casefold(), *one.history) for one in QUESTIONS)
    assert [one for one, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("one", QUESTIONS, ids=[one.id for one in QUESTIONS])
def test_a_question_is_well_formed(one: Question) -> None:
    assert one.question == " ".join(one.question.split())
    assert one.question
    assert all(one.history)
    # Only follow-ups have a standalone version.
    assert bool(one.standalone) == bool(one.history)
    assert ("unanswerable" in one.tags) == (not one.gold)
    question = normalise_answer(one.standalone or one.question)
    for gold in one.gold:
        assert (bundled_articles() / gold.path).is_file()
        assert len(set(gold.answers)) == len(gold.answers)
        # A question does not contain its own answer.
        assert not any(
            f" {normalise_answer(answer)} " in f" {question} " for answer in gold.answers
        )


def test_there_are_enough_articles_of_a_readable_length() -> None:
    counts = [len(path.read_bytes().split()) for path in ARTICLES]
    assert len(counts) >= 15
    assert all(300 <= count <= 900 for count in counts)
    assert 7_000 <= sum(counts) <= 12_000


def test_the_articles_have_the_encodings_of_real_files() -> None:
    texts = [decode(path.read_bytes()) for path in ARTICLES]
    encodings = {text.encoding for text in texts if isinstance(text, Text)}
    assert {"utf-8", "utf-8-sig", "windows-1252"} <= encodings
    assert any(isinstance(text, Text) and "\r\n" in text.text for text in texts)
    assert {path.suffix for path in ARTICLES} == {".txt", ".md"}
