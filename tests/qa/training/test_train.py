"""A recipe from end to end, with a tiny network and a few examples."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from index.articles.spans import Span
from qa.reader.shipped import FROZEN, RECORD_FILE, WEIGHTS_FILE
from qa.training import __main__ as command
from qa.training.batches import MAX_TOKENS
from qa.training.data import Example, Kind
from qa.training.settings import Groups, Passages, Settings, Stage, Training
from tests.qa.training.networks import tiny_network

if TYPE_CHECKING:
    import torch

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]

ONE = Settings(batch=1, learning_rate=0.01, averaged=0.0, order=5)
OTHER = msgspec.structs.replace(ONE, order=6)
EXAMPLES = [
    Example(f"Who signed paper {n}?", "The envoy signed it in Prague.", (Span(4, 9),), Kind.DEV)
    for n in range(3)
] + [
    Example(f"Who signed paper {n}?", f"Rain fell on day {day}.", (), Kind.NEAR_MISS)
    for n in range(3)
    for day in range(4)
]


@dataclass(frozen=True)
class Made:
    folder: Path

    def weights(self) -> "dict[str, torch.Tensor]":
        from safetensors.torch import load_file

        return {name: one.float() for name, one in load_file(self.folder / WEIGHTS_FILE).items()}

    def checkpoint(self, name: str) -> "dict[str, torch.Tensor]":
        import torch

        state = torch.load(self.folder / f"{name}.pt", weights_only=True)
        return {key: one for key, one in state["network"].items() if key != FROZEN}


def on_groups(name: str, share: float, settings: Settings = ONE) -> Training:
    return Training(name, share, settings, Groups(groups=3))


def train(folder: Path, *later: Stage) -> Made:
    single = Training("single", 1.0, Settings(batch=2, averaged=0.0), Passages(epochs=1.0))
    command.train(folder, folder, folder, [(single,), *later])
    return Made(folder)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "build_untrained", lambda: tiny_network(30522, MAX_TOKENS))
    monkeypatch.setattr(command, "mixture", lambda *_: EXAMPLES)


def largest_difference(one: "dict[str, torch.Tensor]", other: "dict[str, torch.Tensor]") -> float:
    return max(float((other[name] - weight).abs().max()) for name, weight in one.items())


def test_each_training_of_a_stage_starts_from_the_mean_before_it(tmp_path: Path) -> None:
    start = train(tmp_path / "start").weights()
    alone = train(tmp_path / "alone", (on_groups("a", 0.5),)).checkpoint("a")
    made = train(tmp_path / "both", (on_groups("a", 0.25), on_groups("b", 0.25, OTHER)))
    a, b = made.checkpoint("a"), made.checkpoint("b")
    assert largest_difference(a, alone) == 0
    assert largest_difference(a, b) > 0.001
    mean = {name: 0.5 * start[name] + 0.25 * a[name] + 0.25 * b[name] for name in a}
    # Weights are written in half precision.
    assert largest_difference(mean, made.weights()) < 0.001
    assert largest_difference(mean, start) > 0.01


def test_a_stage_starts_from_the_mean_of_the_stage_before_it(tmp_path: Path) -> None:
    first, second = (on_groups("a", 0.5),), (on_groups("b", 1.0, OTHER),)
    twice = train(tmp_path / "twice", first, second)
    between = train(tmp_path / "once", first).weights()
    still = msgspec.structs.replace(OTHER, learning_rate=0.0)
    same = train(tmp_path / "still", first, (on_groups("c", 1.0, still),)).weights()
    assert largest_difference(same, between) == 0
    assert largest_difference(twice.checkpoint("b"), between) > 0.01


def test_the_record_lists_the_trainings_of_each_stage(tmp_path: Path) -> None:
    made = train(tmp_path / "made", (on_groups("a", 0.5),))
    record = msgspec.json.decode((made.folder / RECORD_FILE).read_bytes())
    listed = [(one["round"], one["share"], one["order"]) for one in record["settings"]]
    assert listed == [(0, 1.0, 1), (1, 0.5, 5)]
    single, groups = record["settings"]
    assert (single["epochs"], single["near_miss"]) == (1.0, 0.1)
    assert (groups["groups"], groups["passages"]) == (3, 4)
