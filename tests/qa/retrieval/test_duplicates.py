import numpy as np
import pytest

from index.models.passage_encoder import Vectors
from qa.retrieval.duplicates import Group, group_duplicates
from tests.qa.fakes import stored

WIRE = "Poland agreed on Thursday to host ten American interceptor rockets near its coast."
# 13 words make 10 shingles of four; the other ending keeps the first 7 of them.
EDITED = "Poland agreed on Thursday to host ten American interceptor rockets, Warsaw said late."
OTHER = "The canal was opened again after nine years of digging and five of argument."


def unit(*rows: tuple[float, float]) -> Vectors:
    return np.array(rows, dtype=np.float32)


ALIKE = unit((1, 0), (1, 0))


def test_the_same_story_in_two_articles_is_one_group() -> None:
    found = group_duplicates([stored(0, 0, WIRE), stored(1, 1, EDITED)], ALIKE, 9)
    assert found == [Group(0, (1,))]


def test_overlapping_passages_of_one_article_are_never_duplicates() -> None:
    found = group_duplicates([stored(0, 5, WIRE), stored(1, 5, WIRE)], ALIKE, 9)
    assert found == [Group(0, ()), Group(1, ())]


def test_other_words_are_no_duplicate_however_alike_the_vectors() -> None:
    found = group_duplicates([stored(0, 0, WIRE), stored(1, 1, OTHER)], ALIKE, 9)
    assert found == [Group(0, ()), Group(1, ())]


@pytest.mark.parametrize(
    ("vector", "expected"),
    [((0.41, 0.912), [Group(0, (1,))]), ((0.39, 0.921), [Group(0, ()), Group(1, ())])],
)
def test_vectors_must_be_alike_before_words_are_compared(
    vector: tuple[float, float], expected: list[Group]
) -> None:
    passages = [stored(0, 0, WIRE), stored(1, 1, WIRE)]
    assert group_duplicates(passages, unit((1, 0), vector), 9) == expected


@pytest.mark.parametrize(
    ("kept", "expected"),
    [(9, [Group(0, (1,))]), (8, [Group(0, ()), Group(1, ())])],
)
def test_six_in_ten_of_the_shorter_one_must_stand_in_the_other(
    kept: int, expected: list[Group]
) -> None:
    # So many words kept of 13: 9 make 6 of 10 shingles, 8 make 5.
    words = WIRE.rstrip(".").split()
    other = " ".join([*words[:kept], *(f"x{i}" for i in range(13 - kept))])
    assert len(words) == 13
    assert group_duplicates([stored(0, 0, WIRE), stored(1, 1, other)], ALIKE, 9) == expected


def test_a_short_copy_is_measured_by_itself() -> None:
    long = f"{OTHER} {WIRE} {OTHER}"
    assert group_duplicates([stored(0, 0, long), stored(1, 1, WIRE)], ALIKE, 9) == [Group(0, (1,))]


def test_case_punctuation_and_wrapping_make_no_difference() -> None:
    other = WIRE.upper().replace(" ", "\r\n").replace(".", " —")
    assert group_duplicates([stored(0, 0, WIRE), stored(1, 1, other)], ALIKE, 9) == [Group(0, (1,))]


def test_groups_keep_the_ranking_and_each_passage_stands_in_one() -> None:
    passages = [
        stored(9, 0, OTHER), stored(8, 1, WIRE), stored(7, 0, EDITED), stored(6, 2, WIRE),
        stored(5, 1, OTHER),
    ]  # fmt: skip
    vectors = unit((0, 1), (1, 0), (1, 0), (1, 0), (0, 1))
    assert group_duplicates(passages, vectors, 9) == [Group(0, (4,)), Group(1, (2, 3))]


def test_of_more_groups_than_asked_the_first_ones_are_made_with_all_their_copies() -> None:
    passages = [stored(3, 0, WIRE), stored(2, 1, OTHER), stored(1, 2, EDITED)]
    vectors = unit((1, 0), (1, 0), (1, 0))
    assert group_duplicates(passages, vectors, 1) == [Group(0, (2,))]


def test_words_too_few_for_a_shingle_are_compared_whole() -> None:
    found = group_duplicates([stored(0, 0, "No deal."), stored(1, 1, "no deal")], ALIKE, 9)
    assert found == [Group(0, (1,))]
    wordless = group_duplicates([stored(0, 0, "…"), stored(1, 1, WIRE)], ALIKE, 9)
    assert wordless == [Group(0, ()), Group(1, ())]


def test_of_nothing_there_are_no_groups() -> None:
    assert group_duplicates([], np.zeros((0, 2), dtype=np.float32), 9) == []
