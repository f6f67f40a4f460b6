"""Dropout that costs nothing: one mask for all tokens of a window."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering


def drop_units(network: "BertForQuestionAnswering", share: float) -> None:
    """Drop this share of the hidden units of each window, wherever the network has dropout.

    A mask is drawn for a window and not for each of its tokens (Gal and Ghahramani 2016), for on a
    processor drawing one for each costs as much as the forward pass. Only while it trains.
    """
    import torch

    def dropped(
        module: torch.nn.Module, _: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        if not module.training:
            return output
        kept = torch.rand(len(output), 1, output.shape[-1]) >= share
        return output * (kept / (1 - share)).to(output.dtype)

    for name, module in network.named_modules():
        if share and name.endswith(("output.dropout", "embeddings.dropout")):
            module.register_forward_hook(dropped)
