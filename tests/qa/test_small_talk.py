import pytest

from qa.answers import Reason
from qa.conversation import history_from_questions
from qa.small_talk import small_talk


@pytest.mark.parametrize(
    "text",
    ["Are you sure?", "are you really sure about that", "Really?!", "Is that true?", "Sure?"],
)
def test_a_doubt_is_no_question_about_the_articles(text: str) -> None:
    assert small_talk(text) is Reason.DOUBT


@pytest.mark.parametrize(
    "text", ["Thanks", "thank you very much!", "OK, thanks a lot.", "Great", "Hello", "bye", "thx"]
)
def test_thanks_and_greetings_are_small_talk(text: str) -> None:
    assert small_talk(text) is Reason.SMALL_TALK


@pytest.mark.parametrize(
    "text",
    [
        "Who thanked the mayor?", "Thanks to whom was the mill saved?", "Is that bridge open?",
        "Are you sure the bridge fell?", "Really old bridges?", "What did the mayor say? Thanks",
        "", "?",
    ],
)  # fmt: skip
def test_anything_else_may_be_a_question(text: str) -> None:
    assert small_talk(text) is None


def test_a_follow_up_refers_to_what_was_asked_before_the_thanks() -> None:
    asked = ["Who bought the mill?", "Thanks!", "Are you sure?"]
    assert [one.question for one in history_from_questions(asked)] == ["Who bought the mill?"]
