import pytest

from qa.reader.cues import Cue, cue_of, holds


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("Who signed the treaty?", Cue.PERSON),
        ("to WHOM was it sold", Cue.PERSON),
        ("How many rockets?", Cue.NUMBER),
        ("how long did it take", Cue.NUMBER),
        ("When was it signed?", Cue.TIME),
        ("In which year did it open?", Cue.TIME),
        ("Where is the port?", Cue.PLACE),
        ("Which country gave in?", Cue.PLACE),
        ("Why did he go?", Cue.ANY),
        ("How did it end?", Cue.ANY),
        # Words that only begin like one.
        ("Whole wheat, whence?", Cue.ANY),
        # How many comes before who.
        ("How many of those who left came back?", Cue.NUMBER),
        ("", Cue.ANY),
    ],
)
def test_a_question_tells_what_it_asks_for(question: str, cue: Cue) -> None:
    assert cue_of(question) is cue


@pytest.mark.parametrize(
    ("cue", "sentence", "expected"),
    [
        (Cue.NUMBER, "They sent 10 of them.", True),
        (Cue.NUMBER, "They sent a dozen.", True),
        (Cue.NUMBER, "They sent some.", False),
        (Cue.NUMBER, "Someone phoned.", False),
        (Cue.TIME, "It ended in May.", True),
        (Cue.TIME, "It began in 1972.", True),
        (Cue.TIME, "It cost 19720 crowns.", False),
        (Cue.TIME, "It dismayed them.", False),
        (Cue.PLACE, "It stands near the Vltava.", True),
        (Cue.PLACE, "It stands near the river.", False),
        (Cue.ANY, "", True),
    ],
)
def test_a_sentence_holds_what_is_asked_for_or_not(cue: Cue, sentence: str, expected: bool) -> None:
    assert holds(cue, sentence, "") is expected


def test_a_person_is_a_name_that_the_question_does_not_say() -> None:
    question = "Who is Russia's envoy?"
    assert holds(Cue.PERSON, "Russia sent Rogozin.", question)
    assert not holds(Cue.PERSON, "Then Russia sent nobody.", question)
    # A first word is capitalised whatever it is.
    assert not holds(Cue.PERSON, "Nobody was sent.", question)
    assert holds(Cue.PERSON, "Then Émile was sent.", question)
