"""Dropout that costs nothing: one mask for all tokens of a window."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering


def drop_units(network: "BertForQuestionAnswering", share: float) -> None:
    """Drop this share of each window's hidden units at every dropout, while training.

    A mask is drawn per window, not per token (Gal and Ghahramani 2016): on a CPU a mask per token
    costs as much as the forward pass.
    """
    import torch

    def dropped(
        module: torch.nn.Module, _: tuple[torch.Tensor, ...], output: torch.Tensor
    ) -> torch.Tensor:
        if not module.training:
            return output
        kept = torch.rand(len(output), 1, output.shape[-1], device=output.device) >= share
        return output * (kept / (1 - share)).to(output.dtype)

    if not share:
        return
    for name, module in network.named_modules():
        if name.endswith(("output.dropout", "embeddings.dropout")):
            module.register_forward_hook(dropped)
