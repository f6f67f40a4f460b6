from typing import TYPE_CHECKING

import pytest
import torch

from index.models.cpu_attention import _attend, use_matmul_attention
from index.models.registry import go_offline

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from transformers import PreTrainedModel

IDS = torch.tensor([[1, 5, 6, 7, 2], [1, 8, 2, 0, 0], [1, 9, 10, 2, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0]])


def make_network(kind: str) -> "PreTrainedModel":
    """A small network with random weights, the same each time."""
    go_offline()
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(2)
    config = AutoConfig.for_model(
        kind, vocab_size=30, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=32, max_position_embeddings=20, pad_token_id=0,
    )  # fmt: skip
    network: PreTrainedModel = AutoModel.from_config(config, attn_implementation="sdpa").eval()
    with torch.no_grad():  # large, so that attention makes a difference
        for weight in network.parameters():
            weight.mul_(8 if weight.dim() > 1 else 1)
    return network


def token_vectors(network: "PreTrainedModel") -> torch.Tensor:
    """The vectors of all tokens but padding; shape (tokens, dimension)."""
    with torch.inference_mode():
        output: torch.Tensor = network(input_ids=IDS, attention_mask=MASK).last_hidden_state
    return output[MASK == 1]


@pytest.mark.parametrize("kind", ["bert", "roberta", "xlm-roberta"])
def test_matmul_attention_equals_that_of_torch(kind: str) -> None:
    original, changed = make_network(kind), make_network(kind)
    use_matmul_attention(changed)
    assert changed.config._attn_implementation == "matmul"
    torch.testing.assert_close(
        token_vectors(changed), token_vectors(original), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("at_once", [96, 4, 1])
@pytest.mark.parametrize("size", [1.0, 60.0, -60.0])
def test_scores_of_any_size_get_the_weights_of_softmax(
    monkeypatch: pytest.MonkeyPatch, size: float, at_once: int
) -> None:
    monkeypatch.setattr("index.models.cpu_attention._HEADS_AT_ONCE", at_once)
    torch.manual_seed(3)
    query, key, value = (torch.randn(2, 3, 5, 8) for _ in range(3))
    key[:, :, :, 0] = query[:, :, :, 0] = 1.0
    query[:, :, :, 0] *= size * 8**0.5 * 2  # scores of about ±120, beyond the range of exp
    mask = torch.zeros(2, 1, 5, 5)
    mask[1, :, :, 3:] = torch.finfo(torch.float32).min
    attended, _ = _attend(torch.nn.Identity(), query, key, value, mask, 8**-0.5)
    scores = query @ key.transpose(2, 3) * 8**-0.5 + mask
    expected = (torch.softmax(scores, -1) @ value).transpose(1, 2)
    torch.testing.assert_close(attended, expected, rtol=1e-4, atol=1e-4)


def test_padding_is_not_attended_to() -> None:
    network = make_network("bert")
    use_matmul_attention(network)
    with torch.inference_mode():
        alone = network(input_ids=IDS[1:2, :3], attention_mask=MASK[1:2, :3]).last_hidden_state[0]
        padded = network(input_ids=IDS, attention_mask=MASK).last_hidden_state[1, :3]
        seen = network(input_ids=IDS, attention_mask=torch.ones_like(MASK)).last_hidden_state[1, :3]
    torch.testing.assert_close(padded, alone, rtol=1e-4, atol=1e-4)
    assert (seen - alone).abs().max() > 0.1


def test_networks_with_another_kind_of_attention_are_left_alone() -> None:
    network = make_network("electra")
    use_matmul_attention(network)
    assert network.config._attn_implementation == "sdpa"
