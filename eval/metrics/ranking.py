"""How well passages rank, by ir-measures over trec_eval.

What is relevant is a gold place, not a passage: of those that cover it the best ranked one counts,
and the others count as nothing, neither for nor against.
"""

from collections.abc import Sequence

import numpy as np

from eval.metrics.resampling import Floats, Measure
from eval.metrics.statistics import mean_of
from eval.outcomes import Found, Outcome

RANKINGS = ("keywords", "vectors", "fused")
RECALLED_AT = (1, 5, 10, 50)
_DEPTH = 10
RANKED = (*(f"recall@{k}" for k in RECALLED_AT), f"mrr@{_DEPTH}", f"ndcg@{_DEPTH}")
"""Names of the measures of each ranking."""


def ranking_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Give recall, MRR@10 and nDCG@10 of each ranking, over questions that have gold places."""
    return [
        Measure(f"{ranking}-{name}", mean_of(values))
        for ranking in RANKINGS
        for name, values in ranked(
            [getattr(one.rankings, ranking) for one in outcomes], [one.grades for one in outcomes]
        )
    ]


def ranked(
    found: Sequence[Sequence[Found]], grades: Sequence[Sequence[int]]
) -> list[tuple[str, Floats]]:
    """Give each measure by name, with its value for each question.

    `grades` are of all gold places of a question, found or not.
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = [*(R @ k for k in RECALLED_AT), RR @ _DEPTH, nDCG @ _DEPTH]
    relevant = {
        str(number): {f"place {place}": grade for place, grade in enumerate(places)}
        for number, places in enumerate(grades)
    }
    run = {str(number): _scores(places) for number, places in enumerate(found)}
    rows = {str(measure): np.zeros(len(found)) for measure in measures}
    for one in ir_measures.iter_calc(measures, relevant, run):
        rows[str(one.measure)][int(one.query_id)] = one.value
    return list(zip(RANKED, rows.values(), strict=True))


def _scores(found: Sequence[Found]) -> dict[str, float]:
    """Score the entries of a ranking down to the last of gold; the others only take their rank."""
    gold = {one.rank: f"place {one.place}" for one in found}
    return {
        gold.get(rank, f"other {rank}"): -float(rank) for rank in range(1, max(gold, default=1) + 1)
    }
