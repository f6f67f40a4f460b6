import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from index.articles.bundled import sample_texts
from index.models import cpu_tuning, passage_encoder
from index.models.cpu_tuning import (
    cpu_flags,
    described_processor,
    has_fast_bfloat16,
    pack_linear_layers,
    processor,
)
from index.models.passage_encoder import SentenceEncoder, encode_batch, load_model
from index.models.registry import find_model, go_offline

pytestmark = pytest.mark.slow

DTYPES = [torch.float32, torch.bfloat16]


def has_packed_layers(dtype: torch.dtype) -> bool:
    """Try oneDNN's own operators: not every build has them, nor every processor for bfloat16."""
    weight = torch.zeros(32, 48, dtype=dtype)
    try:
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, None)
        torch.ops.mkldnn._linear_pointwise(weight, packed, None, "gelu", [], "none")
    except (AttributeError, RuntimeError):
        return False
    return True


def network(dtype: torch.dtype) -> torch.nn.Sequential:
    torch.manual_seed(1)
    layers = (torch.nn.Linear(48, 32), torch.nn.GELU(), torch.nn.Linear(32, 16, bias=False))
    return torch.nn.Sequential(*layers).to(dtype).eval()


def intermediate(dtype: torch.dtype) -> torch.nn.Module:
    go_offline()
    from transformers import BertConfig
    from transformers.models.bert.modeling_bert import BertIntermediate

    torch.manual_seed(1)
    part: torch.nn.Module = BertIntermediate(BertConfig(hidden_size=48, intermediate_size=32))
    return part.to(dtype).eval()


def replaced(network: torch.nn.Module) -> list[bool]:
    """Whether the `forward` of each module is replaced."""
    return ["forward" in vars(module) for module in network.modules()]


@pytest.mark.parametrize("dtype", DTYPES)
def test_layers_are_packed_where_torch_can_on_this_processor(dtype: torch.dtype) -> None:
    layers, part = network(dtype), intermediate(dtype)
    pack_linear_layers(layers)
    pack_linear_layers(part)
    packs = has_packed_layers(dtype)
    assert replaced(layers) == [False, packs, False, packs]
    # The activation's module is replaced together with the layer in it.
    assert replaced(part) == [packs, False, False]


@pytest.mark.parametrize("make", [network, intermediate])
@pytest.mark.parametrize("dtype", DTYPES)
def test_packed_or_not_layers_compute_the_same(
    dtype: torch.dtype, make: Callable[[torch.dtype], torch.nn.Module]
) -> None:
    original, packed = make(dtype), make(dtype)
    inputs = torch.randn(3, 5, 48).to(dtype)
    pack_linear_layers(packed)
    with torch.inference_mode():
        torch.testing.assert_close(packed(inputs), original(inputs), rtol=0.02, atol=0.01)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_gelu_after_a_packed_layer_is_computed_with_it(dtype: torch.dtype) -> None:
    if not has_packed_layers(dtype):
        pytest.skip(f"torch's oneDNN has no {dtype} operators on this processor")
    packed = intermediate(dtype)
    pack_linear_layers(packed)
    assert replaced(packed) == [True, False, False]
    with torch.inference_mode():
        assert packed(torch.randn(3, 5, 48).to(dtype)).min() < -0.1  # a ReLU has no negatives


@pytest.mark.parametrize("flag", ["avx512_bf16", "amx_bf16", "bf16"])
@pytest.mark.parametrize("supported", [True, False])
def test_bfloat16_is_fast_where_the_processor_and_torch_have_it(
    monkeypatch: pytest.MonkeyPatch, flag: str, supported: bool
) -> None:
    operators = SimpleNamespace(_is_mkldnn_bf16_supported=lambda: supported)
    monkeypatch.setattr(torch, "ops", SimpleNamespace(mkldnn=operators))
    monkeypatch.setattr(cpu_tuning, "cpu_flags", lambda: {"avx2", flag})
    assert has_fast_bfloat16() == supported
    monkeypatch.setattr(cpu_tuning, "cpu_flags", lambda: {"avx2", "avx512f"})
    assert not has_fast_bfloat16()
    monkeypatch.setattr(cpu_tuning, "cpu_flags", set)
    assert not has_fast_bfloat16()


