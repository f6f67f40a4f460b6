"""Near-duplicate passages: the same wire story in two files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.catalog import StoredPassage
from index.encoder import Vectors

_WORDS = 4
"""Words in a shingle."""
_CONTAINED = 0.6
"""Share of the shorter passage's shingles that stand in the other one too."""
_SIMILARITY = 0.4
"""Cosine under which two passages are not compared word by word."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Group:
    """A passage, and others in other articles that say the same; indexes into what was given."""

    first: int
    others: tuple[int, ...]


def group_duplicates(passages: Sequence[StoredPassage], vectors: Vectors) -> list[Group]:
    """Group ranked passages with the near-duplicates ranked below them.

    `vectors` has shape (passages, dimension), rows of length 1. Passages of one article overlap by
    design and are never duplicates of one another.
    """
    similarities = vectors @ vectors.T
    shingles = [_shingles(stored.passage.text) for stored in passages]
    groups: list[tuple[int, list[int]]] = []
    for index, stored in enumerate(passages):
        for first, others in groups:
            elsewhere = passages[first].article_id != stored.article_id
            alike = elsewhere and similarities[first, index] >= _SIMILARITY
            if alike and _containment(shingles[first], shingles[index]) >= _CONTAINED:
                others.append(index)
                break
        else:
            groups.append((index, []))
    return [Group(first, tuple(others)) for first, others in groups]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return frozenset(tuple(words[i : i + _WORDS]) for i in range(max(1, len(words) - _WORDS + 1)))


def _containment(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / min(len(one), len(other))
