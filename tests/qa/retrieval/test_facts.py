import pytest

from qa.retrieval.facts import differ_in_facts, missing_facts


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Three people were hurt.", "Five people were hurt."),
        ("It cost £3.20 a day.", "It cost £3.50 a day."),
        ("It was sold for 1,200 crowns.", "It was sold for 1,300 crowns."),
        ("It opens on monday.", "It opens on friday."),
        ("It opens in May 2011.", "It opens in June 2011."),
        ("The toll is dead.", "The toll is not dead."),
        ("She was able to come.", "She was unable to come."),
        ("He didn’t sign.", "He did sign."),
        ("The mill was sold to Ada Finch.", "The mill was sold to Bo Finch."),
        ("Halden fell.", "Torsund fell."),
        ("Two men, and two more", "Two men, and more"),
    ],
)
def test_a_number_a_date_a_name_or_a_negation_makes_a_difference(first: str, second: str) -> None:
    assert differ_in_facts(first, second)
    assert differ_in_facts(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The bridge fell last night.", "the bridge fell last night"),
        ("Three people were hurt.", "THREE PEOPLE WERE HURT."),
        ("Three people were hurt.", "3 people were badly hurt."),
        ("The bridge was old.", "A bridge was old, the county said."),
        ("", ""),
    ],
)
def test_other_words_case_and_digits_make_none(first: str, second: str) -> None:
    assert not differ_in_facts(first, second)


def test_what_a_text_lacks_is_named() -> None:
    assert missing_facts("On Tuesday three men left Halden.", "Three men left.") == {
        "tuesday",
        "halden",
    }
    assert missing_facts("Three men left.", "On Tuesday three men left Halden.") == frozenset()
