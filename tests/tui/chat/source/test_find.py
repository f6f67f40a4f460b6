import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.spans import Span
from tests.index.strategies import nasty_text
from tui.chat.source import find
from tui.chat.source.find import Search, fold


def found(text: str, wanted: str) -> list[str]:
    search = Search(text)
    search.find(wanted, 0)
    return [match.of(text) for match in search.matches]


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("The mill. the MILL, mills", "mill", ["mill", "MILL", "mill"]),
        ("Élan und élan", "ÉLAN", ["Élan", "élan"]),
        ("a.c abc", "a.c", ["a.c"]),
        ("aaaaaaaaaaaaaaaaaaaaa", "aa", ["aa"] * 10),
        ("東京の東京", "東京", ["東京", "東京"]),
        ("İzmir, izmir", "i", ["İ", "i", "i", "i"]),
        ("ΟΔΟΣ, οδος", "οδοσ", ["ΟΔΟΣ", "οδος"]),
        ("one\ntwo", "one two", []),
        ("one", "", []),
    ],
)
def test_words_are_found_in_either_case(text: str, wanted: str, expected: list[str]) -> None:
    assert found(text, wanted) == expected


def test_folding_keeps_every_offset() -> None:
    text = "".join(map(chr, range(sys.maxunicode + 1)))
    folded = fold(text)
    assert len(folded) == len(text)
    assert all(fold(char) == folded[ord(char)] for char in text)


@given(nasty_text, st.sampled_from(["the", "e", "é", "“", "😀", "東京", "\u0301"]))
def test_every_match_that_overlaps_no_other_is_found(text: str, wanted: str) -> None:
    search = Search(text)
    search.find(wanted, 0)
    starts = {at for at in range(len(text)) if text.startswith(wanted, at)}
    assert {match.start for match in search.matches} >= starts


def test_the_first_match_at_or_after_the_origin_is_selected() -> None:
    search = Search("mill " * 4)
    search.find("mill", 5)
    assert (search.current, search.label) == (Span(5, 9), "2 of 4")
    search.find("mill", 6)
    assert (search.current, search.label) == (Span(10, 14), "3 of 4")


def test_with_no_match_after_the_origin_the_first_is_selected() -> None:
    search = Search("a mill, and more")
    search.find("mill", 9)
    assert (search.current, search.label) == (Span(2, 6), "1 of 1")


def test_steps_go_around_the_ends() -> None:
    search = Search("mill mill")
    search.find("mill", 0)
    assert [search.step(by) and search.label for by in (-1, -1, 1, 1)] == [
        "2 of 2", "1 of 2", "2 of 2", "1 of 2"
    ]  # fmt: skip


def test_nothing_is_selected_where_nothing_is_found() -> None:
    search = Search("mill")
    search.find("dam", 0)
    assert (search.current, search.label) == (None, "not found")
    assert not search.step(1)
    search.find("", 0)
    assert search.label == ""


def test_the_number_of_matches_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "LIMIT", 2)
    search = Search("eeeee")
    search.find("e", 0)
    assert len(search.matches) == 2
    assert search.label == "1 of 2+"


def test_words_that_nearly_match_everywhere_are_searched_in_one_pass() -> None:
    search = Search("a" * 1024 * 1024)
    search.find("a" * 2_000 + "b" + "a" * 2_000, 0)  # quadratic: 4 billion comparisons
    assert search.label == "not found"
