"""Training a tiny network: a few steps on made-up windows."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from qa.reader.shipped import FROZEN
from qa.reader.windows import Window
from qa.training import loop, singles
from qa.training.batches import Target
from qa.training.data import Kind
from qa.training.dropout import drop_units
from qa.training.loop import Trainer, logits
from qa.training.settings import Settings
from qa.training.singles import course_of
from tests.qa.training.networks import tiny_network

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

Weights = dict[str, "torch.Tensor"]
SETTINGS = Settings(epochs=15, learning_rate=0.01, warmup=0.1, batch=2, sibling=1.0)
"""Fifteen epochs of two steps; each example takes part in all of them."""


pytestmark = pytest.mark.usefixtures("one_thread")


def window(*passage: int) -> Window:
    """[CLS] question [SEP] passage [SEP]; the passage begins at token 4."""
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
WINDOWS = [one.window for one in EXAMPLES]


def trained(checkpoint: Path, settings: Settings = SETTINGS) -> "BertForQuestionAnswering":
    made = tiny_network()
    Trainer.of(made, settings, checkpoint).train(course_of(EXAMPLES, settings))
    return made


def weights(made: "BertForQuestionAnswering") -> Weights:
    return {name: one.detach().clone() for name, one in made.named_parameters()}


def same(one: Weights, other: Weights) -> bool:
    import torch

    return all(torch.equal(value, other[name]) for name, value in one.items())


def loss(made: "BertForQuestionAnswering") -> float:
    import torch

    with torch.no_grad():
        return float(course_of(EXAMPLES, SETTINGS).loss(made, EXAMPLES))


def test_only_the_passage_and_the_start_token_may_be_chosen() -> None:
    import torch

    made = tiny_network().eval()
    with torch.no_grad():
        starts, ends = logits(made, WINDOWS)
    # The longest window has ten tokens, padded to sixteen.
    assert starts.shape == ends.shape == (4, 16)
    for row, one in enumerate(EXAMPLES):
        chosen = {0, *range(4, 4 + len(one.window.offsets))}
        for found in (starts[row], ends[row]):
            assert {at for at in range(16) if found[at] > -1e4} == chosen


def test_a_window_has_the_same_logits_alone_and_in_longer_company() -> None:
    import torch

    made = tiny_network().eval()
    company = [*WINDOWS, window(*range(10, 35))]
    with torch.no_grad():
        for weight in made.parameters():
            weight.mul_(5)  # so that what a token pays attention to makes a difference
        together, _ = logits(made, company)
        assert together.shape == (5, 32)
        for row, one in enumerate(WINDOWS):
            alone, _ = logits(made, [one])
            # bfloat16, where the processor has it, keeps eight bits.
            torch.testing.assert_close(alone[0], together[row, :16], atol=0.02, rtol=0.02)


def test_a_few_examples_are_learnt_by_heart(tmp_path: Path) -> None:
    before = tiny_network()
    longer = msgspec.structs.replace(SETTINGS, epochs=40, learning_rate=0.03)
    after = trained(tmp_path / "checkpoint", longer)
    # Unlearnt, each of about four tokens is as likely: log 4 ≈ 1.4.
    assert loss(before) > 1.0
    assert loss(after) < 0.2
    starts, ends = (found.argmax(1).tolist() for found in logits(after, WINDOWS))
    assert starts == [one.start for one in EXAMPLES]
    assert ends == [one.end for one in EXAMPLES]


def test_word_embeddings_stay_as_they_were(tmp_path: Path) -> None:
    before, after = weights(tiny_network()), weights(trained(tmp_path / "checkpoint"))
    changed = {name for name, value in before.items() if not (value == after[name]).all()}
    assert FROZEN not in changed
    # A bias of the keys moves every score of a token alike, and so has no gradient.
    assert set(before) - changed <= {FROZEN, "bert.encoder.layer.0.attention.self.key.bias"}


class BrokenOff(Exception):
    pass


@dataclass
class Steps:
    """Counts the steps of trainings, and breaks them off before one too many."""

    most: int = 1000
    done: int = 0
    weights: list[Weights] = field(default_factory=list)
    """After each step."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    counting, step = Steps(), Trainer._step

    def counted(trainer: Trainer, loss: "torch.Tensor") -> float:
        if counting.done == counting.most:
            raise BrokenOff
        counting.done += 1
        found = step(trainer, loss)
        counting.weights.append(weights(trainer.network))
        return found

    monkeypatch.setattr(Trainer, "_step", counted)
    monkeypatch.setattr(loop, "_CHECKPOINT_EVERY", 5)
    monkeypatch.setattr(singles, "_AVERAGED_EVERY", 4)
    return counting


