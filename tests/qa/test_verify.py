from collections.abc import Iterator

import pytest

from qa.quotations import quotations
from qa.verify import Checked, Difference, Match, Verifier
from tests.qa.fakes import Library

PORT = """\
Port closed

The port of Zeebrugge is closed, but the ferry runs. “Nobody has the money
to dig it out,” said Ada Quill, the harbour-master, on Monday.

Three people were hurt. The port will not be opened again before May
unless the county pays. It has 12 quays.
"""
TOWN = " ".join(f"Day {i} was calm, they say." for i in range(420))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("verify"))
    library.write("port.txt", PORT)
    library.write(
        "mill.txt", "The mill was sold in May. It is very old, and nobody wants it now.\n"
    )
    library.write("town.txt", TOWN)
    library.index()
    return library


@pytest.fixture(scope="module")
def verifier(library: Library) -> Iterator[Verifier]:
    opened = library.store.open()
    yield Verifier(opened.generation)
    opened.close()


def check(verifier: Verifier, text: str) -> Checked:
    (quotation,) = quotations(text)
    return verifier.check(quotation)


def place(checked: Checked) -> tuple[int, int]:
    return checked.places[0].quote.line, checked.places[0].quote.column


@pytest.mark.parametrize(
    ("quote", "line", "column"),
    [
        ("The port of Zeebrugge is closed", 3, 1),
        ("Nobody has the money to dig it out", 3, 55),
        ("hurt. The port will not be opened again before May unless the county pays.", 6, 19),
        ("very old", 1, 33),
    ],
)
def test_a_quotation_letter_for_letter(
    verifier: Verifier, quote: str, line: int, column: int
) -> None:
    checked = check(verifier, f"“{quote}”")
    assert (checked.match, place(checked)) == (Match.EXACT, (line, column))
    assert checked.stands


@pytest.mark.parametrize(
    "quote",
    [
        "the Port of Zeebrugge is closed",
        "nobody has the money – to dig it out.",
        "the harbourmaster, on Monday",
        "Ada Quill the harbour master",
    ],
)
def test_case_spaces_and_marks_may_differ(verifier: Verifier, quote: str) -> None:
    checked = check(verifier, f"“{quote}”")
    assert (checked.match, checked.differences, checked.stands) == (Match.MARKS, (), True)


@pytest.mark.parametrize(
    ("quote", "differences"),
    [
        ("Five people were hurt", [("Five", "Three")]),
        ("The port will be opened again before May", [("", "not")]),
        ("The port will surely not be opened again", [("surely", "")]),
        ("The port of Zeebrugge … the ferry runs", [("", "is closed, but")]),
        ("the harbour-mistress said on Monday", None),
    ],
)
def test_changed_words_are_named(
    verifier: Verifier, quote: str, differences: list[tuple[str, str]] | None
) -> None:
    checked = check(verifier, f"“{quote}”")
    if differences is None:
        assert checked.match in (Match.NONE, Match.WORDS)
    else:
        assert checked.match is Match.WORDS
        assert list(checked.differences) == [Difference(*each) for each in differences]
    assert not checked.stands


@pytest.mark.parametrize(
    "quote", ["The lion slept in the shade of the trees", "it is what it is", "zzz yyy xxx"]
)
def test_what_no_article_has_is_not_found(verifier: Verifier, quote: str) -> None:
    checked = check(verifier, f"“{quote}”")
    assert (checked.match, checked.places, checked.stands) == (Match.NONE, (), False)


def test_a_quotation_of_an_entire_article_is_compared(verifier: Verifier) -> None:
    assert check(verifier, f"> {TOWN}").match is Match.EXACT
    assert check(verifier, f"> {TOWN.replace('calm,', 'calm')}").match is Match.MARKS
    assert check(verifier, f"> {TOWN} Not so.").match is Match.NONE


@pytest.mark.parametrize(
    ("quote", "goes_on"),
    [
        ("The port of Zeebrugge is closed", "but the ferry runs"),
        ("The port of Zeebrugge is CLOSED", "but the ferry runs"),
        ("will not be opened again before May", "unless the county pays"),
        ("Three people were hurt.", ""),
        ("The mill was sold", ""),
    ],
)
def test_a_turn_after_the_quotation_is_reported(
    verifier: Verifier, quote: str, goes_on: str
) -> None:
    assert check(verifier, f"“{quote}”").places[0].goes_on == goes_on


def test_the_place_beside_a_quotation_is_checked(library: Library, verifier: Verifier) -> None:
    path = library.news / "port.txt"
    for line, right in ((3, True), (4, True), (5, False)):
        quote = f"“Nobody has the money to dig it out” ({path}:{line})"
        checked = check(verifier, quote)
        assert (checked.is_cited_rightly, checked.stands) == (right, right)
    assert not check(verifier, f"“very old” ({path}:3)").stands
    assert not check(verifier, "“very old” (nowhere.txt:1)").stands
