"""What training is set to; written into the model card with what it gave."""

from typing import Generic, TypeVar

import msgspec

from qa.training.data import Kind


class Settings(msgspec.Struct, frozen=True):
    """Settings of one training."""

    epochs: float = 3.0
    learning_rate: float = 2e-4
    warmup: float = 0.06
    """Share of the steps in which the rate rises; it falls in the rest."""
    last_rate: float = 0.25
    """What the rate falls to, as a share of the highest."""
    averaged: float = 0.5
    """Share of the steps, the last ones, the mean of whose weights is what the training gives."""
    dropped: float = 0.0
    """Share of the hidden units that are dropped."""
    weight_decay: float = 0.01
    batch: int = 32
    """Windows in a step, of like length."""
    seed: int = 1
    """Of the fresh outputs, and of what is dropped."""
    order: int = 1
    """Seed of the examples' order, and of which of them take part."""
    encyclopedic: float = 1.0
    """Of the epochs, the share that each example of this kind takes part in."""
    conversational: float = 0.5
    sentence: float = 0.25
    dev: float = 1.0
    perturbed: float = 0.3
    sibling: float = 0.2
    near_miss: float = 0.1

    def share(self, kind: Kind) -> float:
        """Give the share of the epochs that an example of a kind takes part in."""
        return float(getattr(self, kind.name.lower()))


class GroupSettings(msgspec.Struct, frozen=True):
    """Settings of one training on groups: questions, each with several passages."""

    groups: int = 7200
    passages: int = 4
    """Of a group, at most."""
    left_out: float = 0.35
    """Share of the groups that lack the passage to read."""
    batch: int = 8
    """Groups in a step, of like length."""
    learning_rate: float = 5e-5
    warmup: float = 0.06
    """Share of the steps in which the rate rises."""
    last_rate: float = 0.3
    """What the rate falls to, as a share of the highest."""
    averaged: float = 0.6
    """Share of the steps, the last ones, the mean of whose weights is what the training gives."""
    weight_decay: float = 0.01
    order: int = 5
    """Seed of which questions are chosen, of their passages, and of the groups' order."""


Of = TypeVar("Of", Settings, GroupSettings)


class Training(msgspec.Struct, Generic[Of], frozen=True):
    """A training whose weights go into a mean."""

    name: str
    """Of its checkpoint."""
    settings: Of
    share: float
    """In the mean, in [0, 1]."""


class Round(msgspec.Struct, frozen=True):
    """Trainings on groups that go on from one mean, and the mean of it and them."""

    trainings: tuple[Training[GroupSettings], ...]

    @property
    def untuned(self) -> float:
        """The share of the mean that they go on from: what theirs lack of 1."""
        return 1 - sum(training.share for training in self.trainings)


class Recipe(msgspec.Struct, frozen=True):
    """What is trained, and the means that are taken (Wortsman et al. 2022, model soups)."""

    singles: tuple[Training[Settings], ...]
    """From the same fresh outputs; their shares add up to 1."""
    rounds: tuple[Round, ...] = ()
    """One after another: the first from the mean of those."""


RECIPE = Recipe(
    singles=(
        Training("first", Settings(), 0.45),
        Training("second", Settings(epochs=1.5, order=2, sibling=0.3, near_miss=0.15), 0.3),
        Training("third", Settings(epochs=1.3, order=3, near_miss=0.2), 0.25),
    ),
    rounds=(
        Round(
            (
                Training("together", GroupSettings(), 0.25),
                Training("together again", GroupSettings(order=6), 0.25),
            )
        ),
    ),
)
"""What ships."""
