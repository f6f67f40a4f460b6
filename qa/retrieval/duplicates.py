"""Near-duplicate passages, such as the same wire story in two files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.models.passage_encoder import Vectors
from index.storage.catalog import StoredPassage
from qa.retrieval.facts import differ_in_facts

_SHINGLE_WORDS = 4
_MIN_CONTAINMENT = 0.6
"""Share of the shorter passage's shingles that the other one must have."""
_MIN_SIMILARITY = 0.4
"""Cosine below which two passages are not compared word by word."""
_WORD = re.compile(r"\w+")

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """A passage and its near-duplicates in other articles, as indexes into the ranked passages."""

    first: int
    others: tuple[int, ...]


def group_duplicates(
    passages: Sequence[StoredPassage], vectors: Vectors, top_k: int
) -> list[DuplicateGroup]:
    """Return the first `top_k` ranked passages, each with the near-duplicates ranked below it.

    `vectors` has shape (passages, dimension), rows of length 1. Passages of one article overlap by
    design and never count as duplicates; nor do passages that differ in a fact, such as a number.
    """
    similar = (vectors @ vectors.T >= _MIN_SIMILARITY).tolist()
    texts = [stored.passage.text for stored in passages]
    shingles = cache(lambda index: _shingles(texts[index]))

    def is_copy(first: int, index: int) -> bool:
        is_same_article = passages[first].article_id == passages[index].article_id
        return (
            not is_same_article
            and similar[first][index]
            and _containment(shingles(first), shingles(index)) >= _MIN_CONTAINMENT
            and not differ_in_facts(texts[first], texts[index])
        )

    groups: dict[int, list[int]] = {}
    for index in range(len(passages)):
        for first, others in groups.items():
            if is_copy(first, index):
                others.append(index)
                break
        else:
            if len(groups) < top_k:
                groups[index] = []
    return [DuplicateGroup(first, tuple(others)) for first, others in groups.items()]


def _shingles(text: str) -> frozenset[Shingle]:
    words = _WORD.findall(text.casefold())
    if len(words) < _SHINGLE_WORDS:
        return frozenset([tuple(words)])
    return frozenset(zip(*(words[start:] for start in range(_SHINGLE_WORDS)), strict=False))


def _containment(first: frozenset[Shingle], second: frozenset[Shingle]) -> float:
    return len(first & second) / min(len(first), len(second))
