"""What changed between two runs, question by question."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from eval.metrics.resampling import Figure, Floats
from eval.outcomes import Cause, Outcome
from eval.runs.results import Results, results_of
from eval.runs.run_store import RunSettings

Setting = str | int | float | tuple[str, ...]
_PERMUTATIONS = 9_999
_SEED = 20_081


class Change(msgspec.Struct, frozen=True):
    """A question that got better or worse."""

    id: str
    question: str
    before: str
    """The reply; empty where it was refused."""
    after: str
    cause_before: Cause
    cause_after: Cause
    gain: float
    """Of its F1, or of being right where F1 does not count; below zero where it got worse."""


class Difference(msgspec.Struct, frozen=True):
    """A figure in both runs, over the questions that both asked."""

    name: str
    before: float
    after: float


class PairedTest(msgspec.Struct, frozen=True):
    """Whether a figure differs by more than chance, over the questions that both runs asked.

    Exact McNemar where a question is right or not; for F1 a test that swaps the runs of a question
    at random, both sides: all ways where they are few, else 9,999 of them.
    """

    name: str
    before: float
    after: float
    better: int
    """Questions."""
    worse: int
    p: float
    """Of a difference at least as large, if the runs were alike."""


class SettingChange(msgspec.Struct, frozen=True):
    """A setting that is not the same in both runs."""

    name: str
    before: str
    after: str


class Comparison(msgspec.Struct, frozen=True):
    """Two runs of one set."""

    before: str
    """The name of the run compared with."""
    paired: int
    """Questions that both asked, with the same gold."""
    changes: tuple[Change, ...]
    """The most harmed first."""
    differences: tuple[Difference, ...]
    tests: tuple[PairedTest, ...]
    settings: tuple[SettingChange, ...] = ()


def compare(
    name: str,
    before: tuple[Sequence[Outcome], Results],
    after: tuple[Sequence[Outcome], Results],
    settings: tuple[SettingChange, ...] = (),
) -> Comparison:
    """Compare a run with an earlier one, by name; questions go together by their ids.

    One whose gold changed meanwhile is not compared.
    """
    earlier = {one.id: one for one in before[0]}
    pairs = [
        (earlier[one.id], one)
        for one in after[0]
        if one.id in earlier and earlier[one.id].gold == one.gold
    ]
    figures = before[1].figures, after[1].figures
    if not len(pairs) == len(before[0]) == len(after[0]):
        figures = (
            results_of([one for one, _ in pairs]).figures,
            results_of([other for _, other in pairs]).figures,
        )
    return Comparison(
        name,
        len(pairs),
        tuple(sorted((one for pair in pairs for one in _changes(*pair)), key=lambda one: one.gain)),
        _differences(*figures),
        _tests(pairs),
        settings,
    )


def changed_settings(before: RunSettings, after: RunSettings) -> tuple[SettingChange, ...]:
    """Tell which settings differ; of those that are lists, only what one of the two lacks."""
    return tuple(
        SettingChange(name.replace("_", " "), *_told(getattr(before, name), getattr(after, name)))
        for name in before.__struct_fields__
        if getattr(before, name) != getattr(after, name)
    )


def _told(before: Setting, after: Setting) -> tuple[str, str]:
    if isinstance(before, tuple) and isinstance(after, tuple):
        return _lacking(before, after), _lacking(after, before)
    return str(before), str(after)


def _lacking(some: Sequence[str], others: Sequence[str]) -> str:
    return ", ".join(one for one in some if one not in others)


def _changes(before: Outcome, after: Outcome) -> Sequence[Change]:
    gain = _worth(after) - _worth(before)
    if not gain:
        return ()
    return (
        Change(
            after.id, after.question, before.reply, after.reply, before.cause, after.cause, gain
        ),
    )


def _worth(outcome: Outcome) -> float:
    return outcome.f1 if outcome.is_scored else float(outcome.cause is Cause.NONE)


def _differences(before: Sequence[Figure], after: Sequence[Figure]) -> tuple[Difference, ...]:
    earlier = {one.name: one.value for one in before}
    return tuple(
        Difference(one.name, earlier[one.name], one.value) for one in after if one.name in earlier
    )


def _tests(pairs: Sequence[tuple[Outcome, Outcome]]) -> tuple[PairedTest, ...]:
    scored = [(before, after) for before, after in pairs if after.is_scored]
    placed = [(before, after) for before, after in pairs if after.gold]
    tests = (
        ("exact", scored, lambda one: one.exact, mcnemar),
        ("f1", scored, lambda one: one.f1, permuted),
        ("line", placed, _cites_gold_line, mcnemar),
    )
    return tuple(_test(name, about, value, p) for name, about, value, p in tests if about)


def _cites_gold_line(outcome: Outcome) -> float:
    return float(outcome.answered and outcome.given[0].is_line_right)


def _test(
    name: str,
    pairs: Sequence[tuple[Outcome, Outcome]],
    value: Callable[[Outcome], float],
    p: Callable[[Floats], float],
) -> PairedTest:
    before = np.array([value(one) for one, _ in pairs])
    after = np.array([value(one) for _, one in pairs])
    gains = after - before
    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    return PairedTest(name, float(before.mean()), float(after.mean()), better, worse, p(gains))


def mcnemar(gains: Floats) -> float:
    """Give the chance that so many more of the changes go one way, if each way is as likely."""
    from scipy.stats import binomtest

    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    return float(binomtest(better, better + worse).pvalue) if better + worse else 1.0


def permuted(gains: Floats) -> float:
    """Give the chance of a mean gain so far from zero, if the sign of each were chance."""
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
        batch=max(1, 2_000_000 // len(changed)),
        rng=np.random.default_rng(_SEED),
    )
    return float(tested.pvalue)
