import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from index.articles.bundled import sample_texts
from index.models.cpu_tuning import pack_linear_layers, unpack_linear_layers
from index.models.passage_encoder import SentenceEncoder, encode_with, load
from index.models.registry import find_model, go_offline


def network() -> torch.nn.Sequential:
    torch.manual_seed(1)
    layers = (torch.nn.Linear(48, 32), torch.nn.GELU(), torch.nn.Linear(32, 16, bias=False))
    return torch.nn.Sequential(*layers).to(torch.bfloat16).eval()


def test_packed_layers_give_what_layers_give() -> None:
    given, packed = network(), network()
    inputs = torch.randn(3, 5, 48).to(torch.bfloat16)
    pack_linear_layers(packed)
    with torch.inference_mode():
        torch.testing.assert_close(packed(inputs), given(inputs), rtol=0.02, atol=0.01)
        unpack_linear_layers(packed)
        assert torch.equal(packed(inputs), given(inputs))


def intermediate() -> torch.nn.Module:
    go_offline()
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertIntermediate

    torch.manual_seed(1)
    made: torch.nn.Module = BertIntermediate(BertConfig(hidden_size=48, intermediate_size=32))
    return made.to(torch.bfloat16).eval()


def test_a_gelu_after_a_packed_layer_is_worked_out_with_it() -> None:
    given, packed = intermediate(), intermediate()
    inputs = torch.randn(3, 5, 48).to(torch.bfloat16)
    pack_linear_layers(packed)
    assert ["forward" in vars(part) for part in packed.modules()] == [True, False, False]
    with torch.inference_mode():
        torch.testing.assert_close(packed(inputs), given(inputs), rtol=0.02, atol=0.01)
        assert packed(inputs).min() < -0.1  # no ReLU
        unpack_linear_layers(packed)
        assert torch.equal(packed(inputs), given(inputs))


def test_layers_stay_where_torch_has_no_such_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "ops", SimpleNamespace(mkldnn=SimpleNamespace()))
    packed = network()
    pack_linear_layers(packed)
    assert not any("forward" in vars(layer) for layer in packed.modules())


def test_real_passages_have_the_vectors_of_the_model_in_float32() -> None:
    model, texts = find_model("all-MiniLM-L6-v2"), sample_texts(24)
    exact = load(model).encode(texts, show_progress_bar=False, normalize_embeddings=True)
    encoder = SentenceEncoder(model)
    vectors = encoder.encode(texts)
    least = 0.9998 if encoder.precision == "bfloat16" else 0.99999
    assert (vectors * exact).sum(axis=1).min() >= least
    np.testing.assert_array_equal(encoder.encode(texts), vectors)


def test_no_batch_is_padded_past_what_a_model_sees() -> None:
    asked: list[object] = []

    class Loaded:
        max_seq_length = 22

        def encode(self, texts: list[str], **options: object) -> np.ndarray:
            asked.append(options["processing_kwargs"])
            return np.ones((len(texts), 2), dtype=np.float32)

    encode_with(Loaded(), ["a"], "")
    assert asked == [{"text": {"pad_to_multiple_of": 2}}]


_FREED = """
import ctypes, resource, sys
from index.models.cpu_tuning import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
for _ in range(20):
    block = libc.malloc(64 << 20)
    ctypes.memset(block, 1, 64 << 20)
    libc.free(block)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc")
def test_freed_memory_is_used_again_without_asking_for_it_anew() -> None:
    def faults(how: str) -> int:
        run = [sys.executable, "-c", _FREED, how]
        return int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)

    assert faults("kept") < faults("given back") / 2
