"""A tiny network to train."""

from typing import TYPE_CHECKING

from index.models.registry import go_offline

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

FROZEN = "bert.embeddings.word_embeddings.weight"


def tiny_network(words: int = 40, tokens: int = 32) -> "BertForQuestionAnswering":
    """Return a network of the shipped kind with random weights, the same each time."""
    go_offline()
    import torch
    from transformers import BertConfig, BertForQuestionAnswering

    torch.manual_seed(3)
    network = BertForQuestionAnswering(
        BertConfig(
            vocab_size=words, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=tokens, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0, attn_implementation="eager",
        )
    )  # fmt: skip
    network.get_parameter(FROZEN).requires_grad_(False)
    return network
