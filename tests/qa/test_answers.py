import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.articles.spans import Span
from qa.answers import Answer, Citation, Quote, Status, part_of
from qa.citations import quote_of
from tests.index.strategies import nasty_text
from tests.qa.fakes import passage


def citation(answer: Quote, sentence: Quote, status: Status = Status.UNCHANGED) -> Citation:
    return Citation("a.txt", "/news/a.txt", status, answer, sentence, "", ())


def test_on_one_line_the_parts_follow_from_the_columns() -> None:
    # The sentence begins at column 12, and `Rogozin` 8 code points later.
    sentence = Quote("Dmitry  Rogozin left.", 7, 12, 7, 32)
    one = citation(Quote("Rogozin", 7, 20, 7, 26), sentence)
    assert one.parts == ("Dmitry  ", "Rogozin", " left.")


def test_on_a_later_line_the_column_counts_from_the_start_of_that_line() -> None:
    sentence = Quote("It was\r\nDmitry Rogozin\n  who left.", 7, 12, 9, 11)
    assert citation(Quote("Rogozin", 8, 8, 8, 14), sentence).parts == (
        "It was\r\nDmitry ", "Rogozin", "\n  who left."
    )  # fmt: skip
    assert citation(Quote("who", 9, 3, 9, 5), sentence).parts == (
        "It was\r\nDmitry Rogozin\n  ", "who", " left."
    )  # fmt: skip


def test_an_answer_may_span_two_lines() -> None:
    sentence = Quote("It was Dmitry\nRogozin.", 7, 12, 8, 8)
    one = citation(Quote("Dmitry\nRogozin", 7, 19, 8, 7), sentence)
    assert one.parts == ("It was ", "Dmitry\nRogozin", ".")


def test_an_answer_that_is_a_complete_sentence_has_nothing_around_it() -> None:
    sentence = Quote("Dmitry\nRogozin left.", 7, 12, 8, 13)
    assert citation(sentence, sentence).parts == ("", "Dmitry\nRogozin left.", "")


def test_repeated_words_in_a_sentence_are_distinguished_by_location() -> None:
    sentence = Quote("no, no\nno", 3, 5, 4, 2)
    assert citation(Quote("no", 3, 5, 3, 6), sentence).parts == ("", "no", ", no\nno")
    assert citation(Quote("no", 3, 9, 3, 10), sentence).parts == ("no, ", "no", "\nno")
    assert citation(Quote("no", 4, 1, 4, 2), sentence).parts == ("no, no\n", "no", "")


@given(nasty_text, st.data(), st.integers(1, 9), st.integers(1, 9))
def test_the_parts_join_to_the_sentence(
    text: str, data: st.DataObject, line: int, column: int
) -> None:
    text = f"{text}."
    offsets = st.integers(0, len(text))
    start, answer_start, answer_end, end = sorted(data.draw(st.tuples(*[offsets] * 4)))
    assume(answer_start < answer_end)
    source = passage(text, line=line, column=column)
    answer, sentence = Span(answer_start, answer_end), Span(start, end)
    one = citation(quote_of(source, answer), quote_of(source, sentence))
    assert "".join(one.parts) == sentence.of(text)
    assert one.parts == (text[start:answer_start], answer.of(text), text[answer_end:end])


@pytest.mark.parametrize(
    ("status", "current"),
    [(Status.UNCHANGED, True), (Status.MOVED, True), (Status.CHANGED, False), (Status.GONE, False)],
)
def test_only_unchanged_and_moved_quotes_are_current(status: Status, current: bool) -> None:
    quote = Quote("No.", 1, 1, 1, 3)
    assert citation(quote, quote, status).is_current is current


def test_an_answer_takes_its_words_from_its_first_citation() -> None:
    quotes = [Quote("Dmitry\nRogozin", 1, 1, 2, 7), Quote("Mr Rogozin", 5, 1, 5, 10)]
    sentences = [Quote("Dmitry\nRogozin left.", 1, 1, 2, 13), Quote("Mr Rogozin.", 5, 1, 5, 11)]
    answer = Answer(0.5, tuple(map(citation, quotes, sentences)))
    assert (answer.text, answer.quote) == ("Dmitry\nRogozin", "Dmitry\nRogozin left.")


@given(nasty_text, st.data(), st.integers(1, 9), st.integers(1, 9))
def test_a_part_of_a_quote_is_where_the_passage_has_it(
    text: str, data: st.DataObject, line: int, column: int
) -> None:
    text = f"{text}."
    start = data.draw(st.integers(0, len(text) - 1))
    part = Span(start, data.draw(st.integers(start + 1, len(text))))
    source = passage(text, line=line, column=column)
    quote = quote_of(source, Span(0, len(text)))
    assume(not part.of(text).endswith("\n"))
    assert part_of(quote, part.start, part.of(text)) == quote_of(source, part)
