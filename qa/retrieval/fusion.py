"""Rank fusion on plain lists."""

from collections.abc import Sequence


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]], weights: Sequence[float], constant: float
) -> list[tuple[int, float]]:
    """Fuse rankings of ids, best first, into one: each adds its weight / (constant + rank).

    Source: Cormack, Clarke and Büttcher, SIGIR 2009; the weights are an addition.

    Returns ids with their sums, best first; ids with equal sums keep the order in which they first
    appear in the rankings. Raises ValueError if the numbers of rankings and weights differ.
    """
    sums: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, item in enumerate(ranking, 1):
            sums[item] = sums.get(item, 0.0) + weight / (constant + rank)
    return sorted(sums.items(), key=lambda pair: -pair[1])
