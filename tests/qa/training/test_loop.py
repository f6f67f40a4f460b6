"""Training a tiny network: a few steps on made-up windows."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.shipped import FROZEN
from qa.reader.windows import Window
from qa.training.batches import Target
from qa.training.courses import passages_course
from qa.training.data import Kind
from qa.training.loop import Course, drop_units, logits, rate_factor, train
from qa.training.settings import Passages, Settings
from tests.qa.training.networks import tiny_network

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

Weights = dict[str, "torch.Tensor"]
SETTINGS = Settings(learning_rate=0.01, warmup=0.1, batch=2, average_every=4)
DATA = Passages(epochs=15, sibling=1.0)
"""Fifteen epochs of two steps; each example is in all of them."""


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]


def window(*passage: int) -> Window:
    """[CLS] question [SEP] passage [SEP]; the passage starts at token 4."""
    ids = np.array([1, 5, 6, 2, *passage, 2], dtype=np.int64)
    types = np.array([0] * 4 + [1] * (len(passage) + 1), dtype=np.int64)
    ends = np.arange(1, len(passage) + 1)
    return Window(0, ids, types, 4, np.stack([ends - 1, ends], axis=1))


EXAMPLES = [
    Target(window(10, 11, 12, 13), 4, 5, Kind.DEV),
    Target(window(20, 21, 22, 23, 24), 6, 8, Kind.DEV),
    Target(window(30, 31), 0, 0, Kind.SIBLING),
    Target(window(33, 34, 35), 5, 5, Kind.DEV),
]
WINDOWS = [example.window for example in EXAMPLES]


class Interrupted(Exception):
    pass


class Steps:
    """Runs trainings, counts their steps, and interrupts them after a number of steps."""

    def __init__(self, limit: int = 1000, checkpoint_every: int = 5) -> None:
        self.limit = limit
        self.done = 0
        self.weights: list[Weights] = []
        """Before each step."""
        self._checkpoint_every = checkpoint_every

    def run(
        self, checkpoint: Path, settings: Settings = SETTINGS, data: Passages = DATA,
        dropped: float = 0.0,
    ) -> Weights:  # fmt: skip
        """Train, and return the weights that are left."""
        network = tiny_network()
        drop_units(network, dropped)
        course = passages_course(EXAMPLES, settings, data)

        def loss(network: "BertForQuestionAnswering", batch: list[Target]) -> "torch.Tensor":
            if self.done == self.limit:
                raise Interrupted
            self.done += 1
            self.weights.append(weights(network))
            return course.loss(network, batch)

        train(network, Course(course.batches, loss), settings, checkpoint, self._checkpoint_every)
        return weights(network)


def weights(network: "BertForQuestionAnswering") -> Weights:
    return {name: one.detach().clone() for name, one in network.named_parameters()}


def saved(checkpoint: Path) -> dict[str, Any]:
    import torch

    state: dict[str, Any] = torch.load(checkpoint, weights_only=True)
    return state


def same(one: Weights, other: Weights) -> bool:
    import torch

    return all(torch.equal(value, other[name]) for name, value in one.items())


def loss(network: "BertForQuestionAnswering") -> float:
    import torch

    with torch.no_grad():
        return float(passages_course(EXAMPLES, SETTINGS, DATA).loss(network, EXAMPLES))


def test_only_the_passage_and_the_start_token_may_be_chosen() -> None:
    import torch

    network = tiny_network().eval()
    with torch.no_grad():
        starts, ends = logits(network, WINDOWS)
    # The longest window has ten tokens, padded to sixteen.
    assert starts.shape == ends.shape == (4, 16)
    for row, example in enumerate(EXAMPLES):
        choosable = {0, *range(4, 4 + len(example.window.offsets))}
        for found in (starts[row], ends[row]):
            assert {at for at in range(16) if found[at] > -1e4} == choosable


def test_a_window_has_the_same_logits_alone_and_next_to_longer_ones() -> None:
    import torch

    network = tiny_network().eval()
    longer = [*WINDOWS, window(*range(10, 35))]
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(5)  # so that what a token pays attention to makes a difference
        together, _ = logits(network, longer)
        assert together.shape == (5, 32)
        for row, one in enumerate(WINDOWS):
            alone, _ = logits(network, [one])
            # bfloat16, if the processor has it, keeps eight bits.
            torch.testing.assert_close(alone[0], together[row, :16], atol=0.02, rtol=0.02)


def test_a_few_examples_are_learnt_by_heart(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(SETTINGS, learning_rate=0.03, average_every=25)
    data = msgspec.structs.replace(DATA, epochs=40)
    network = tiny_network()
    # Untrained, each of about four tokens is as likely: log 4 ≈ 1.4.
    assert loss(network) > 1.0
    train(network, passages_course(EXAMPLES, settings, data), settings, tmp_path / "checkpoint")
    assert loss(network) < 0.2
    starts, ends = (found.argmax(1).tolist() for found in logits(network, WINDOWS))
    assert starts == [example.start for example in EXAMPLES]
    assert ends == [example.end for example in EXAMPLES]


def test_word_embeddings_are_not_trained(tmp_path: Path) -> None:
    before, after = weights(tiny_network()), Steps().run(tmp_path / "checkpoint")
    changed = {name for name, value in before.items() if not (value == after[name]).all()}
    assert FROZEN not in changed
    # A bias of the keys moves every score of a token alike, and so has no gradient.
    assert set(before) - changed <= {FROZEN, "bert.encoder.layer.0.attention.self.key.bias"}


@pytest.mark.parametrize("last", [0.0, 0.3])
def test_the_rate_rises_in_a_line_and_falls_in_another_to_the_last(last: float) -> None:
    factor = rate_factor(Settings(warmup=0.3, last_rate=last), 10)
    # Of ten steps three rise, by a third each; the fourth is the first of seven that fall.
    falling = [6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7, 0]
    if last:
        # By a tenth each, from 1 to 0.3.
        falling = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
    assert list(map(factor, range(11))) == pytest.approx([1 / 3, 2 / 3, 1, 1, *falling])


@given(st.integers(1, 400), st.floats(0, 0.9), st.floats(0, 1))
def test_for_any_number_of_steps_the_rate_peaks_once_and_is_never_zero_before_the_end(
    steps: int, warmup: float, last: float
) -> None:
    factor = rate_factor(Settings(warmup=warmup, last_rate=last), steps)
    rates = list(map(factor, range(steps)))
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert all(0 < rate <= 1 + 1e-9 for rate in rates)
    assert factor(steps) == pytest.approx(last)


def test_a_training_ends_with_the_last_rate(tmp_path: Path) -> None:
    Steps().run(tmp_path / "one.pt")
    (group,) = saved(tmp_path / "one.pt")["optimizer"]["param_groups"]
    assert group["lr"] == pytest.approx(SETTINGS.learning_rate * SETTINGS.last_rate)


@pytest.mark.parametrize(
    # The mean begins at the sixteenth step.
    ("interrupted", "left"),
    [(3, 30), (5, 25), (13, 20), (16, 15), (29, 5)],
)
@pytest.mark.parametrize("dropped", [0.0, 0.3])
def test_an_interrupted_training_resumes_and_ends_as_one_that_was_not(
    tmp_path: Path, interrupted: int, left: int, dropped: float
) -> None:
    complete = Steps()
    expected = complete.run(tmp_path / "complete.pt", dropped=dropped)
    assert complete.done == 30
    with pytest.raises(Interrupted):
        Steps(limit=interrupted).run(tmp_path / "resumed.pt", dropped=dropped)
    resumed = Steps()
    assert same(resumed.run(tmp_path / "resumed.pt", dropped=dropped), expected)
    # Steps after the last checkpoint, at every fifth step, are repeated.
    assert resumed.done == left
    one, two = (saved(tmp_path / f"{name}.pt") for name in ("resumed", "complete"))
    assert set(one) == {"step", "random", "network", "optimizer", "scheduler", "mean"}
    assert same(one["network"], two["network"])
    assert same(one["mean"], two["mean"])
    assert one["scheduler"] == two["scheduler"]
    for weight, state in one["optimizer"]["state"].items():
        assert same(state, two["optimizer"]["state"][weight])


@pytest.mark.parametrize(
    ("averaged", "taken"),
    [
        # The last twelve of thirty steps: every fourth one of them.
        (0.4, [18, 22, 26]),
        (1.0, [0, 4, 8, 12, 16, 20, 24, 28]),
        (0.1, [27]),
    ],
)
def test_a_training_leaves_the_mean_of_its_last_weights(
    tmp_path: Path, averaged: float, taken: Sequence[int]
) -> None:
    import torch

    settings = msgspec.structs.replace(SETTINGS, averaged=averaged)
    steps = Steps()
    for name, value in steps.run(tmp_path / "one.pt", settings).items():
        mean = torch.stack([steps.weights[step + 1][name] for step in taken]).mean(0)
        torch.testing.assert_close(value, mean, atol=1e-6, rtol=1e-5)
    # The checkpoint has the last weights themselves.
    assert not same(weights_in(tmp_path / "one.pt"), steps.weights[-1])


def test_without_averaging_a_training_leaves_its_last_weights(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(SETTINGS, averaged=0.0)
    assert same(Steps().run(tmp_path / "one.pt", settings), weights_in(tmp_path / "one.pt"))


def weights_in(checkpoint: Path) -> Weights:
    network: Weights = saved(checkpoint)["network"]
    return network


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    # Thirty is not a multiple of seven: the last step has a checkpoint of its own.
    first, again = Steps(checkpoint_every=7), Steps(checkpoint_every=7)
    left = first.run(tmp_path / "one.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["one.pt"]
    assert same(again.run(tmp_path / "one.pt"), left)
    assert again.done == 0


def test_another_order_of_the_examples_leads_to_other_weights(tmp_path: Path) -> None:
    other = msgspec.structs.replace(SETTINGS, order=2)
    one, two = (Steps().run(tmp_path / f"{i}", used) for i, used in enumerate((SETTINGS, other)))
    assert not same(one, two)
