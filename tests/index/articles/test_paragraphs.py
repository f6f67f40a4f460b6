from index.articles.formats.plain_text import read_plain_text
from index.articles.text import Text, decode


def text_of(text: str) -> Text:
    decoded = decode(text.encode())
    assert isinstance(decoded, Text)
    return decoded


def texts_of(text: str, skipped: int = 0) -> list[str]:
    return [block.span.of(text) for block in read_plain_text(text_of(text), skipped)]


WRAPPED = """\
The council of the port met on Tuesday to hear how the breakwater
could be built again before winter, and the engineers said that it
would take nine months and that the money was not there at present.
Nobody objected. Two members asked why the last repair had not held
through even one storm.

Work begins in May.
"""


def test_each_line_is_a_paragraph() -> None:
    assert texts_of("One.\nTwo.\n\n  Three. \r\nFour") == ["One.", "Two.", "Three.", "Four"]


def test_white_space_is_not_a_paragraph() -> None:
    assert texts_of(" \n\t\r\n\u2003\n\n") == []


def test_hard_wrapped_lines_are_joined_up_to_the_blank_line() -> None:
    assert texts_of(WRAPPED) == [WRAPPED.partition("\n\n")[0], "Work begins in May."]


def test_a_full_line_of_a_wrapped_file_is_joined_even_to_a_capital() -> None:
    text = WRAPPED.replace("Nobody objected. Two", "Nobody was against it. There Councillor")
    assert texts_of(text)[0].count("\n") == 4


def test_a_sentence_that_visibly_runs_on_is_joined_in_any_file() -> None:
    assert texts_of("He said\nthat it rained.\nThen he left.") == [
        "He said\nthat it rained.",
        "Then he left.",
    ]
    assert texts_of("The boat was built by\nOlav Hede in May.") == [
        "The boat was built by\nOlav Hede in May."
    ]


def test_a_finished_sentence_is_not_joined_to_a_small_letter() -> None:
    assert texts_of("He left.\nno one saw it.") == ["He left.", "no one saw it."]


def test_short_lines_that_begin_with_capitals_stay_apart() -> None:
    lines = ["Share", "Tweet", "The headline of the day", "By Ann Reporter", "Prague"]
    assert texts_of("\n".join(lines)) == lines


def test_capitals_run_on_where_a_line_has_no_stop() -> None:
    text = "DOCKERS ENDED A NINE-DAY WALKOUT ON THURSDAY AFTER\nPORT MEMBERS GAVE IN."
    assert texts_of(text) == [text]


def test_double_spaced_prose_is_joined() -> None:
    lines = [
        "The ferry crosses the sound eleven times",
        "a day and carries the mail and the few",
        "people who still live on the far island.",
        "It was built by a man called Nils Aas in",
        "the year of the great storm and has sunk",
        "only once since then.",
    ]
    assert texts_of("\n\n".join(lines)) == ["\n\n".join(lines)]


def test_paragraphs_with_blank_lines_between_stay_apart() -> None:
    assert texts_of("the port\n\nthe mill\n\nthe dam") == ["the port", "the mill", "the dam"]


def test_cr_alone_ends_a_line() -> None:
    assert texts_of("The mill\rIt is old.\r\nIt stands.") == [
        "The mill",
        "It is old.",
        "It stands.",
    ]


def test_skipped_lines_are_in_no_paragraph() -> None:
    assert texts_of("---\ntitle: phones\n---\niPhone sales rose.", skipped=3) == [
        "iPhone sales rose."
    ]
