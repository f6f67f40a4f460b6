"""Training on single passages: each is scored against its own null, [CLS]."""

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qa.training.batches import Target, bucket_by_length
from qa.training.loop import Course, logits
from qa.training.settings import Passages, Settings

if TYPE_CHECKING:
    import torch
    from transformers import BertForQuestionAnswering

_JITTER = 12
"""Tokens."""


def course_of(
    targets: Sequence[Target], settings: Settings, data: Passages
) -> Course[list[Target]]:
    """Return the batches and the loss of a training on single passages."""
    return Course(list(schedule(targets, settings, data)), _loss)


def schedule(
    targets: Sequence[Target], settings: Settings, data: Passages
) -> Iterator[list[Target]]:
    """Yield the batches of all epochs; the same ones for the same settings."""
    left = data.epochs
    epoch = 0
    while left > 0:
        chance = random.Random(1000 * settings.order + epoch)  # noqa: S311
        taken = [target for target in targets if chance.random() < data.share(target.kind)]
        batches = bucket_by_length(taken, _tokens, _JITTER, settings.batch, chance)
        yield from batches[: round(min(left, 1.0) * len(batches))]
        left -= 1
        epoch += 1


def _tokens(target: Target) -> int:
    return len(target.window.ids)


def _loss(network: "BertForQuestionAnswering", batch: Sequence[Target]) -> "torch.Tensor":
    return own_loss(*logits(network, [target.window for target in batch]), batch)


def own_loss(
    starts: "torch.Tensor", ends: "torch.Tensor", batch: Sequence[Target]
) -> "torch.Tensor":
    """Return the mean cross-entropy of start and end over a passage's tokens and [CLS]."""
    import torch

    first = torch.tensor([target.start for target in batch], device=starts.device)
    last = torch.tensor([target.end for target in batch], device=ends.device)
    cross_entropy = torch.nn.functional.cross_entropy
    return (cross_entropy(starts, first) + cross_entropy(ends, last)) / 2
