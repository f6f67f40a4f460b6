from index.articles.spans import Span
from qa.answering.alignment import counterpart
from tests.qa.fakes import passage

PASSAGE = passage("Poland agreed on Wednesday to host ten rockets.")


def test_a_complete_sentence_may_be_worded_differently_in_the_duplicate() -> None:
    duplicate = passage(
        "Rain fell. Poland agreed Wednesday to host ten rockets. More.",
        "Rain fell.",
        "Poland agreed Wednesday to host ten rockets.",
        "More.",
    )
    sentence = PASSAGE.sentences[0]
    assert counterpart(PASSAGE, sentence, sentence, duplicate) == (Span(11, 55), Span(11, 55))
    assert Span(11, 55).of(duplicate.text) == "Poland agreed Wednesday to host ten rockets."


def test_part_of_a_sentence_must_match_letter_for_letter() -> None:
    duplicate = passage("Warsaw agreed on Wednesday to host\nten rockets.")
    answer = Span(35, 46)
    assert answer.of(PASSAGE.text) == "ten rockets"
    found = counterpart(PASSAGE, answer, PASSAGE.sentences[0], duplicate)
    assert found is not None
    assert found[0].of(duplicate.text) == "ten rockets"


def test_part_of_a_sentence_with_other_words_has_no_counterpart() -> None:
    duplicate = passage("Poland agreed on Wednesday to host six rockets.")
    assert counterpart(PASSAGE, Span(35, 46), PASSAGE.sentences[0], duplicate) is None


def test_a_different_sentence_is_no_counterpart() -> None:
    duplicate = passage("The Czech parliament has not voted on the radar yet.")
    sentence = PASSAGE.sentences[0]
    assert counterpart(PASSAGE, sentence, sentence, duplicate) is None
