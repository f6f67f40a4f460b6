"""Fusion of scored rankings, on plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scored:
    """A ranking of ids by score."""

    scores: Mapping[int, float]
    """Of each id, best first."""
    missing: float
    """Score of an id that is not in it: at most the lowest."""
    weight: float


def weighted_sum(rankings: Sequence[Scored]) -> list[tuple[int, float]]:
    """Fuse rankings into one: an id's score is the weighted sum of its scores in them.

    Returns ids with their sums, best first; ids with equal sums keep the order in which they first
    appear in the rankings. Source: Bruch, Gai and Ingber, TOIS 2023 (convex combination).
    """
    ids = dict.fromkeys(id_ for ranking in rankings for id_ in ranking.scores)
    sums = {
        id_: sum(each.weight * each.scores.get(id_, each.missing) for each in rankings)
        for id_ in ids
    }
    return sorted(sums.items(), key=lambda pair: -pair[1])
