import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.spans import Span
from qa.reader.spans import whole_words
from tests.index.strategies import nasty_text


def widened(text: str, part: str) -> str:
    """Widen the first occurrence of `part` in a text that is one sentence."""
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
def test_a_number_with_a_thousands_comma_is_one_word(part: str) -> None:
    assert widened("It cost 1,000 men.", part) == "1,000"


@pytest.mark.parametrize("part", ["3", ".", "5", "3.5"])
def test_a_number_with_a_decimal_point_is_one_word(part: str) -> None:
    assert widened("about 3.5 times", part) == "3.5"


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("Write to allotments@example.org.", "@example.org", "allotments@example.org"),
        ("See https://example.org/a?b=c#d, or ask.", "example", "https://example.org/a?b=c#d"),
        ("See (www.example.org/shop/).", "shop", "www.example.org/shop/"),
        ("It is on example.org now.", "org", "example.org"),
        ("Logs are in /var/log/shop.", "var/log/shop", "/var/log/shop"),
        ("Written to /backup/shop.sql at noon", "backup/shop", "/backup/shop.sql"),
        ("Edit ~/.config/shop or src/app/main.py.", "main", "src/app/main.py"),
        ("Edit ~/.config/shop or src/app/main.py.", "config", "~/.config/shop"),
        ("Set `CACHE_TTL=0` first.", "CACHE", "CACHE_TTL=0"),
        ("Call 77-4410 today.", "4410", "77-4410"),
        ("from 2001–2005 she", "2001", "2001–2005"),
        ("the night of 11-12 June", "12", "11-12"),
        ("It left at 14:20.", "20", "14:20"),
        ("on 03/04/2021 and", "04", "03/04/2021"),
        ("lapsed 2022-12-31T23:59:00Z.", "2022-12-31", "2022-12-31T23:59:00Z"),
        ("issued 7.IX.1999 there", "1999", "7.IX.1999"),
        ("paid €1.234.567,89 for", "1.234", "€1.234.567,89"),
        ("got CHF 12'500.– from", "500", "CHF 12'500.–"),
        ("for 1 450,– kr.", "450", "1 450,– kr"),
        ("fetched Rs 5 lakh at", "5", "Rs 5 lakh"),
        ("given 2s. 6d. a week", "6d", "2s. 6d."),
        ("a tax of 12½ per cent was", "12", "12½ per cent"),
        ("Bake at 220 °C for", "220", "220 °C"),
        ("Add 500 g of flour", "g", "500 g"),
        ("The price: $4.5 million.", "4.5", "$4.5 million"),
        ("We close at 8 p.m.", "8", "8 p.m."),
        ("The twenty-nine men", "nine", "twenty-nine"),
        ("Rice/Smith/Ng and 24/7", "Smith", "Smith"),
    ],
)
def test_what_is_one_word_with_marks_and_spaces_stays_whole(
    text: str, part: str, expected: str
) -> None:
    assert widened(text, part) == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("in 2007 200 men", "2007"),
        ("12 berths are free", "12"),
        ("It ended.Then rain", "ended"),
        ("either and/or both", "and"),
        ("at 5 pmore", "5"),
        ("the A20 pump", "A20"),
    ],
)
def test_neighbours_are_not_taken_in(text: str, part: str) -> None:
    assert widened(text, part) == part


@pytest.mark.parametrize("unit", ["a.", "1,", "/a", "a@", "http:", "1 000 ", "a=", "-1", "~/."])
def test_widening_takes_time_linear_in_the_sentence(unit: str) -> None:
    text = unit * 20_000
    started = time.perf_counter()
    whole_words(text, Span(9, 10), Span(0, len(text)))
    assert time.perf_counter() - started < 1


def test_numbers_in_a_list_stay_separate() -> None:
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
def test_stray_marks_are_dropped(text: str, part: str, expected: str) -> None:
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
    [("a (b) c) d", "(b) c)", "(b) c"), ('said "a" and "b" to', '"a" and "', '"a" and')],
)
def test_a_mark_whose_partner_belongs_to_another_is_stray(
    text: str, part: str, expected: str
) -> None:
    assert widened(text, part) == expected


@pytest.mark.parametrize("kept", ["U.S.", "p.m.", "Foo Inc.", "Martin Luther King Jr.", "J."])
def test_an_abbreviation_keeps_its_full_stop(kept: str) -> None:
    assert widened(f"It was {kept} again", kept) == kept
    assert widened(f"It was {kept}", kept) == kept


