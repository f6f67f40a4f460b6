from typing import TYPE_CHECKING

import pytest
import torch

from index.models.cpu_attention import _attend, use_matmul_attention, use_torch_attention
from index.models.registry import go_offline

if TYPE_CHECKING:
    from transformers import PreTrainedModel

IDS = torch.tensor([[1, 5, 6, 7, 2], [1, 8, 2, 0, 0], [1, 9, 10, 2, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0]])


def network(kind: str) -> "PreTrainedModel":
    """Make a small network of random weights, the same ones each time."""
    go_offline()
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(2)
    config = AutoConfig.for_model(
        kind, vocab_size=30, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=32, max_position_embeddings=20, pad_token_id=0,
    )  # fmt: skip
    made: PreTrainedModel = AutoModel.from_config(config, attn_implementation="sdpa").eval()
    with torch.no_grad():  # far apart, so that it matters what is attended to
        for weight in made.parameters():
            weight.mul_(8 if weight.dim() > 1 else 1)
    return made


def read(made: "PreTrainedModel") -> torch.Tensor:
    """Give the vectors of real tokens; shape (tokens, dimension)."""
    with torch.inference_mode():
        output: torch.Tensor = made(input_ids=IDS, attention_mask=MASK).last_hidden_state
    return output[MASK == 1]


@pytest.mark.parametrize("kind", ["bert", "roberta", "xlm-roberta"])
def test_attention_by_products_is_that_of_torch(kind: str) -> None:
    given, changed = network(kind), network(kind)
    use_matmul_attention(changed)
    assert changed.config._attn_implementation == "by_products"
    torch.testing.assert_close(read(changed), read(given), rtol=1e-4, atol=1e-4)
    use_torch_attention(changed)
    assert torch.equal(read(changed), read(given))


@pytest.mark.parametrize("at_once", [96, 4, 1])
@pytest.mark.parametrize("size", [1.0, 60.0, -60.0])
def test_scores_of_any_size_are_weighed_as_softmax_does(
    monkeypatch: pytest.MonkeyPatch, size: float, at_once: int
) -> None:
    monkeypatch.setattr("index.models.cpu_attention._AT_ONCE", at_once)
    torch.manual_seed(3)
    query, key, value = (torch.randn(2, 3, 5, 8) for _ in range(3))
    key[:, :, :, 0] = query[:, :, :, 0] = 1.0
    query[:, :, :, 0] *= size * 8**0.5 * 2  # scores of some 120 either way: over what exp takes
    mask = torch.zeros(2, 1, 5, 5)
    mask[1, :, :, 3:] = torch.finfo(torch.float32).min
    found, _ = _attend(torch.nn.Identity(), query, key, value, mask, 8**-0.5)
    scores = query @ key.transpose(2, 3) * 8**-0.5 + mask
    expected = (torch.softmax(scores, -1) @ value).transpose(1, 2)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_what_is_padding_is_not_attended_to() -> None:
    made = network("bert")
    use_matmul_attention(made)
    with torch.inference_mode():
        alone = made(input_ids=IDS[1:2, :3], attention_mask=MASK[1:2, :3]).last_hidden_state[0]
        padded = made(input_ids=IDS, attention_mask=MASK).last_hidden_state[1, :3]
        seen = made(input_ids=IDS, attention_mask=torch.ones_like(MASK)).last_hidden_state[1, :3]
    torch.testing.assert_close(padded, alone, rtol=1e-4, atol=1e-4)
    assert (seen - alone).abs().max() > 0.1


def test_networks_whose_attention_may_be_of_another_kind_stay() -> None:
    made = network("electra")
    use_matmul_attention(made)
    use_torch_attention(made)
    assert made.config._attn_implementation == "sdpa"
