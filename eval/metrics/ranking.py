"""Ranking quality of passages, computed by ir-measures (trec_eval).

The relevant unit is a gold reference, not a passage: of the passages that cover it, the best
ranked one counts, and the others count neither for nor against.
"""

from collections.abc import Sequence

import numpy as np

from eval.metrics.resampling import Floats, Measure
from eval.metrics.statistics import mean_of
from eval.outcomes import GoldRank, Outcome
from index.errors import require

RANKINGS = ("keywords", "vectors", "fused")
RECALL_CUTOFFS = (1, 5, 10, 50)
_DEPTH = 10
RANKED = (*(f"recall@{k}" for k in RECALL_CUTOFFS), f"mrr@{_DEPTH}", f"ndcg@{_DEPTH}")
"""Names of the measures of each ranking."""


def ranking_measures(outcomes: Sequence[Outcome]) -> list[Measure]:
    """Return recall, MRR@10 and nDCG@10 of each ranking, for questions that have gold."""
    return [
        Measure(f"{ranking}-{name}", mean_of(values))
        for ranking in RANKINGS
        for name, values in ranked(
            [getattr(outcome.rankings, ranking) for outcome in outcomes],
            [outcome.grades for outcome in outcomes],
        )
    ]


def ranked(
    ranks: Sequence[Sequence[GoldRank]], grades: Sequence[Sequence[int]]
) -> list[tuple[str, Floats]]:
    """Return each measure by name, with its value for each question.

    `grades` holds the grades of all gold references of each question, found or not.
    """
    require("ir_measures", extra="eval")
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = [*(R @ k for k in RECALL_CUTOFFS), RR @ _DEPTH, nDCG @ _DEPTH]
    relevant = {
        str(number): {f"gold {index}": grade for index, grade in enumerate(of_question)}
        for number, of_question in enumerate(grades)
    }
    run = {str(number): _scores(of_question) for number, of_question in enumerate(ranks)}
    rows = {str(measure): np.zeros(len(ranks)) for measure in measures}
    for metric in ir_measures.iter_calc(measures, relevant, run):
        rows[str(metric.measure)][int(metric.query_id)] = metric.value
    return list(zip(RANKED, rows.values(), strict=True))


def _scores(ranks: Sequence[GoldRank]) -> dict[str, float]:
    """Score the entries of a ranking down to the last gold one; others only occupy their rank."""
    gold = {found.rank: f"gold {found.gold}" for found in ranks}
    return {
        gold.get(rank, f"other {rank}"): -float(rank) for rank in range(1, max(gold, default=1) + 1)
    }
