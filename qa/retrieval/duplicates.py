"""Near-duplicate passages: the same wire story in two files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.models.passage_encoder import Vectors
from index.storage.catalog import StoredPassage

_WORDS = 4
"""Words in a shingle."""
_CONTAINED = 0.6
"""Share of the shorter passage's shingles that stand in the other one too."""
_SIMILARITY = 0.4
"""Cosine under which two passages are not compared word by word."""
_WORD = re.compile(r"\w+")

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A passage, and others in other articles that say the same; indexes into what was given."""

    first: int
    others: tuple[int, ...]


def group_duplicates(
    passages: Sequence[StoredPassage], vectors: Vectors, top_k: int
) -> list[Group]:
    """Group ranked passages with the near-duplicates ranked below them; the first groups.

    `vectors` has shape (passages, dimension), rows of length 1. Passages of one article overlap by
    design and are never duplicates of one another.
    """
    alike = (vectors @ vectors.T >= _SIMILARITY).tolist()
    shingles = cache(lambda index: _shingles(passages[index].passage.text))
    groups: dict[int, list[int]] = {}
    for index, stored in enumerate(passages):
        for first, others in groups.items():
            elsewhere = passages[first].article_id != stored.article_id
            compared = elsewhere and alike[first][index]
            if compared and _containment(shingles(first), shingles(index)) >= _CONTAINED:
                others.append(index)
                break
        else:
            if len(groups) < top_k:
                groups[index] = []
    return [Group(first, tuple(others)) for first, others in groups.items()]


def _shingles(text: str) -> frozenset[Shingle]:
    words = _WORD.findall(text.casefold())
    if len(words) < _WORDS:
        return frozenset([tuple(words)])
    return frozenset(zip(*(words[start:] for start in range(_WORDS)), strict=False))


def _containment(one: frozenset[Shingle], other: frozenset[Shingle]) -> float:
    return len(one & other) / min(len(one), len(other))