def test_bfloat16_is_not_fast_where_torch_is_built_without_onednn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "ops", SimpleNamespace(mkldnn=SimpleNamespace()))
    monkeypatch.setattr(cpu_tuning, "cpu_flags", lambda: {"avx512_bf16"})
    assert not has_fast_bfloat16()


def test_bfloat16_is_not_fast_where_onednn_is_limited_to_avx2() -> None:
    script = "from index.models.cpu_tuning import has_fast_bfloat16; print(has_fast_bfloat16())"
    limits = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **limits}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    if platform.machine() in {"x86_64", "AMD64"}:  # the limits mean nothing elsewhere
        assert ended.stdout == "False\n"


def test_without_proc_no_feature_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    before = processor()
    assert before == processor()
    monkeypatch.setattr(Path, "open", missing)
    assert cpu_flags() == set()
    assert len(processor()) == len(before) == 8
    assert described_processor().endswith(f" × {platform.machine()}: unknown features")


def test_a_processor_is_described_by_what_makes_networks_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    info = "processor\t: 0\nmodel name\t: AMD EPYC 7B13\nflags\t\t: fpu avx2 avx512_vnni sse2\n"
    monkeypatch.setattr("index.models.cpu_tuning._cpu_info", lambda: info)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert described_processor() == "2 × AMD EPYC 7B13: avx2, avx512_vnni"


def test_layers_are_left_alone_where_torch_has_no_such_operators(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch, "ops", SimpleNamespace(mkldnn=SimpleNamespace()))
    packed = network(torch.float32)
    pack_linear_layers(packed)
    assert not any(replaced(packed))


@pytest.mark.slow
def test_vectors_of_real_passages_are_those_of_the_model_in_float32() -> None:
    model, texts = find_model("all-MiniLM-L6-v2"), sample_texts(24)
    exact = load_model(model).encode(texts, show_progress_bar=False, normalize_embeddings=True)
    encoder = SentenceEncoder(model)
    assert encoder.precision == ("bfloat16" if has_fast_bfloat16() else "float32")
    vectors = encoder.encode(texts)
    minimum = 0.9998 if encoder.precision == "bfloat16" else 0.99999
    assert (vectors * exact).sum(axis=1).min() >= minimum
    np.testing.assert_array_equal(encoder.encode(texts), vectors)


@pytest.mark.slow
def test_a_model_that_changes_too_much_in_bfloat16_has_its_exact_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def rounded(loaded: Any) -> None:  # noqa: ANN401
        loaded.to(torch.bfloat16).to(torch.float32)

    model, texts = find_model("all-MiniLM-L6-v2"), sample_texts(2)
    monkeypatch.setattr(passage_encoder, "has_fast_bfloat16", lambda: True)
    monkeypatch.setattr(passage_encoder, "_to_bfloat16", rounded)
    monkeypatch.setattr(passage_encoder, "MIN_COSINE", 1.1)
    encoder = SentenceEncoder(model)
    assert encoder.precision == "float32"
    exact = encode_batch(load_model(model), texts, "")
    np.testing.assert_array_equal(encoder.encode(texts), exact)


def test_no_batch_is_padded_beyond_the_models_limit() -> None:
    seen: list[object] = []

    class Loaded:
        max_seq_length = 22

        def encode(self, texts: list[str], **options: object) -> np.ndarray:
            seen.append(options["processing_kwargs"])
            return np.ones((len(texts), 2), dtype=np.float32)

    encode_batch(Loaded(), ["a"], "")
    assert seen == [{"text": {"pad_to_multiple_of": 2}}]


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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's malloc is tuned")
def test_freed_memory_is_used_again_without_asking_the_system() -> None:
    def faults(how: str) -> int:
        run = [sys.executable, "-c", _FREED, how]
        return int(subprocess.run(run, capture_output=True, text=True, check=True).stdout)

    assert faults("kept") < faults("given back") / 2
