"""The articles that a scope selects, in the form in which a search is restricted to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

IdRanges = NDArray[np.int64]
"""Shape (ranges, 2): the first id of each range and the one after its last; they may overlap."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The articles in a scope; all if there are none in it."""

    articles: tuple[int, ...]
    """Ids."""
    passages: IdRanges
    """Ids of their passages."""
    undated: int = 0
    """Articles that are only left out because they have no date."""

    def __or__(self, other: "Selection") -> "Selection":
        articles = tuple(dict.fromkeys((*self.articles, *other.articles)))
        return Selection(articles, np.concatenate([self.passages, other.passages]))


def id_ranges(ranges: Iterable[range]) -> IdRanges:
    """Return ranges of ids as an array."""
    return id_array(((ids.start, ids.stop) for ids in ranges), 2)


def id_array(rows: Iterable[tuple[int, ...]], columns: int) -> NDArray[np.int64]:
    """Return rows of numbers as an array of shape (rows, columns)."""
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, columns)


ALL = Selection((), id_ranges(()))
"""The selection of all articles."""
