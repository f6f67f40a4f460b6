"""What training is set to; written into the model card with what it gave."""

import msgspec

from qa.reader.train.data import Kind


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


class Training(msgspec.Struct, frozen=True):
    """One of the trainings whose weighted mean ships."""

    name: str
    """Of its checkpoint."""
    settings: Settings
    share: float
    """In the mean, in [0, 1]; those of a recipe add up to 1."""


RECIPE = (
    Training("first", Settings(), 0.45),
    Training("second", Settings(epochs=1.5, order=2, sibling=0.3, near_miss=0.15), 0.3),
    Training("third", Settings(epochs=1.3, order=3, near_miss=0.2), 0.25),
)
"""What ships: the mean of three trainings from the same fresh outputs (Wortsman et al. 2022)."""
