import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.squad_text import normalise_answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Czech Republic", "czech republic"),
        ("a treaty, an envoy and the radar.", "treaty envoy and radar"),
        ("U.S.", "us"),
        ("Russia's NATO envoy", "russias nato envoy"),
        ("twenty-two", "twentytwo"),
        ("$1,500", "1500"),
        # Only ASCII punctuation is removed: SQuAD's scorer uses string.punctuation.
        ("Russia’s “envoy”", "russia’s “envoy”"),
        ("another theatre, an arena", "another theatre arena"),
        ("two\r\n\tlines\u00a0here", "two lines here"),
        # Punctuation is removed first, so words that it joins are no articles.
        ("a.m.", "am"),
        ("the-end", "theend"),
        ("A", ""),
        ("the ... an", ""),
        ("", ""),
    ],
)
def test_answers_are_normalised_as_squad_does(text: str, expected: str) -> None:
    assert normalise_answer(text) == expected


@given(st.text())
def test_there_are_no_double_leading_or_trailing_spaces(text: str) -> None:
    normal = normalise_answer(text)
    assert normal == " ".join(normal.split())


@given(st.text(alphabet="ab the.,'-\n", max_size=30))
def test_wrapping_capitals_and_a_full_stop_do_not_matter(text: str) -> None:
    changed = text.upper().replace(" ", "\r\n") + "."
    assert normalise_answer(changed) == normalise_answer(text)
