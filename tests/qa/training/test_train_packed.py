"""Training a tiny network: a few steps on made-up windows."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.training import train_packed
from qa.training.train_packed import (
    Batch,
    Packed,
    Settings,
    add_adapters,
    batches,
    logits,
    loss_of,
    rate_factor,
    shared_loss,
    start_from,
    train,
    write_trained,
)
from tests.qa.training.networks import FROZEN, tiny_network

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

Weights = dict[str, "torch.Tensor"]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]

SETTINGS = Settings(epochs=15, learning_rate=0.01, warmup=0.1, batch=32, average_every=4)
"""Fifteen epochs of two steps."""


def packed(*windows: tuple[int, tuple[int, ...], tuple[int, int]]) -> Packed:
    """Return windows of [CLS] question [SEP] passage [SEP]; the passage starts at token 4.

    Each is given by its question's number, its passage, and the tokens of its answer.
    """
    ids = [np.array([1, 5, 6, 2, *passage, 2], dtype=np.uint16) for _, passage, _ in windows]
    fours = np.full(len(windows), 4)
    return Packed(
        np.concatenate(ids),
        np.cumsum([len(each) for each in ids]),
        fours,
        fours,
        np.array([target for _, _, target in windows]),
        np.array([number for number, _, _ in windows]),
    )


EXAMPLES = packed(
    (0, (10, 11, 12, 13), (4, 5)),
    (0, (30, 31), (0, 0)),
    (1, (20, 21, 22, 23, 24), (6, 8)),
    (1, (33, 34, 35), (5, 5)),
)
ALL: Batch = [[0, 1], [2, 3]]


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

    def run(self, checkpoint: Path, settings: Settings = SETTINGS) -> Weights:
        """Train, and return the weights that are left."""
        network = tiny_network()

        def counted(
            network: "PreTrainedModel", packed: Packed, batch: Batch, *, bfloat16: bool
        ) -> "torch.Tensor":
            if self.done == self.limit:
                raise Interrupted
            self.done += 1
            self.weights.append(weights(network))
            return loss_of(network, packed, batch, bfloat16=bfloat16)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(train_packed, "loss_of", counted)
            train(network, EXAMPLES, settings, checkpoint, self._checkpoint_every)
        return weights(network)


def weights(network: "PreTrainedModel") -> Weights:
    return {name: one.detach().clone() for name, one in network.named_parameters()}


def saved(checkpoint: Path) -> dict[str, Any]:
    import torch

    state: dict[str, Any] = torch.load(checkpoint, weights_only=True)
    return state


def same(one: Weights, other: Weights) -> bool:
    import torch

    return all(torch.equal(value, other[name]) for name, value in one.items())


def loss(network: "PreTrainedModel") -> float:
    return float(loss_of(network, EXAMPLES, ALL, bfloat16=False).detach())


def test_packed_examples_are_read_as_written(tmp_path: Path) -> None:
    EXAMPLES.save(tmp_path / "packed")
    again = Packed.load(tmp_path / "packed")
    for name, array in vars(EXAMPLES).items():
        assert (getattr(again, name) == array).all(), name
    assert again.window(1).tolist() == [1, 5, 6, 2, 30, 31, 2]


def test_every_question_is_seen_once_an_epoch_with_its_passages_together() -> None:
    two = batches(EXAMPLES, replace(SETTINGS, epochs=2))
    # Padded to 16 tokens, a batch of 32 holds two windows.
    assert len(two) == 4
    for epoch in (two[:2], two[2:]):
        assert sorted(group for batch in epoch for group in batch) == ALL
        assert [sum(map(len, batch)) for batch in epoch] == [2, 2]


def test_a_part_of_an_epoch_is_that_part_of_its_batches() -> None:
    assert len(batches(EXAMPLES, replace(SETTINGS, epochs=0.5))) == 1
    assert len(batches(EXAMPLES, replace(SETTINGS, epochs=1.5))) == 3


def test_the_same_settings_make_the_same_batches_and_another_seed_others() -> None:
    many = packed(*[(number, (10, 11), (0, 0)) for number in range(50)])
    one, again, other = (batches(many, replace(SETTINGS, seed=seed)) for seed in (1, 1, 2))
    assert one == again != other


@given(st.lists(st.integers(1, 40), min_size=1, max_size=20), st.integers(16, 200))
def test_no_batch_is_over_the_limit_unless_one_question_is(lengths: list[int], limit: int) -> None:
    some = packed(*[(number, (9,) * length, (0, 0)) for number, length in enumerate(lengths)])
    for batch in batches(some, replace(SETTINGS, epochs=1, batch=limit)):
        width = max(-(-(lengths[number] + 5) // 16) * 16 for (number,) in batch)
        assert len(batch) == 1 or width * len(batch) <= limit


def test_only_the_passage_and_the_start_token_may_be_chosen() -> None:
    import torch

    network = tiny_network().eval()
    with torch.no_grad():
        starts, ends = logits(network, EXAMPLES, range(4), bfloat16=False)
    # The longest window has ten tokens, padded to sixteen.
    assert starts.shape == ends.shape == (4, 16)
    for row, passage in enumerate((4, 2, 5, 3)):
        choosable = {0, *range(4, 4 + passage)}
        for found in (starts[row], ends[row]):
            assert {at for at in range(16) if found[at] > -1e4} == choosable


def test_a_window_has_the_same_logits_alone_and_next_to_longer_ones() -> None:
    import torch

    network = tiny_network().eval()
    longer = packed((0, (10, 11, 12), (0, 0)), (1, tuple(range(10, 35)), (0, 0)))
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(5)  # so that what a token pays attention to makes a difference
        together, _ = logits(network, longer, [0, 1], bfloat16=False)
        alone, _ = logits(network, longer, [0], bfloat16=False)
    assert together.shape == (2, 32)
    torch.testing.assert_close(alone[0], together[0, :16], atol=1e-4, rtol=1e-4)


def test_all_tokens_of_the_passages_of_a_question_compete_with_one_null() -> None:
    import torch

    # Two passages of [CLS] and two tokens. Above their own [CLS] the starts score 1, 0 and 3, -1,
    # the ends 0, 0 and 2, 0. The answer is the second passage's first token.
    starts = torch.tensor([[0.0, 1.0, 0.0], [2.0, 5.0, 1.0]])
    ends = torch.tensor([[1.0, 1.0, 1.0], [-1.0, 1.0, -1.0]])
    by_start = math.log(1 + math.e + 1 + math.e**3 + math.e**-1) - 3
    by_end = math.log(1 + 1 + 1 + math.e**2 + 1) - 2
    found = shared_loss(starts, ends, np.array([[0, 0], [1, 1]]), [2])
    assert float(found) == pytest.approx((by_start + by_end) / 2)


def test_the_null_is_right_if_no_passage_answers() -> None:
    import torch

    scores = torch.tensor([[1.0, 2.0], [0.0, 0.0]])
    # The null's 0 against 1 and 0, of starts as of ends.
    expected = math.log(1 + math.e + 1)
    found = shared_loss(scores, scores, np.zeros((2, 2), dtype=np.int64), [2])
    assert float(found) == pytest.approx(expected)


def test_an_answer_in_two_passages_may_be_chosen_in_either() -> None:
    import torch

    scores = torch.tensor([[0.0, 2.0], [0.0, 2.0]])
    expected = math.log(1 + 2 * math.e**2) - math.log(2 * math.e**2)
    found = shared_loss(scores, scores, np.ones((2, 2), dtype=np.int64), [2])
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_questions_of_a_batch_do_not_compete() -> None:
    import torch

    starts = torch.tensor([[0.0, 1.0], [0.0, 7.0], [0.0, -2.0]])
    targets = np.array([[1, 1], [1, 1], [0, 0]])
    alone = [
        shared_loss(starts[rows], starts[rows], targets[rows], [len(rows)])
        for rows in ([0], [1, 2])
    ]
    together = shared_loss(starts, starts, targets, [1, 2])
    assert float(together) == pytest.approx(float(sum(alone)) / 2)


def test_a_few_examples_are_learnt_by_heart(tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=60, learning_rate=0.03, average_every=25)
    network = tiny_network()
    # Untrained, each of about four tokens is as likely: log 4 ≈ 1.4.
    assert loss(network) > 1.0
    train(network, EXAMPLES, settings, tmp_path / "checkpoint")
    assert loss(network) < 0.2
    found = logits(network, EXAMPLES, range(4), bfloat16=False)
    assert [each.argmax(1).tolist() for each in found] == EXAMPLES.targets.T.tolist()


def test_word_embeddings_are_not_trained(tmp_path: Path) -> None:
    before, after = weights(tiny_network()), Steps().run(tmp_path / "checkpoint")
    changed = {name for name, value in before.items() if not (value == after[name]).all()}
    assert FROZEN not in changed
    # A bias of the keys moves every score of a token alike, and so has no gradient.
    assert set(before) - changed <= {FROZEN, "bert.encoder.layer.0.attention.self.key.bias"}


def test_adapters_alone_are_trained_and_start_without_effect(tmp_path: Path) -> None:
    plain, network = tiny_network(), tiny_network()
    add_adapters(network, rank=2)
    assert loss(network) == loss(plain)
    before = weights(network)
    train(network, EXAMPLES, SETTINGS, tmp_path / "checkpoint")
    after = weights(network)
    changed = {name for name, value in before.items() if not (value == after[name]).all()}
    adapters = {name for name in before if name.endswith((".up", ".down"))}
    # Of one layer: query, key, value, output, and the two of the feed-forward network.
    assert len(adapters) == 12
    outputs = {"qa_outputs.weight", "qa_outputs.bias"}
    assert changed <= adapters | outputs
    assert outputs < changed
    write_trained(network, tmp_path / "trained")
    from safetensors.torch import load_file

    assert set(load_file(tmp_path / "trained")) == adapters | outputs


def test_what_was_not_trained_is_written_as_it_was_before(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    write_trained(tiny_network(), tmp_path / "before")
    network = tiny_network()
    start_from(network, tmp_path / "before")
    network.requires_grad_(requires_grad=False)
    with torch.no_grad():
        network.qa_outputs.bias.requires_grad_().fill_(3.0)
        network.qa_outputs.weight.fill_(3.0)
    write_trained(network, tmp_path / "after", tmp_path / "before")
    before, after = load_file(tmp_path / "before"), load_file(tmp_path / "after")
    assert set(before) == set(after)
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert changed == {"qa_outputs.bias"}


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    adapted = tiny_network()
    add_adapters(adapted, rank=2)
    write_trained(adapted, tmp_path / "adapted")
    with pytest.raises(ValueError, match=r"another network: it has .*\.down"):
        start_from(tiny_network(), tmp_path / "adapted")


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


@pytest.mark.parametrize(
    # The mean begins at the sixteenth step.
    ("interrupted", "left"),
    [(3, 30), (13, 20), (16, 15), (29, 5)],
)
def test_an_interrupted_training_resumes_and_ends_as_one_that_was_not(
    tmp_path: Path, interrupted: int, left: int
) -> None:
    complete = Steps()
    expected = complete.run(tmp_path / "complete.pt")
    assert complete.done == 30
    with pytest.raises(Interrupted):
        Steps(limit=interrupted).run(tmp_path / "resumed.pt")
    resumed = Steps()
    assert same(resumed.run(tmp_path / "resumed.pt"), expected)
    # Steps after the last checkpoint, at every fifth step, are repeated.
    assert resumed.done == left
    one, two = (saved(tmp_path / f"{name}.pt") for name in ("resumed", "complete"))
    assert set(one) == {"step", "random", "network", "optimizer", "scheduler", "mean"}
    assert same(one["network"], two["network"])
    assert same(one["mean"], two["mean"])
    assert one["scheduler"] == two["scheduler"]
    for weight, state in one["optimizer"]["state"].items():
        assert same(state, two["optimizer"]["state"][weight])
    (group,) = one["optimizer"]["param_groups"]
    assert group["lr"] == pytest.approx(SETTINGS.learning_rate * SETTINGS.last_rate)


@pytest.mark.parametrize(
    ("averaged", "taken"),
    [
        # The last twelve of thirty steps: every fourth one of them.
        (0.4, [18, 22, 26]),
        (0.1, [27]),
    ],
)
def test_a_training_leaves_the_mean_of_its_last_weights(
    tmp_path: Path, averaged: float, taken: Sequence[int]
) -> None:
    import torch

    steps = Steps()
    left = steps.run(tmp_path / "one.pt", replace(SETTINGS, averaged=averaged))
    for name, value in left.items():
        mean = torch.stack([steps.weights[step + 1][name] for step in taken]).mean(0)
        torch.testing.assert_close(value, mean, atol=1e-6, rtol=1e-5)
    # The checkpoint has the last weights themselves.
    assert not same(saved(tmp_path / "one.pt")["network"], left)


def test_without_averaging_a_training_leaves_its_last_weights(tmp_path: Path) -> None:
    left = Steps().run(tmp_path / "one.pt", replace(SETTINGS, averaged=0.0))
    assert same(left, saved(tmp_path / "one.pt")["network"])


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    # Thirty is not a multiple of seven: the last step has a checkpoint of its own.
    first, again = Steps(checkpoint_every=7), Steps(checkpoint_every=7)
    left = first.run(tmp_path / "one.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["one.pt"]
    assert same(again.run(tmp_path / "one.pt"), left)
    assert again.done == 0
