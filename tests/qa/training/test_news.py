"""Groups of the news questions, over two made articles."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qa.training.data import GoldAnswer
from qa.training.groups import Group
from qa.training.near_misses import NearMisses
from qa.training.news import News, NewsPassage, conversation_groups, question_groups
from tests.qa.training.rows import CONTEXT

TITLE = "The strike at Zeebrugge"
FIRST = f"{TITLE}\n\n{CONTEXT}\n"
SECOND = (
    "A bridge fell\n\nThe bridge at Halden fell on pilot boats in the fog. It was never mended.\n"
)


def gold(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "start": FIRST.index(text)} for text in texts]


def question(text: str, *answers: str, **changes: object) -> dict[str, Any]:
    asked = {"id": "1", "article": "first.txt", "kind": "span", "alone": False, "history": []}
    return asked | {"question": text, "answers": gold(*answers)} | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    for name, text in (("first.txt", FIRST), ("second.txt", SECOND)):
        (tmp_path / "articles" / name).write_text(text, encoding="utf-8")
    return tmp_path


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def misses(news: News, folder: Path) -> NearMisses[NewsPassage]:
    passages = [passage for article in news.passages.values() for passage in article]
    return NearMisses.over(passages, [one.text for one in passages], folder / "keywords")


def groups(folder: Path, *questions: dict[str, Any], seed: int = 1) -> list[Group]:
    write(folder / "questions.jsonl", list(questions))
    news = News(folder)
    return list(question_groups(news, misses(news, folder), random.Random(seed)))


def test_a_question_is_learnt_on_the_passage_that_has_its_answer(folder: Path) -> None:
    (group,) = groups(folder, question("which one last?", "pilot 17", "until the fog was gone."))
    example, *others = group.examples
    assert example.answer is not None
    assert example.answer.of(example.passage) == "pilot 17"
    assert all(one.answer is None for one in others)
    assert group.question == "which one last?"
    assert {one.context for one in group.examples} <= {"", TITLE}


def test_passages_with_the_words_of_an_answer_are_no_near_misses(folder: Path) -> None:
    many = [question(f"who {number}?", "Zeebrugge") for number in range(30)]
    made = groups(folder, *many)
    # Every passage of the article has the word.
    assert [len(group.examples) for group in made] == [1] * 30


def test_an_unanswered_question_is_learnt_on_passages_of_its_article(folder: Path) -> None:
    (group,) = groups(folder, question("who struck first?"))
    assert len(group.examples) == 2
    for example in group.examples:
        assert example.answer is None
        assert example.passage.strip() in FIRST


def test_a_question_of_the_folder_may_meet_passages_of_other_articles(folder: Path) -> None:
    asked = [question("Which bridge fell on the fog's pilot boats?", "pilot 17", alone=True)] * 30
    elsewhere = [
        example for group in groups(folder, *asked) for example in group.examples
        if example.passage in SECOND
    ]  # fmt: skip
    assert elsewhere
    assert all(example.answer is None for example in elsewhere)


def test_a_follow_up_is_learnt_as_it_was_typed(folder: Path) -> None:
    (group,) = groups(folder, question("and the last?", "pilot 17", history=["Who came first?"]))
    assert group.question == "and the last?"


def test_a_question_whose_answer_is_in_no_passage_is_left_out(folder: Path) -> None:
    lost = question("who?", answers=[{"text": "x" * 40, "start": 100_000}])
    assert groups(folder, lost) == []


def test_each_turn_of_a_conversation_is_learnt(folder: Path) -> None:
    turns = [{"question": "one?", "answers": gold("pilot 10")}, {"question": "two?", "answers": []}]
    write(folder / "conversations.jsonl", [{"id": "1", "article": "first.txt", "turns": turns}])
    news = News(folder)
    first, second = conversation_groups(news, misses(news, folder), random.Random(1))
    assert (first.question, second.question) == ("one?", "two?")
    answered, *missed = first.examples
    assert answered.answer is not None
    assert all(one.answer is None for one in missed)
    assert all(one.answer is None for one in second.examples)


def test_offsets_of_the_data_are_code_points_of_the_article() -> None:
    assert GoldAnswer("Zeebrugge", FIRST.index("Zeebrugge")).span.of(FIRST) == "Zeebrugge"
