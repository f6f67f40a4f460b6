from pathlib import Path

import msgspec
import pytest

from eval.bench import indexing as bench_index
from eval.bench.child import UsualJob
from tests.fakes import FakeEncoder, fake_model
from tests.qa.fakes import QuickEncoder

PYTHON = ("python",)


def usual(python: tuple[str, ...], job: UsualJob, _kind: type[float]) -> float:
    """Give as many passages a second as there are."""
    assert (python, job.model) == (PYTHON, "fake")
    return float(len(msgspec.json.decode(Path(job.texts).read_bytes(), type=list[str])))


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    made = QuickEncoder()
    monkeypatch.setattr(bench_index, "find_model", lambda name: fake_model(name=name))
    monkeypatch.setattr(bench_index, "SentenceEncoder", lambda _: made)
    monkeypatch.setattr(bench_index, "run_job", usual)
    return made


def test_the_bare_loop_and_the_build_encode_the_same_batches(encoder: FakeEncoder) -> None:
    told: list[str] = []
    result = bench_index.bench_index("fake", 60, PYTHON, told.append)
    assert result.passages >= 60
    batches = [tuple(batch) for batch in encoder.batches[1:]]
    each = len(batches) // 6
    assert each > 1
    rounds = [sorted(batches[i * each : (i + 1) * each]) for i in range(6)]
    assert all(one == rounds[0] for one in rounds)
    assert sum(len(batch) for batch in rounds[0]) == result.passages
    assert result.ratio == result.indexing / result.bare
    assert min(result.bare, result.indexing, result.whole) > 0
    assert told[0] == "loading the model"
    assert told[-2] == "round 3 of 3: indexing them"
    assert result.usual == result.passages