@pytest.mark.parametrize(("part", "expected"), [("3.5.", "3.5"), ("$1.25.", "$1.25")])
def test_the_full_stop_of_a_sentence_is_dropped_after_a_number(part: str, expected: str) -> None:
    assert widened(f"It rose to {part}", part) == expected


def test_a_span_never_leaves_its_sentence() -> None:
    # "Prague" and "1,000" continue beyond the sentence.
    assert whole_words("in Prague", Span(4, 6), Span(3, 7)) == Span(3, 7)
    assert whole_words("of 1,000 men", Span(5, 6), Span(5, 12)) == Span(5, 8)
    assert whole_words("of 1,000 men", Span(3, 4), Span(3, 4)) == Span(3, 4)


@pytest.mark.parametrize("text", ["... !?", '"', ") (", " \t\r\n", "— – -", "“ ."])
def test_nothing_is_left_of_punctuation_alone(text: str) -> None:
    assert widened(text, text) == ""


@pytest.mark.parametrize("text", ["()", '""', "“ ”", "(…)."])
def test_nothing_is_left_of_an_empty_pair(text: str) -> None:
    assert widened(text, text) == ""


@pytest.mark.parametrize("part", ["caf", "e", "\u0301", "cafe"])
def test_a_combining_mark_stays_with_its_letter(part: str) -> None:
    # The letter and its accent are two code points here.
    assert widened("un cafe\u0301 noir", part) == "cafe\u0301"


@pytest.mark.parametrize(
    "word", ["\u0928\u092e\u0938\u094d\u0924\u0947", "\u0645\u064e\u0639", "\u05e9\u05c1\u05dc"]
)
def test_a_mark_of_another_script_stays_with_its_letter(word: str) -> None:
    # Devanagari, Arabic and Hebrew: each has a mark after one of its letters.
    assert widened(f"un {word} noir", word[0]) == word


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, Span, Span]:
    """A text, a span and the sentence around it."""
    text = draw(nasty_text.filter(bool))
    borders = draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4).map(sorted))
    return text, Span(borders[1], borders[2]), Span(borders[0], borders[3])


@given(texts_with_spans())
def test_the_result_is_within_the_sentence(case: tuple[str, Span, Span]) -> None:
    text, span, within = case
    found = whole_words(text, span, within)
    assert within.start <= found.start <= found.end <= within.end


@given(texts_with_spans())
def test_whole_words_are_not_changed(case: tuple[str, Span, Span]) -> None:
    text, span, within = case
    found = whole_words(text, span, within)
    assert whole_words(text, found, within) == found


@given(texts_with_spans())
def test_the_result_has_no_white_space_at_its_ends(case: tuple[str, Span, Span]) -> None:
    text, span, within = case
    found = whole_words(text, span, within).of(text)
    assert found == found.strip()


@given(texts_with_spans())
def test_no_letter_is_lost_and_no_word_is_split(case: tuple[str, Span, Span]) -> None:
    text, span, within = case
    found = whole_words(text, span, within)
    letters = [offset for offset in range(span.start, span.end) if text[offset].isalnum()]
    assert all(found.start <= offset < found.end for offset in letters)
    for border in (found.start, found.end):
        if len(found) and within.start < border < within.end:
            assert not text[border - 1 : border + 1].isalnum()


@pytest.mark.parametrize(
    "dateline", ["PRAGUE – ", "WARSAW, July 8 (Reuters) - ", "NEW YORK, N.Y. — ", "ŁÓDŹ -- "]
)
def test_a_dateline_is_not_part_of_an_answer(dateline: str) -> None:
    text = f"{dateline}Condoleezza Rice signed."
    assert widened(text, f"{dateline}Condoleezza Rice") == "Condoleezza Rice"
    assert widened(text, "Condoleezza Rice") == "Condoleezza Rice"


@pytest.mark.parametrize(
    "part",
    [
        "Prague – Condoleezza Rice",
        "PRAGUE-Condoleezza Rice",
        "F-16 – Condoleezza Rice",
        # A place alone may be the answer.
        "PRAGUE",
    ],
)
def test_text_that_only_resembles_a_dateline_stays(part: str) -> None:
    assert widened(f"{part} signed.", part) == part
    assert widened("PRAGUE – Rice signed.", "PRAGUE –") == "PRAGUE"


def test_a_dateline_is_at_the_start_of_a_sentence() -> None:
    assert widened("The NATO – Russia council met.", "NATO – Russia") == "NATO – Russia"
