from pathlib import Path

import pytest

from eval.bench import freshness
from tests.fakes import fake_model


@pytest.mark.slow
def test_each_edit_is_found_in_the_next_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "find_model", lambda name: fake_model(name=name))
    monkeypatch.setattr(freshness, "_EDITS", 2)
    figures = freshness.bench_freshness(60, "fake", tmp_path)
    assert [figure.unit for figure in figures] == ["s", "s", "s"]
    assert all(figure.value > 0 for figure in figures)
