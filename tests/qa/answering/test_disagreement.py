from dataclasses import replace

import pytest

from qa.answering.disagreement import disagree
from qa.answers import Answer, Precision, ResolvedDate
from tests.tui.replies import citation


def said(sentence: str, answer: str, file: str = "/a.txt") -> Answer:
    return Answer(0.5, (citation(sentence, answer, path=file, file=file),))


HURT = "Three people were hurt when the bridge fell."


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("Five people were hurt when the bridge fell.", "Five"),
        ("Five people were slightly hurt when the bridge fell.", "Five people"),
        ("No people were hurt when the bridge fell.", "No"),
    ],
)
def test_sentences_alike_but_for_a_fact_contradict_each_other(sentence: str, answer: str) -> None:
    assert disagree(said(HURT, "Three"), said(sentence, answer, "/b.txt"))
    assert disagree(said(sentence, answer, "/b.txt"), said(HURT, "Three"))


@pytest.mark.parametrize(
    ("sentence", "answer", "file"),
    [
        ("Five people were hurt when the bridge fell.", "Five", "/a.txt"),  # one article
        (HURT, "Three people", "/b.txt"),  # a longer form
        (HURT, "bridge", "/b.txt"),  # another part of it
        ("Five people were hurt when the Elding mill fell.", "Five", "/b.txt"),  # of another thing
        ("Five sheep drowned.", "Five", "/b.txt"),  # another event
        ("3 people were hurt when the bridge fell.", "3", "/b.txt"),  # the same number
    ],
)
def test_other_answers_do_not(sentence: str, answer: str, file: str) -> None:
    assert not disagree(said(HURT, "Three"), said(sentence, answer, file))


def test_an_answer_that_is_all_of_its_sentence_contradicts_none() -> None:
    assert not disagree(said("Three.", "Three."), said("Five.", "Five.", "/b.txt"))


def test_two_names_of_one_day_do_not_contradict_each_other() -> None:
    def dated(sentence: str, phrase: str, day: str, file: str) -> Answer:
        resolved = ResolvedDate(phrase, sentence.index(phrase), day, Precision.DAY)
        cited = citation(sentence, phrase, path=file, file=file)
        return Answer(0.5, (replace(cited, resolved=(resolved,)),))

    first = dated("The bridge fell into the river on 8 July.", "8 July", "2008-07-08", "/a.txt")
    for day, contradicts in (("2008-07-08", False), ("2008-07-09", True)):
        second = dated("The bridge fell into the river on 9 July.", "9 July", day, "/b.txt")
        assert disagree(first, second) is contradicts
