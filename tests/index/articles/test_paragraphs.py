from index.articles.paragraphs import is_heading, paragraphs
from index.articles.text import Text, decode


def text_of(text: str) -> Text:
    decoded = decode(text.encode())
    assert isinstance(decoded, Text)
    return decoded


def texts_of(text: str, skipped: int = 0) -> list[str]:
    return [paragraph.span.of(text) for paragraph in paragraphs(text_of(text), skipped)]


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


def test_paragraphs_know_their_lines() -> None:
    found = paragraphs(text_of("One.\n\nhe said that\nit was so.\nEnd."))
    assert [(one.first_line, one.last_line) for one in found] == [(1, 1), (3, 4), (5, 5)]


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


def test_a_finished_sentence_is_not_joined_to_a_small_letter() -> None:
    assert texts_of("He left.\nno one saw it.") == ["He left.", "no one saw it."]


def test_short_lines_that_begin_with_capitals_stay_apart() -> None:
    lines = ["Share", "Tweet", "The headline of the day", "By Ann Reporter", "Prague"]
    assert texts_of("\n".join(lines)) == lines


def test_list_items_are_not_joined_to_the_line_before() -> None:
    for mark in ("- ", "* ", "+ ", "• ", "– ", "1. ", "12) ", "> "):
        assert texts_of(f"They brought\n{mark}tents\n{mark}water") == [
            "They brought",
            f"{mark}tents",
            f"{mark}water",
        ]


def test_a_list_items_own_wrapped_line_is_joined() -> None:
    assert texts_of("- tents for\n  the night\n- water") == ["- tents for\n  the night", "- water"]


def test_headings_are_not_joined() -> None:
    assert texts_of("they met\n## What was\nsaid there") == [
        "they met",
        "## What was",
        "said there",
    ]


def test_a_wrapped_files_headings_and_items_stay_apart_after_a_full_line() -> None:
    full = "".join(WRAPPED.splitlines(keepends=True)[:3])
    for line in ("- tents", "## Tents", "1. Tents"):
        assert texts_of(f"{full}{line}\n\n{WRAPPED}")[:2] == [full.rstrip(), line]


def test_skipped_lines_are_in_no_paragraph() -> None:
    assert texts_of("---\ntitle: phones\n---\niPhone sales rose.", skipped=3) == [
        "iPhone sales rose."
    ]


def test_a_heading_begins_with_hashes_and_a_space() -> None:
    assert is_heading("# One") and is_heading("###### Six")
    assert not is_heading("#hashtag")
    assert not is_heading("####### Seven")
    assert not is_heading("A # B")
