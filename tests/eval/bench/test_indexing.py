from pathlib import Path

import msgspec
import pytest

from eval.bench import indexing as bench_index
from eval.bench.child import BaselineJob
from tests.fakes import FakeEncoder, fake_model
from tests.qa.fakes import QuickEncoder

PYTHON = ("python",)


def baseline(python: tuple[str, ...], job: BaselineJob, _kind: type[float]) -> float:
    """Return as many passages per second as there are."""
    assert (python, job.model) == (PYTHON, "fake")
    return float(len(msgspec.json.decode(Path(job.texts).read_bytes(), type=list[str])))


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    encoder = QuickEncoder()
    monkeypatch.setattr(bench_index, "find_model", lambda name: fake_model(name=name))
    monkeypatch.setattr(bench_index, "SentenceEncoder", lambda _: encoder)
    monkeypatch.setattr(bench_index, "run_job", baseline)
    return encoder


def test_the_bare_loop_and_the_build_encode_the_same_batches(encoder: FakeEncoder) -> None:
    messages: list[str] = []
    result = bench_index.bench_index("fake", 60, PYTHON, messages.append)
    assert result.passages >= 60
    batches = [tuple(batch) for batch in encoder.batches[1:]]
    each = len(batches) // 6
    assert each > 1
    rounds = [sorted(batches[i * each : (i + 1) * each]) for i in range(6)]
    assert all(one == rounds[0] for one in rounds)
    assert sum(len(batch) for batch in rounds[0]) == result.passages
    assert result.ratio == result.indexing / result.bare
    assert min(result.bare, result.indexing, result.build) > 0
    assert sum("round 3 of 3" in message for message in messages) == 2
    assert result.baseline == result.passages
