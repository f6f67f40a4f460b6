"""Training on passages by themselves: each against its own null, [CLS]."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.training.batches import Target, schedule
from qa.training.loop import Course, logits
from qa.training.settings import Settings

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

_AVERAGED_EVERY = 25
"""Steps between two sets of weights that go into the mean."""


def course_of(every: Sequence[Target], settings: Settings) -> Course[list[Target]]:
    """Give the course of a training on targets."""
    batches = list(schedule(every, settings))
    first = round((1 - settings.averaged) * len(batches))
    return Course(
        batches,
        _loss,
        lambda step: learning_rate(step, len(batches), settings),
        range(first, len(batches), _AVERAGED_EVERY),
    )


def learning_rate(step: int, steps: int, settings: Settings) -> float:
    """Give the rate of a step, from 0: it rises in a straight line, then falls in another."""
    rising = max(1, round(settings.warmup * steps))
    left = (steps - step) / max(1, steps - rising)
    falling = settings.last_rate + (1 - settings.last_rate) * left
    return settings.learning_rate * min((step + 1) / rising, falling)


def _loss(network: "BertForQuestionAnswering", batch: Sequence[Target]) -> "torch.Tensor":
    return own_loss(*logits(network, [one.window for one in batch]), batch)


def own_loss(
    starts: "torch.Tensor", ends: "torch.Tensor", batch: Sequence[Target]
) -> "torch.Tensor":
    """Cross-entropy of start and end over a passage's tokens and [CLS], the mean of the two."""
    import torch

    return (
        torch.nn.functional.cross_entropy(starts, torch.tensor([one.start for one in batch]))
        + torch.nn.functional.cross_entropy(ends, torch.tensor([one.end for one in batch]))
    ) / 2
