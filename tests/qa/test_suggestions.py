"""Questions made from the sentences of articles: of safe forms only, and tried by their answer."""

from contextlib import closing
from dataclasses import replace

import pytest

from qa.answers import Answer, Answered
from qa.suggestions import Suggestion, is_answered, questions_of, suggestions, taken
from tests.qa.fakes import Library
from tests.tui.replies import SPENT, citation

ASKED = {
    "Vera Holm, the mayor of Lund, opened it.": ["Who is Vera Holm?"],
    "It was said by Vera Holm, a retired\nteacher, on Monday.": ["Who is Vera Holm?"],
    "The mayor of Lund, Vera Holm, opened it.": ["Who is the mayor of Lund?"],
    "Then Foreign Minister Vera Holm left.": ["Who is Vera Holm?"],
    "Skarv, a ship of the line, is near Eurocontrol, an agency for air traffic, now.": [
        "What is Eurocontrol?"
    ],
    "The Lund bridge was opened to the public on 3 May 2011.": [
        "When was the Lund bridge opened to the public?"
    ],
    "Vera Holm signed the treaty of Lund in May 2011, it is said.": [
        "When did Vera Holm sign the treaty of Lund?"
    ],
    "Vera Holm bought the old Lund mill.": ["Who bought the old Lund mill?"],
    "Twelve people were hurt in the fire at Lund.": [
        "How many people were hurt in the fire at Lund?"
    ],
    "Vera Holm said on Monday that it was late.": ["What did Vera Holm say?"],
}


@pytest.mark.parametrize(("sentence", "questions"), ASKED.items())
def test_a_sentence_of_a_safe_form_is_turned_into_a_question(
    sentence: str, questions: list[str]
) -> None:
    assert [one for one in questions_of(sentence) if one in questions] == questions


@pytest.mark.parametrize(
    "sentence",
    [
        "He was elected on 3 May 2011.",
        "The ship was sold on Monday.",  # which one?
        "The party of Vera Holm, the largest of all, won.",
        "Lund, a pleasant surprise, was late.",
        "Hospital workers were told in Lund.",
        "The second began early on Wednesday.",
        "Ms Holm said that it was late.",
        "The Lund bridge, which was shut, opened.",
        "",
    ],
)
def test_any_other_sentence_has_none(sentence: str) -> None:
    assert questions_of(sentence) == []


def test_questions_come_from_different_articles_first(library: Library) -> None:
    library.write(
        "a.txt", "Vera Holm, the mayor of Lund, sang. The Lund bridge was opened in 2011."
    )
    library.write("b.txt", "Jan Novak, the owner of the mill, wept.")
    library.index()
    with closing(library.store.open()) as opened:
        found = suggestions(opened.generation.catalog)
    assert [one.question for one in found] == [
        "When was the Lund bridge opened?",
        "Who is Jan Novak?",
        "Who is Vera Holm?",
    ]
    assert found[1].sentence == "Jan Novak, the owner of the mill, wept."
    assert found[1].file == str(library.news.resolve() / "b.txt")


def test_those_shown_are_of_different_articles_and_not_all_of_one_kind() -> None:
    shown = [Suggestion(f"Who is {name}?", "", name) for name in ("Ann", "Bob")]
    assert not taken(Suggestion("Who is Eve?", "", "Eve"), shown)
    assert not taken(Suggestion("When was it?", "", "Bob"), shown)
    assert taken(Suggestion("When was it?", "", "Eve"), shown)


def test_only_a_plain_answer_from_the_same_sentence_counts() -> None:
    cited = citation()
    reply = Answered("Why?", "Why?", (Answer(0.9, (cited,)),), SPENT)
    suggestion = Suggestion("Why?", cited.sentence.text, cited.file)
    assert is_answered(suggestion, reply)
    assert not is_answered(replace(suggestion, file="/other.txt"), reply)
    assert not is_answered(replace(suggestion, sentence="Another sentence."), reply)
    assert not is_answered(suggestion, replace(reply, articles_differ=True))
    doubtful = (Answer(0.4, (cited,), doubtful=True),)
    assert not is_answered(suggestion, replace(reply, answers=doubtful))
