"""The mean of several trainings, better than each of them (Wortsman et al. 2022, model soups)."""

from typing import TYPE_CHECKING

from qa.training.loop import trainable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import BertForQuestionAnswering


def average(
    network: "BertForQuestionAnswering", trained: "Sequence[tuple[BertForQuestionAnswering, float]]"
) -> "BertForQuestionAnswering":
    """Set a network's trainable weights to the mean of others, weighted by share; return it.

    Shares add up to 1. The others must have been trained from the same fresh outputs.
    """
    import torch

    with torch.no_grad():
        for weight in trainable(network):
            weight.zero_()
        for other, share in trained:
            for total, weight in zip(trainable(network), trainable(other), strict=True):
                total.add_(weight, alpha=share)
    return network
