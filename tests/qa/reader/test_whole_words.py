import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.spans import Span
from qa.reader.spans import whole_words
from tests.index.strategies import nasty_text


def widened(text: str, part: str) -> str:
    """The words of a text, all of it one sentence, for the first place where `part` stands."""
    start = text.index(part)
    return whole_words(text, Span(start, start + len(part)), Span(0, len(text))).of(text)


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("near Kaliningrad today", "lining", "Kaliningrad"),
        ("near Kaliningrad", "grad", "Kaliningrad"),
        ("Kaliningrad first", "Ka", "Kaliningrad"),
        ("Czech Foreign Minister", "zech Fore", "Czech Foreign"),
        ("the 2nd fleet", "nd", "2nd"),
        ("by snake_case rules", "case", "snake_case"),
    ],
)
def test_a_piece_of_a_word_is_widened_to_the_word(text: str, part: str, expected: str) -> None:
    assert widened(text, part) == expected


@pytest.mark.parametrize("part", ["1", "1,", ",", "00", ",000", "1,000"])
def test_a_number_with_a_thousands_comma_is_one(part: str) -> None:
    assert widened("It cost 1,000 euros.", part) == "1,000"


@pytest.mark.parametrize("part", ["3", ".", "5", "3.5"])
def test_a_number_with_a_decimal_point_is_one(part: str) -> None:
    assert widened("about 3.5 million", part) == "3.5"


def test_numbers_in_a_list_stay_apart() -> None:
    assert widened("in 2007, 2008 and", "2007") == "2007"
    assert widened("ended in 2008. 12 men", "2008") == "2008"
    assert widened("version 1,b", "1") == "1"


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("a well-known man", "known", "known"),
        ("Russia's envoy", "Russia", "Russia"),
        ("Russia’s envoy", "Russ", "Russia"),
        ("to U.S.-Czech talks", "Czech", "Czech"),
    ],
)
def test_a_word_is_not_widened_over_a_hyphen_or_an_apostrophe(
    text: str, part: str, expected: str
) -> None:
    assert widened(text, part) == expected


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ('He said "no" twice', '"no', "no"),
        ('He said "no" twice', 'no"', "no"),
        ("He said “no” twice", "“no", "no"),
        ("He said “no” twice", "no”", "no"),
        ("the (Czech) radar", "(Czech", "Czech"),
        ("the (Czech) radar", "Czech)", "Czech"),
        ("the [sic] radar", "sic]", "sic"),
        ("by Prague, Warsaw", "Prague,", "Prague"),
        ("by Prague; Warsaw", "Prague;", "Prague"),
        ("by — Prague — and", "— Prague —", "Prague"),
        ("Who? Prague!", "? Prague!", "Prague"),
        ("went to Prague.", "Prague.", "Prague"),
        ('went to "Prague."', 'Prague."', "Prague"),
        ("about 1,000.", "1,000.", "1,000"),
        ("« non » dit", "« non", "non"),
    ],
)
def test_stray_marks_are_left_out(text: str, part: str, expected: str) -> None:
    assert widened(text, part) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('He said "no" twice', '"no"'),
        ("He said “no” twice", "“no”"),
        ("the (Czech) radar", "(Czech)"),
        ('said "yes" and "no" twice', '"yes" and "no"'),
        ("Smith (D) and Jones (R) met", "Smith (D) and Jones (R)"),
        ("cost 5% more", "5%"),
        ("cost $5 more", "$5"),
    ],
)
def test_balanced_marks_stay(text: str, kept: str) -> None:
    assert widened(text, kept) == kept


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("a (b) c) d", "(b) c)", "(b) c"),
        ('said "a" and "b" to', '"a" and "', '"a" and'),
    ],
)
def test_a_mark_whose_partner_is_taken_is_stray(text: str, part: str, expected: str) -> None:
    assert widened(text, part) == expected


@pytest.mark.parametrize("kept", ["U.S.", "p.m.", "Foo Inc.", "Martin Luther King Jr.", "J."])
def test_an_abbreviation_keeps_its_full_stop(kept: str) -> None:
    assert widened(f"It was {kept} again", kept) == kept
    assert widened(f"It was {kept}", kept) == kept


@pytest.mark.parametrize(("part", "expected"), [("3.5.", "3.5"), ("$1.25.", "$1.25")])
def test_a_sentences_full_stop_goes_from_a_number_with_a_point(part: str, expected: str) -> None:
    assert widened(f"It rose to {part}", part) == expected


