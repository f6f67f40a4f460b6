import pytest
from hypothesis import given

from qa.quotations import CitedPlace, quotations
from tests.index.strategies import nasty_text


def words(text: str) -> list[str]:
    return [quotation.words for quotation in quotations(text)]


@pytest.mark.parametrize(
    "text",
    [
        "He said “the port is closed” today.",
        'He said "the port is closed" today.',
        "Er sagte „the port is closed“ heute.",
        "Il dit «the port is closed» hier.",
        "He said ‘the port is closed’ today.",
        "> the port is closed",
        ">the port is closed\n\nHe left.",
        "> the port is closed\n> — the council",
        "He said “the *port* is **closed**”.",
        r"> the port is\ closed".replace(r"\ ", " "),
        "---\ntitle: “No quote at all”\n---\n\n“the port is closed”",
        '<a title="not a quote">x</a> “the port is closed” `“nor this one”`',
        "```\n“not this one”\n```\n“the port is closed”",
        "<!-- “not this one” --> “the port is closed”",
        "“Closed”, he said, “the port is closed”",
    ],
)
def test_quotations_are_in_marks_or_block_quotes(text: str) -> None:
    assert words(text) == ["the port is closed"]


def test_an_apostrophe_does_not_end_a_quotation_in_single_marks() -> None:
    assert words("He said ‘Lima’s port isn’t closed’ today.") == ["Lima’s port isn’t closed"]


def test_a_quotation_does_not_run_over_a_paragraph() -> None:
    assert words('He said "the port\n\nis closed" today.') == []
    assert words('He said "the port\nis closed" today.') == ["the port\nis closed"]


def test_a_block_quote_is_one_quotation_without_escapes() -> None:
    text = "> One \\*star\\*.\n> Two.\n\nHe said:\n\n> Three words here\n"
    assert words(text) == ["One *star*.\nTwo.", "Three words here"]
    first, second = quotations(text)
    assert text[first.span.start : first.span.end] == "> One \\*star\\*.\n> Two."
    assert text[second.span.start : second.span.end] == "> Three words here"


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("“the port is closed” (news/port.txt:3)", "news/port.txt", 3),
        ("“the port is closed”, news/port.txt:3:39.", "news/port.txt", 3),
        ("“the port is closed” `my news/a b.txt:12`", "my news/a b.txt", 12),
        ("> the port is closed\n\n- `news/port.txt:3:39`, Port closed", "news/port.txt", 3),
        ("> the port is closed\n> — ~/port.txt:3", "~/port.txt", 3),
    ],
)
def test_a_place_beside_a_quotation_is_read(text: str, path: str, line: int) -> None:
    (quotation,) = quotations(text)
    assert quotation.cited == CitedPlace(path, line)


@pytest.mark.parametrize(
    "text",
    ["“the port is closed” (http://example.org:80)", "“the port is closed”\n\nnews/port.txt:3"],
)
def test_what_is_no_place_beside_it_is_not_cited(text: str) -> None:
    (quotation,) = quotations(text)
    assert quotation.cited is None


def test_a_place_belongs_to_the_quotation_before_it() -> None:
    first, second = quotations("“one two” and “three four” (a.txt:3)")
    assert (first.cited, second.cited) == (None, CitedPlace("a.txt", 3))


@given(nasty_text)
def test_any_text_has_quotations_where_it_says(text: str) -> None:
    for quotation in quotations(f'> {text}\n\n“{text}” "{text}"'):
        assert len(quotation.words.split()) > 1


@pytest.mark.parametrize(
    "text", ["“" * 50_000, '"' * 50_001, "> " * 50_000, "<" * 50_000, "*_" * 50_000], ids=range(5)
)
def test_no_text_takes_excessive_time(text: str) -> None:
    assert len(quotations(text)) < 2
