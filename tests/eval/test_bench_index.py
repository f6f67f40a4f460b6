import pytest

from eval import bench_index
from tests.fakes import FakeEncoder, fake_model
from tests.qa.fakes import QuickEncoder


class Usual:
    """What sentence-transformers loads."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def encode(self, texts: list[str], *, batch_size: int, show_progress_bar: bool) -> None:
        assert not show_progress_bar
        self.calls.append((len(texts), batch_size))


USUAL = Usual()


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> FakeEncoder:
    made = QuickEncoder()
    monkeypatch.setattr(bench_index, "find_model", lambda name: fake_model(name=name))
    monkeypatch.setattr(bench_index, "SentenceEncoder", lambda _: made)
    monkeypatch.setattr(bench_index, "load", lambda _: USUAL)
    return made


def test_the_bare_loop_and_the_build_encode_the_same_batches(encoder: FakeEncoder) -> None:
    told: list[str] = []
    result = bench_index.bench_index("fake", 60, told.append)
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
    # Warmed up, then all of them as the usual default has it.
    assert USUAL.calls == [(8, 8), (result.passages, 32)]
    assert result.usual > 0