def test_a_span_never_leaves_its_sentence() -> None:
    # "Prague" and "1,000" go on behind the sentence's border.
    assert whole_words("in Prague", Span(4, 6), Span(3, 7)) == Span(3, 7)
    assert whole_words("of 1,000 men", Span(5, 6), Span(5, 12)) == Span(5, 8)
    assert whole_words("of 1,000 men", Span(3, 4), Span(3, 4)) == Span(3, 4)


@pytest.mark.parametrize("text", ["... !?", '"', ") (", " \t\r\n", "— – -", "“ ."])
def test_of_nothing_but_punctuation_nothing_is_left(text: str) -> None:
    assert widened(text, text) == ""


@pytest.mark.parametrize("text", ["()", '""', "“ ”", "(…)."])
def test_of_a_pair_with_nothing_in_it_nothing_is_left(text: str) -> None:
    assert widened(text, text) == ""


@pytest.mark.parametrize("part", ["caf", "e", "\u0301", "cafe"])
def test_a_combining_mark_stays_with_its_letter(part: str) -> None:
    # One letter and its accent are two code points here.
    assert widened("un cafe\u0301 noir", part) == "cafe\u0301"


@pytest.mark.parametrize(
    "word", ["\u0928\u092e\u0938\u094d\u0924\u0947", "\u0645\u064e\u0639", "\u05e9\u05c1\u05dc"]
)
def test_a_mark_of_another_script_stays_with_its_letter(word: str) -> None:
    # Devanagari, Arabic and Hebrew: each has a mark behind one of its letters.
    assert widened(f"un {word} noir", word[0]) == word


@st.composite
def places(draw: st.DrawFn) -> tuple[str, Span, Span]:
    """A text, a span and the sentence around it."""
    text = draw(nasty_text.filter(bool))
    borders = draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4).map(sorted))
    return text, Span(borders[1], borders[2]), Span(borders[0], borders[3])


@given(places())
def test_the_result_lies_in_the_sentence(place: tuple[str, Span, Span]) -> None:
    text, span, within = place
    found = whole_words(text, span, within)
    assert within.start <= found.start <= found.end <= within.end


@given(places())
def test_whole_words_stay_as_they_are(place: tuple[str, Span, Span]) -> None:
    text, span, within = place
    found = whole_words(text, span, within)
    assert whole_words(text, found, within) == found


@given(places())
def test_the_result_has_no_white_space_at_its_ends(place: tuple[str, Span, Span]) -> None:
    text, span, within = place
    found = whole_words(text, span, within).of(text)
    assert found == found.strip()


@given(places())
def test_no_letter_is_lost_and_no_word_is_cut(place: tuple[str, Span, Span]) -> None:
    text, span, within = place
    found = whole_words(text, span, within)
    letters = [at for at in range(span.start, span.end) if text[at].isalnum()]
    assert all(found.start <= at < found.end for at in letters)
    for border in (found.start, found.end):
        if len(found) and within.start < border < within.end:
            assert not text[border - 1 : border + 1].isalnum()


@pytest.mark.parametrize(
    "dateline",
    [
        "PRAGUE – ",
        "WARSAW, July 8 (Reuters) - ",
        "NEW YORK, N.Y. — ",
        "ŁÓDŹ -- ",
    ],
)
def test_a_dateline_is_no_part_of_an_answer(dateline: str) -> None:
    text = f"{dateline}Condoleezza Rice signed."
    assert widened(text, f"{dateline}Condoleezza Rice") == "Condoleezza Rice"
    assert widened(text, "Condoleezza Rice") == "Condoleezza Rice"


@pytest.mark.parametrize(
    "part",
    [
        "Prague – Condoleezza Rice",
        "PRAGUE-Condoleezza Rice",
        "F-16 – Condoleezza Rice",
        # A place alone may be what was asked for.
        "PRAGUE",
    ],
)
def test_what_is_no_dateline_stays(part: str) -> None:
    assert widened(f"{part} signed.", part) == part
    assert widened("PRAGUE – Rice signed.", "PRAGUE –") == "PRAGUE"


def test_a_dateline_stands_at_the_beginning_of_a_sentence() -> None:
    assert widened("The NATO – Russia council met.", "NATO – Russia") == "NATO – Russia"
