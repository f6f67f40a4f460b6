from collections.abc import Callable
from pathlib import Path

import pytest

from eval.bench import indexing as bench_index
from tests.fakes import FakeEncoder, fake_model

PYTHON = ("python",)


def baseline(
    python: tuple[str, ...], job: Callable[..., float], model: str, texts: list[str]
) -> float:
    """Return as many passages per second as there are."""
    assert (python, job, model) == (PYTHON, bench_index.baseline_rate, "fake")
    return float(len(texts))


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    encoder = FakeEncoder()
    monkeypatch.setattr(bench_index, "find_model", lambda name: fake_model(name=name))
    monkeypatch.setattr(bench_index, "TunedEncoder", lambda *_: encoder)
    monkeypatch.setattr(bench_index, "run_job", baseline)
    return encoder


def test_the_bare_loop_and_the_build_encode_the_same_batches(encoder: FakeEncoder) -> None:
    messages: list[str] = []
    figures = bench_index.bench_index("fake", 60, Path("models"), PYTHON, messages.append)
    indexing, to_baseline, build = figures
    assert indexing.limit is not None
    assert to_baseline.limit is not None
    assert to_baseline.limit >= 60
    batches = [tuple(batch) for batch in encoder.batches[1:]]
    each = len(batches) // 6
    assert each > 1
    rounds = [sorted(batches[i * each : (i + 1) * each]) for i in range(6)]
    assert all(one == rounds[0] for one in rounds)
    assert sum(len(batch) for batch in rounds[0]) == to_baseline.limit
    assert indexing.ratio == indexing.value / indexing.limit
    assert min(indexing.limit, indexing.value, build.value) > 0
    assert sum("round 3 of 3" in message for message in messages) == 2
