"""The changes between two runs, question by question."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from eval.metrics.resampling import Floats
from eval.outcomes import Cause, Outcome
from eval.runs.results import Results, results_of
from eval.runs.run_store import RunSettings
from index.errors import require

Setting = str | int | float | tuple[str, ...]
_PERMUTATIONS = 9_999
_MAX_SIGNS = 2_000_000
"""Signs in memory at a time."""
_SEED = 20_081


class Change(msgspec.Struct, frozen=True):
    """A question that got better or worse."""

    id: str
    question: str
    before: str
    """The reply; empty if it was refused."""
    after: str
    cause_before: Cause
    cause_after: Cause
    gain: float
    """Change in F1, or in being right if F1 does not count; negative if it got worse."""


class Difference(msgspec.Struct, frozen=True):
    """A figure in both runs, over the questions that both asked."""

    name: str
    before: float
    after: float


class PairedTest(msgspec.Struct, frozen=True):
    """A significance test of a figure, over the questions that both runs asked.

    Exact McNemar for figures that are 0 or 1 per question. For F1, a two-sided permutation test
    that swaps the runs of each question: all permutations if there are few, else 9,999 of them.
    """

    name: str
    before: float
    after: float
    better: int
    """Questions."""
    worse: int
    p: float


class SettingChange(msgspec.Struct, frozen=True):
    """A setting that differs between the runs."""

    name: str
    before: str
    after: str


class Comparison(msgspec.Struct, frozen=True):
    """Two runs of one set."""

    before: str
    """Name of the earlier run."""
    paired: int
    """Questions that both runs asked, with the same gold."""
    changes: tuple[Change, ...]
    """Worst first."""
    differences: tuple[Difference, ...]
    tests: tuple[PairedTest, ...]
    settings: tuple[SettingChange, ...] = ()


def compare(
    name: str,
    before: tuple[Sequence[Outcome], Results],
    after: tuple[Sequence[Outcome], Results],
    settings: tuple[SettingChange, ...] = (),
) -> Comparison:
    """Compare a run with the earlier run `name`, pairing questions by id.

    Questions whose gold or articles have changed in between are not compared.
    """
    earlier = {outcome.id: outcome for outcome in before[0]}
    pairs = [
        (earlier[outcome.id], outcome)
        for outcome in after[0]
        if outcome.id in earlier and _is_same(earlier[outcome.id], outcome)
    ]
    results = before[1], after[1]
    if not len(pairs) == len(before[0]) == len(after[0]):
        results = results_of([old for old, _ in pairs]), results_of([new for _, new in pairs])
    changes = [_change(old, new) for old, new in pairs if _score(old) != _score(new)]
    return Comparison(
        name,
        len(pairs),
        tuple(sorted(changes, key=lambda change: change.gain)),
        _differences(*results),
        _tests(pairs),
        settings,
    )


def _is_same(before: Outcome, after: Outcome) -> bool:
    return (before.gold, before.within) == (after.gold, after.within)


def changed_settings(before: RunSettings, after: RunSettings) -> tuple[SettingChange, ...]:
    """Return the settings that differ; for lists, only the items missing from the other one."""
    return tuple(
        SettingChange(name.replace("_", " "), *_values(getattr(before, name), getattr(after, name)))
        for name in before.__struct_fields__
        if getattr(before, name) != getattr(after, name)
    )


def _values(before: Setting, after: Setting) -> tuple[str, str]:
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _only_in(before, after), _only_in(after, before)
    return str(before), str(after)


def _only_in(items: Sequence[str], others: Sequence[str]) -> str:
    return ", ".join(item for item in items if item not in others)


def _change(before: Outcome, after: Outcome) -> Change:
    gain = _score(after) - _score(before)
    return Change(
        after.id, after.question, before.reply, after.reply, before.cause, after.cause, gain
    )


def _score(outcome: Outcome) -> float:
    return outcome.f1 if outcome.is_scored else float(outcome.cause is Cause.NONE)


def _differences(before: Results, after: Results) -> tuple[Difference, ...]:
    earlier = before.by_name
    return tuple(
        Difference(figure.name, earlier[figure.name].value, figure.value)
        for figure in after.figures
        if figure.name in earlier
    )


def _tests(pairs: Sequence[tuple[Outcome, Outcome]]) -> tuple[PairedTest, ...]:
    scored = [(before, after) for before, after in pairs if after.is_scored]
    with_gold = [(before, after) for before, after in pairs if after.gold]
    tests = (
        ("exact", scored, lambda outcome: outcome.exact, mcnemar_p),
        ("f1", scored, lambda outcome: outcome.f1, permutation_p),
        ("line", with_gold, lambda outcome: float(outcome.cites_gold_line), mcnemar_p),
    )
    return tuple(_test(name, some, value, p) for name, some, value, p in tests if some)


def _test(
    name: str,
    pairs: Sequence[tuple[Outcome, Outcome]],
    value: Callable[[Outcome], float],
    p: Callable[[Floats], float],
) -> PairedTest:
    before = np.array([value(old) for old, _ in pairs])
    after = np.array([value(new) for _, new in pairs])
    gains = after - before
    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    return PairedTest(name, float(before.mean()), float(after.mean()), better, worse, p(gains))


def mcnemar_p(gains: Floats) -> float:
    """Return the two-sided p-value of the exact McNemar test."""
    require("scipy", extra="eval")
    from scipy.stats import binomtest

    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    return float(binomtest(better, better + worse).pvalue) if better + worse else 1.0


def permutation_p(gains: Floats) -> float:
    """Return the two-sided p-value of the mean gain if the sign of each gain is random."""
    require("scipy", extra="eval")
    from scipy.stats import permutation_test

    changed = gains[gains != 0]
    if len(changed) < 2:
        return 1.0
    tested = permutation_test(
        (changed,),
        lambda sample, axis: np.mean(sample, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_PERMUTATIONS,
        batch=max(1, _MAX_SIGNS // len(changed)),
        rng=np.random.default_rng(_SEED),
    )
    return float(tested.pvalue)
