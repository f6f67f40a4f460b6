from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.windows import Window
from qa.training.batches import Target
from qa.training.courses import schedule
from qa.training.data import Kind
from qa.training.settings import Passages, Settings

ALL_KINDS = {kind.name.lower(): 1.0 for kind in Kind}


def target(length: int, kind: Kind, number: int = 0) -> Target:
    """Return a target of some length, identified by its first token."""
    ids = np.full(length, number, dtype=np.int64)
    offsets = np.zeros((0, 2), dtype=np.int64)
    return Target(Window(0, ids, np.zeros_like(ids), length, offsets), 0, 0, kind)


def passages(**values: float) -> Passages:
    return Passages(**(ALL_KINDS | {"epochs": 1.0} | values))


def batches_of(
    targets: Sequence[Target], data: Passages | None = None, order: int = 1, batch: int = 4
) -> list[list[Target]]:
    return list(schedule(targets, Settings(order=order, batch=batch), data or passages()))


def numbers(batches: Sequence[Sequence[Target]]) -> list[list[int]]:
    return [[int(one.window.ids[0]) for one in batch] for batch in batches]


TARGETS = [target(20 + 7 * i % 60, list(Kind)[i % len(Kind)], i) for i in range(70)]


def test_every_example_is_seen_once_an_epoch() -> None:
    batches = batches_of(TARGETS)
    assert Counter(one for batch in numbers(batches) for one in batch) == Counter(range(70))
    assert sorted(map(len, batches)) == [2] + [4] * 17


@given(st.integers(0, 5), st.integers(1, 9), st.sampled_from([0.25, 1.0, 1.5, 2.0]))
def test_the_same_settings_make_the_same_schedule(order: int, batch: int, epochs: float) -> None:
    data = passages(epochs=epochs, sentence=0.5)
    one, two = (numbers(batches_of(TARGETS, data, order, batch)) for _ in range(2))
    assert one == two
    assert max(map(len, one)) <= batch


def test_another_order_and_another_epoch_make_another_order() -> None:
    one, other = (numbers(batches_of(TARGETS, order=order)) for order in (1, 2))
    assert one != other
    both = numbers(batches_of(TARGETS, passages(epochs=2)))
    assert both[:18] == one
    assert both[18:] != one
    assert Counter(number for batch in both for number in batch) == Counter([*range(70)] * 2)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_kind_with_share_zero_is_never_seen_and_the_others_always(kind: Kind) -> None:
    batches = batches_of(TARGETS, passages(**{kind.name.lower(): 0.0}))
    seen = Counter(one.kind for batch in batches for one in batch)
    assert seen == Counter({other: 10 for other in Kind if other is not kind})


def test_each_epoch_takes_another_part_of_a_kind_of_about_its_share() -> None:
    many = [target(30, Kind.SIBLING, i) for i in range(2000)]
    one, both = (
        [
            number
            for batch in numbers(batches_of(many, passages(sibling=0.3, epochs=epochs)))
            for number in batch
        ]
        for epochs in (1, 2)
    )
    # 600 expected; the standard deviation is √(2000 · 0.3 · 0.7) ≈ 20.
    assert 500 < len(one) < 700
    assert len(set(one)) == len(one)
    # Three in ten of the first epoch are in the second too.
    again = [number for number, count in Counter(both).items() if count == 2]
    assert 100 < len(again) < 260


@pytest.mark.parametrize(
    ("epochs", "steps"), [(0.0, 0), (0.5, 9), (1.0, 18), (1.25, 22), (2.5, 45), (0.01, 0)]
)
def test_a_part_of_an_epoch_is_that_part_of_its_batches(epochs: float, steps: int) -> None:
    # 70 examples make 18 batches of four; 4.5 of them are rounded to 4.
    assert len(batches_of(TARGETS, passages(epochs=epochs))) == steps


def test_a_batch_holds_windows_of_similar_length() -> None:
    spread = [target(10 + i, Kind.DEV, i) for i in range(300)]
    for batch in batches_of(spread, batch=10):
        lengths = [len(one.window.ids) for one in batch]
        # Ten neighbours of 300, with a jitter of 12 tokens.
        assert max(lengths) - min(lengths) <= 10 + 2 * 12


def test_no_examples_make_no_batches() -> None:
    assert batches_of([], passages(epochs=2)) == []


def test_every_kind_has_its_share_in_the_settings() -> None:
    data = passages(**{kind.name.lower(): i / 10 for i, kind in enumerate(Kind)})
    assert [data.share(kind) for kind in Kind] == [i / 10 for i in range(len(Kind))]