@pytest.mark.parametrize(
    # The mean is begun at the thirteenth step.
    ("broken_off", "left"),
    [(3, 30), (5, 25), (13, 20), (16, 15), (29, 5)],
)
def test_a_training_broken_off_goes_on_and_ends_as_one_that_was_not(
    tmp_path: Path, steps: Steps, broken_off: int, left: int
) -> None:
    from safetensors.torch import load_file

    whole = weights(trained(tmp_path / "whole.safetensors"))
    assert steps.done == 30
    steps.most, steps.done = broken_off, 0
    with pytest.raises(BrokenOff):
        trained(tmp_path / "broken.safetensors")
    steps.most, steps.done = 1000, 0
    resumed = weights(trained(tmp_path / "broken.safetensors"))
    # What came after the last checkpoint, at each fifth step, is done again.
    assert steps.done == left
    assert same(resumed, whole)
    # So are the last weights, their moments and their mean.
    last, last_whole = (load_file(tmp_path / f"{one}.safetensors") for one in ("broken", "whole"))
    assert {name.split()[0] for name in last} == {
        "step", "chance", "average", "weight", "mean", "square",
    }  # fmt: skip
    assert set(last) == set(last_whole)
    assert same(last, last_whole)


@pytest.mark.parametrize(
    ("averaged", "taken"),
    [
        # Of thirty steps the last twelve: each fourth one of them.
        (0.4, [18, 22, 26]),
        (1.0, [0, 4, 8, 12, 16, 20, 24, 28]),
        (0.1, [27]),
        # Of none there is no mean.
        (0.0, [29]),
    ],
)
def test_a_training_leaves_the_mean_of_its_last_weights(
    tmp_path: Path, steps: Steps, averaged: float, taken: list[int]
) -> None:
    import torch

    settings = msgspec.structs.replace(SETTINGS, averaged=averaged)
    left = weights(trained(tmp_path / "one.safetensors", settings))
    for name, value in left.items():
        mean = torch.stack([steps.weights[step][name] for step in taken]).mean(0)
        torch.testing.assert_close(value, mean, atol=1e-6, rtol=1e-5)


def test_the_mean_by_hand(tmp_path: Path) -> None:
    import torch

    made = tiny_network()
    trainer = Trainer.of(made, SETTINGS, tmp_path / "unused")
    for count, value in enumerate((1.0, 3.0, 8.0), start=1):
        with torch.no_grad():
            made.qa_outputs.bias.fill_(value)
        trainer._average(count)
    assert trainer.mean["qa_outputs.bias"].tolist() == pytest.approx([4.0, 4.0])
    assert FROZEN not in trainer.mean
    # The weights themselves stay what they are.
    assert made.qa_outputs.bias.tolist() == [8.0, 8.0]


def test_a_training_that_drops_units_goes_on_with_the_same_chances(
    tmp_path: Path, steps: Steps
) -> None:
    import torch

    def dropping(name: str) -> Weights:
        torch.manual_seed(3)
        made = tiny_network()
        drop_units(made, 0.3)
        Trainer.of(made, SETTINGS, tmp_path / name).train(course_of(EXAMPLES, SETTINGS))
        return weights(made)

    whole = dropping("whole.safetensors")
    steps.most, steps.done = 13, 0
    with pytest.raises(BrokenOff):
        dropping("broken.safetensors")
    steps.most = 1000
    assert same(dropping("broken.safetensors"), whole)


def test_a_training_that_ended_is_not_done_again(
    tmp_path: Path, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Thirty steps are no multiple of it: the last one has a checkpoint of its own.
    monkeypatch.setattr(loop, "_CHECKPOINT_EVERY", 7)
    one = weights(trained(tmp_path / "one.safetensors"))
    assert [path.name for path in tmp_path.iterdir()] == ["one.safetensors"]
    steps.done = 0
    assert same(weights(trained(tmp_path / "one.safetensors")), one)
    assert steps.done == 0


def test_where_training_went_wrong_the_weights_differ(tmp_path: Path) -> None:
    other = msgspec.structs.replace(SETTINGS, order=2)
    one, two = (trained(tmp_path / f"{i}", used) for i, used in enumerate((SETTINGS, other)))
    assert not same(weights(one), weights(two))
