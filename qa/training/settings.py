"""Settings of the trainings; they are written into the record next to the weights."""

from dataclasses import dataclass

import msgspec

from qa.training.data import Kind


class Settings(msgspec.Struct, frozen=True):
    """How a training goes, whatever its data."""

    learning_rate: float = 2e-4
    """The highest; it rises to this in a straight line and falls in another."""
    warmup: float = 0.06
    """Share of the steps in which the rate rises."""
    last_rate: float = 0.25
    """Share of the highest rate that is left at the end."""
    averaged: float = 0.5
    """Share of the steps, the last ones, whose weights are averaged; 0 keeps the last weights."""
    average_every: int = 25
    """Steps between two sets of weights that are averaged."""
    weight_decay: float = 0.01
    dropped: float = 0.0
    """Share of the hidden units that are dropped."""
    batch: int = 32
    """Windows, or groups of them, in a step; they have similar lengths."""
    seed: int = 1
    """Seed of the fresh outputs and of dropout."""
    order: int = 1
    """Seed of which data is taken, and in which order."""


class Passages(msgspec.Struct, frozen=True):
    """Data of single passages. The share of a kind is taken in each epoch, at random."""

    epochs: float = 3.0
    encyclopedic: float = 1.0
    conversational: float = 0.5
    sentence: float = 0.25
    dev: float = 1.0
    perturbed: float = 0.3
    sibling: float = 0.2
    near_miss: float = 0.1

    def share(self, kind: Kind) -> float:
        """Return the share of a kind's examples that an epoch takes, in [0, 1]."""
        return float(getattr(self, kind.name.lower()))


class Groups(msgspec.Struct, frozen=True):
    """Data of groups: questions, each with several passages; one epoch."""

    groups: int = 7200
    passages: int = 4
    """Limit of a group."""
    left_out: float = 0.35
    """Share of the groups without the passage that answers."""


@dataclass(frozen=True, slots=True)
class Training:
    """A training and its part in the mean of its stage."""

    name: str
    """Of its checkpoint."""
    share: float
    """In the mean, in [0, 1]."""
    settings: Settings
    data: Passages | Groups


Stage = tuple[Training, ...]
"""Trainings from the mean of the stage before, which keeps in their mean what they lack of 1.

Those of the first stage start from the same fresh outputs, and their shares add up to 1."""

_TOGETHER = Settings(
    learning_rate=5e-5, last_rate=0.3, averaged=0.6, average_every=10, batch=8, order=5
)

RECIPE: tuple[Stage, ...] = (
    (
        Training("first", 0.45, Settings(), Passages()),
        Training(
            "second", 0.3, Settings(order=2), Passages(epochs=1.5, sibling=0.3, near_miss=0.15)
        ),
        Training("third", 0.25, Settings(order=3), Passages(epochs=1.3, near_miss=0.2)),
    ),
    (
        Training("together", 0.25, _TOGETHER, Groups()),
        Training("together again", 0.25, msgspec.structs.replace(_TOGETHER, order=6), Groups()),
    ),
)
"""What trains the bundled reader."""
