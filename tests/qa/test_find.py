import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import BadRequest
from index.search.analyzer import all_terms
from index.storage.scope import Scope
from qa.answers import Status
from qa.find import FoundArticle, Wanted, mentions, wanted
from tests.qa.fakes import Library

PORT = "The port was closed. Nobody closes a port twice.\n\nThe ports are Lima’s own, said NATO.\n"
MILL = "A mill stands by the port.\nIt is very\nold, NATO-built and closed.\n"
TOWNS = [f"The town of number {i} fell on day {i} to a man of the north." for i in range(60)]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library(tmp_path_factory.mktemp("find"))
    library.write("port.txt", PORT)
    library.write("in/mill.txt", MILL)
    library.write("long/towns.txt", " ".join(TOWNS))
    library.index()
    return library


def found(
    library: Library, words: str, *scope: str, exact: bool = False
) -> dict[str, list[tuple[int, int, list[str]]]]:
    """The places, by file name: line, column and the words."""
    return {
        os.path.basename(article.path): [  # noqa: PTH119
            (
                place.quote.line,
                place.quote.column,
                [mark.of(place.quote.text) for mark in place.marks],
            )
            for place in article.places
        ]
        for article in articles(library, words, *scope, exact=exact)
    }


def articles(library: Library, words: str, *scope: str, exact: bool = False) -> list[FoundArticle]:
    opened = library.store.open()
    try:
        return list(mentions(opened.generation, wanted(words, exact), Scope(scope)).articles)
    finally:
        opened.close()


def test_every_form_of_a_word_is_found_with_its_place(library: Library) -> None:
    assert found(library, "closing") == {
        "mill.txt": [(2, 1, ["closed"])],
        "port.txt": [(1, 1, ["closed"]), (1, 22, ["closes"])],
    }


def test_a_passage_holds_all_the_words_or_is_not_found(library: Library) -> None:
    assert list(found(library, "port mill")) == ["mill.txt"]
    assert found(library, "port lion") == {}


def test_question_words_are_found_too(library: Library) -> None:
    assert found(library, "is") == {"mill.txt": [(2, 1, ["is"])]}


def test_a_phrase_is_consecutive_and_may_run_over_a_line_break(library: Library) -> None:
    assert found(library, '"very old"') == {"mill.txt": [(2, 1, ["very\nold"])]}
    assert found(library, "“closed ports”") == {}
    assert found(library, '"closes a port" twice') == {
        "port.txt": [(1, 22, ["closes a port", "twice"])]
    }


def test_exact_words_are_found_letter_for_letter(library: Library) -> None:
    assert found(library, "closed", exact=True) == {
        "mill.txt": [(2, 1, ["closed"])],
        "port.txt": [(1, 1, ["closed"])],
    }
    assert found(library, "nato", exact=True) == {}
    assert found(library, "NATO-built", exact=True) == {"mill.txt": [(2, 1, ["NATO-built"])]}
    assert found(library, "clos", exact=True) == {}
    assert found(library, "Lima’s", exact=True) == {"port.txt": [(3, 1, ["Lima’s"])]}
    assert list(found(library, "’", exact=True)) == ["port.txt"]


def test_a_lone_quotation_mark_and_query_syntax_are_plain_text(library: Library) -> None:
    assert list(found(library, 'mill" port')) == ["mill.txt"]
    assert found(library, "text:port OR lion*") == {}


@pytest.mark.parametrize("words", ["", "  ", '""', "!?", "’"])
def test_without_a_word_there_is_nothing_to_find(words: str) -> None:
    with pytest.raises(BadRequest, match="no word to find"):
        wanted(words)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(BadRequest, match="limit is 4,000"):
        wanted("a" * 4_001)


def test_the_scope_limits_what_is_found(library: Library) -> None:
    assert list(found(library, "port", f"{library.news}/in")) == ["mill.txt"]
    with pytest.raises(BadRequest):
        found(library, "port", f"{library.news}/none")


def test_a_sentence_in_two_passages_is_found_once(library: Library) -> None:
    (article,) = articles(library, "town")
    assert [place.quote.text for place in article.places] == TOWNS
    assert 1 < article.passages < 60


def test_places_are_checked_against_the_files(library: Library) -> None:
    (library.news / "port.txt").write_text("New.\n" + PORT, encoding="utf-8")
    (library.news / "in" / "mill.txt").unlink()
    by_name = {os.path.basename(one.path): one.places for one in articles(library, "port")}  # noqa: PTH119
    assert {place.status for place in by_name["mill.txt"]} == {Status.GONE}
    assert [(place.status, place.quote.line) for place in by_name["port.txt"]] == [
        (Status.MOVED, 2), (Status.MOVED, 2), (Status.MOVED, 4)
    ]  # fmt: skip
    library.write("port.txt", PORT)
    library.write("in/mill.txt", MILL)


@given(st.text(alphabet='ab ré’.\n"Port', max_size=40), st.text(alphabet="ab rPorté", max_size=9))
def test_marks_are_the_words_of_the_text(text: str, word: str) -> None:
    searched = Wanted(word, exact=False)
    marks = searched.marks(text) or []
    for mark in marks:
        assert set(all_terms(mark.of(text))) <= set(searched.terms)
    stems = set(searched.terms)
    expected = [token for token in re.findall(r"[^\W_]+", text) if stems & {*all_terms(token)}]
    assert [mark.of(text) for mark in marks] == expected
