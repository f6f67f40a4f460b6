import numpy as np
import pytest

from index.models.passage_encoder import Vectors
from index.storage.catalog import StoredPassage
from qa.retrieval.duplicates import group_duplicates
from tests.qa.fakes import stored

WIRE = "Poland agreed on Thursday to host ten American interceptor rockets near its coast."
# 13 words make 10 shingles of four; the other ending keeps the first 7 of them.
EDITED = "Poland agreed on Thursday to host ten American interceptor rockets, officials said late."
OTHER = "The canal was opened again after nine years of digging and five of argument."

Groups = list[tuple[int, tuple[int, ...]]]


def unit(*rows: tuple[float, float]) -> Vectors:
    return np.array(rows, dtype=np.float32)


SAME = unit((1, 0), (1, 0))


def grouped(*passages: StoredPassage, vectors: Vectors = SAME, top_k: int = 9) -> Groups:
    return [(one.first, one.others) for one in group_duplicates(passages, vectors, top_k)]


def test_the_same_story_in_two_articles_is_one_group() -> None:
    assert grouped(stored(0, 0, WIRE), stored(1, 1, EDITED)) == [(0, (1,))]


def test_overlapping_passages_of_one_article_are_never_duplicates() -> None:
    assert grouped(stored(0, 5, WIRE), stored(1, 5, WIRE)) == [(0, ()), (1, ())]


def test_different_words_are_no_duplicate_even_with_equal_vectors() -> None:
    assert grouped(stored(0, 0, WIRE), stored(1, 1, OTHER)) == [(0, ()), (1, ())]


@pytest.mark.parametrize(
    ("vector", "expected"), [((0.41, 0.912), [(0, (1,))]), ((0.39, 0.921), [(0, ()), (1, ())])]
)
def test_vectors_must_be_similar_before_words_are_compared(
    vector: tuple[float, float], expected: Groups
) -> None:
    passages = [stored(0, 0, WIRE), stored(1, 1, WIRE)]
    assert grouped(*passages, vectors=unit((1, 0), vector)) == expected


@pytest.mark.parametrize(("kept", "expected"), [(9, [(0, (1,))]), (8, [(0, ()), (1, ())])])
def test_six_in_ten_shingles_of_the_shorter_passage_must_be_shared(
    kept: int, expected: Groups
) -> None:
    # Of 13 words, 9 kept words share 6 of 10 shingles, 8 share 5.
    words = WIRE.rstrip(".").split()
    other = " ".join([*words[:kept], *(f"x{i}" for i in range(13 - kept))])
    assert len(words) == 13
    assert grouped(stored(0, 0, WIRE), stored(1, 1, other)) == expected


def test_a_short_copy_is_measured_by_its_own_length() -> None:
    more = "It was late and it rained, so hardly anybody came."
    long = f"{more} {WIRE} {more}".replace("hardly ", "")
    assert grouped(stored(0, 0, long), stored(1, 1, WIRE)) == [(0, (1,))]


def test_case_punctuation_and_wrapping_make_no_difference() -> None:
    other = WIRE.upper().replace(" ", "\r\n").replace(".", " —")
    assert grouped(stored(0, 0, WIRE), stored(1, 1, other)) == [(0, (1,))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ten", "nine"), ("Thursday", "Friday"), ("Poland", "Romania"), ("agreed", "never agreed"),
        ("ten ", ""), ("its", "the Baltic"), ("American", "Polish"),
    ],
)  # fmt: skip
def test_passages_that_differ_in_a_fact_are_no_duplicates(old: str, new: str) -> None:
    story = f"{WIRE} It was the end of a long quarrel about money and about who would command them."
    edited = story.replace(old, new, 1)
    assert grouped(stored(0, 0, story), stored(1, 1, edited)) == [(0, ()), (1, ())]
    assert grouped(stored(0, 0, edited), stored(1, 1, story)) == [(0, ()), (1, ())]


def test_groups_keep_the_ranking_and_each_passage_is_in_one_group() -> None:
    passages = [
        stored(9, 0, OTHER), stored(8, 1, WIRE), stored(7, 0, EDITED), stored(6, 2, WIRE),
        stored(5, 1, OTHER),
    ]  # fmt: skip
    vectors = unit((0, 1), (1, 0), (1, 0), (1, 0), (0, 1))
    assert grouped(*passages, vectors=vectors) == [(0, (4,)), (1, (2, 3))]


def test_top_k_limits_the_groups_but_not_their_duplicates() -> None:
    passages = [stored(3, 0, WIRE), stored(2, 1, OTHER), stored(1, 2, EDITED)]
    vectors = unit((1, 0), (1, 0), (1, 0))
    assert grouped(*passages, vectors=vectors, top_k=1) == [(0, (2,))]


def test_passages_too_short_for_a_shingle_are_compared_as_they_are() -> None:
    assert grouped(stored(0, 0, "No deal."), stored(1, 1, "no deal")) == [(0, (1,))]
    assert grouped(stored(0, 0, "…"), stored(1, 1, WIRE)) == [(0, ()), (1, ())]


def test_no_passages_have_no_groups() -> None:
    assert grouped(vectors=np.zeros((0, 2), dtype=np.float32)) == []
