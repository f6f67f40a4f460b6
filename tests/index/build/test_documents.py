import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.documents import PART, part_documents, parts_of, passage_documents
from index.search.keywords import Document
from index.storage.generation import Generation
from tests.index.build.workspace import Workspace, regions


@pytest.mark.parametrize(
    ("passages", "parts"),
    [
        (range(5, 5), []),
        (range(5, 13), [range(5, 13)]),
        (range(5, 14), [range(5, 9), range(9, 14)]),
        (range(17), [range(5), range(5, 11), range(11, 17)]),
    ],
)
def test_an_article_is_divided_into_equal_parts(passages: range, parts: list[range]) -> None:
    assert parts_of(passages) == parts


@given(st.integers(0, 10**9), st.integers(0, 500))
def test_each_passage_is_in_one_part_of_a_fair_size(start: int, count: int) -> None:
    parts = parts_of(range(start, start + count))
    assert [number for part in parts for number in part] == [*range(start, start + count)]
    assert all(min(count, PART // 2) <= len(part) <= PART for part in parts)


@pytest.fixture
def generation(tmp_path: Path) -> Iterator[Generation]:
    workspace = Workspace(tmp_path)
    workspace.write("ships.txt", regions(f"Ship {number} left." for number in range(PART + 1)))
    workspace.write("tugs.txt", "The tug left.")
    workspace.build()
    with closing(workspace.store.open()) as opened:
        yield opened.generation


def test_a_part_has_the_words_of_its_passages(generation: Generation) -> None:
    articles = generation.catalog.articles()
    table = generation.segments[0].passages
    documents = list(part_documents(table, articles, range(PART + 2)))
    assert [document.passages for document in documents] == [range(4), range(4, 9), range(9, 10)]
    ships = [{*re.findall(r"Ship (\d)", document.text)} for document in documents]
    # A passage begins with the end of the one before it.
    assert ships == [{*"01234"}, {*"45678"}, set()]
    assert documents[2] == Document(range(9, 10), articles[1].id, "tugs", "", "The tug left.")
    assert list(part_documents(table, articles, range(9, 10))) == documents[2:]


def test_each_passage_is_a_document(generation: Generation) -> None:
    articles = generation.catalog.articles()
    table = generation.segments[0].passages
    documents = list(passage_documents(table, articles, range(PART + 2)))
    assert [document.passages for document in documents] == [
        range(number, number + 1) for number in range(PART + 2)
    ]
    assert documents[9] == Document(range(9, 10), articles[1].id, "tugs", "", "The tug left.")
