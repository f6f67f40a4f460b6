"""The mean of several trainings, which is better than each (Wortsman et al. 2022, model soups)."""

from typing import TYPE_CHECKING

from qa.training.loop import trainable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import BertForQuestionAnswering


def average(
    network: "BertForQuestionAnswering",
    trained: "Sequence[tuple[BertForQuestionAnswering, float]]",
) -> None:
    """Set a network's trainable weights to a mean of others', each by its share.

    Shares add up to 1. The others must have come from the same fresh outputs as one another.
    """
    import torch

    with torch.no_grad():
        for weight in trainable(network):
            weight.zero_()
        for other, share in trained:
            for total, weight in zip(trainable(network), trainable(other), strict=True):
                total.add_(weight, alpha=share)
