from index.articles.spans import Span
from qa.answering.alignment import counterpart
from tests.qa.fakes import passage

HERE = passage("Poland agreed on Wednesday to host ten rockets.")


def test_a_whole_sentence_has_its_counterpart_in_the_other_passages_own_words() -> None:
    there = passage(
        "Rain fell. Poland agreed Wednesday to host ten rockets. More.",
        "Rain fell.",
        "Poland agreed Wednesday to host ten rockets.",
        "More.",
    )
    whole = HERE.sentences[0]
    assert counterpart(HERE, whole, whole, there) == (Span(11, 55), Span(11, 55))
    assert Span(11, 55).of(there.text) == "Poland agreed Wednesday to host ten rockets."


def test_a_part_of_a_sentence_is_found_where_it_stands_letter_for_letter() -> None:
    there = passage("Warsaw agreed on Wednesday to host\nten rockets.")
    answer = Span(35, 46)
    assert answer.of(HERE.text) == "ten rockets"
    found = counterpart(HERE, answer, HERE.sentences[0], there)
    assert found is not None
    assert found[0].of(there.text) == "ten rockets"


def test_a_part_that_reads_otherwise_there_has_no_counterpart() -> None:
    there = passage("Poland agreed on Wednesday to host six rockets.")
    assert counterpart(HERE, Span(35, 46), HERE.sentences[0], there) is None


def test_a_sentence_that_says_something_else_is_no_counterpart() -> None:
    there = passage("The Czech parliament has not voted on the radar yet.")
    whole = HERE.sentences[0]
    assert counterpart(HERE, whole, whole, there) is None
