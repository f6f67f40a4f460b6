"""Rank fusion on plain lists."""

from collections.abc import Sequence


def reciprocal_rank_fusion(
    rankings: Sequence[Sequence[int]],
    weights: Sequence[float],
    constant: float,
) -> list[tuple[int, float]]:
    """Fuse rankings of ids, best first, into one: each adds its weight / (constant + rank).

    Source: Cormack, Clarke and Büttcher, SIGIR 2009; the weights are an addition.

    Gives ids with their sums, best first; ids of equal sum in the order of the first ranking that
    has them. Raises ValueError where a ranking has no weight.
    """
    sums: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, item in enumerate(ranking, 1):
            sums[item] = sums.get(item, 0.0) + weight / (constant + rank)
    return sorted(sums.items(), key=lambda pair: -pair[1])
