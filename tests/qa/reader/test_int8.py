from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.models import tuning
from index.models.tuning import BLOCKS, COLUMNS, FLOAT32
from qa.reader import export, sources
from qa.reader.export import open_reader
from qa.reader.extractive import ExtractiveReader
from qa.reader.sources import Loaded
from qa.reader.windows import windows
from tests.qa.reader.models import Made

pytestmark = pytest.mark.slow


def allow(difference: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every reader as one that reads as well in int8 with this difference of a logit."""
    load = sources.TransformerSource.load

    def loaded(source: sources.TransformerSource, cache: Path) -> Loaded:
        return replace(load(source, cache), max_int8_difference=difference)

    monkeypatch.setattr(sources.TransformerSource, "load", loaded)


@pytest.fixture(params=[BLOCKS, COLUMNS])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Either way of computing in int8, whatever this processor is best at."""
    prefer(str(request.param), monkeypatch)
    return str(request.param)


def prefer(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have one way of computing a network be the fastest."""

    def times(sessions: dict[str, object], _run: object) -> dict[str, float]:
        return {name: 1.0 if name == way else 2.0 for name in sessions}

    monkeypatch.setattr(tuning, "_times", times)
    monkeypatch.setattr(tuning, "_product_time", lambda *_: 1.0)


def max_difference(bert: Made, other: ExtractiveReader) -> float:
    """The greatest difference of a logit from the float32 export."""
    texts = ["the treaty of prague , signed in a said . " * 3, "prague"]
    every = windows(bert.reader.tokenizer, "who signed ?", texts, bert.reader.card.max_tokens)
    pairs = zip(bert.reader.logits(every), other.logits(every), strict=True)
    return max(float(np.abs(np.array(mine) - np.array(theirs)).max()) for mine, theirs in pairs)


def test_a_reader_that_loses_little_is_kept_in_int8(
    bert: Made, either_way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Random weights lose more in int8 than trained ones.
    allow(100.0, monkeypatch)
    reader = open_reader(str(bert.model), tmp_path, lambda _: None)
    chosen, *others = reader.card.trials
    assert chosen.way == either_way
    assert {trial.way for trial in others} == {FLOAT32, BLOCKS, COLUMNS} - {either_way}
    assert chosen.loss is not None
    assert 0 < chosen.loss < 100
    assert 0 < max_difference(bert, reader) < 100
    (folder,) = tmp_path.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        *("card.json", "reader.onnx", "reader.weights", "tokenizer.json")
    ]
    assert list(reader.card.files) == ["reader.onnx", "reader.weights", "tokenizer.json"]


def test_in_int8_the_result_for_a_passage_does_not_depend_on_the_others(
    bert: Made, either_way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(100.0, monkeypatch)
    reader = open_reader(str(bert.model), tmp_path, lambda _: None)
    texts = ["prague", "the treaty of prague", "a said .", "signed in prague"]
    every = windows(reader.tokenizer, "who signed ?", texts, reader.card.max_tokens)
    for window, together in zip(every, reader.logits(every), strict=True):
        (alone,) = reader.logits([window])
        np.testing.assert_array_equal(alone, together)


def test_a_reader_that_loses_much_in_int8_stays_in_float32(
    bert: Made, either_way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(0.0, monkeypatch)
    reader = open_reader(str(bert.model), tmp_path, lambda _: None)
    assert [(trial.way, trial.milliseconds is None) for trial in reader.card.trials] == [
        (FLOAT32, False), (BLOCKS, True), (COLUMNS, True)
    ]  # fmt: skip
    assert max_difference(bert, reader) < 1e-3
    (folder,) = tmp_path.iterdir()
    assert sorted(path.name for path in folder.iterdir()) == [
        *("card.json", "reader.onnx", "reader.weights", "tokenizer.json")
    ]
    assert export.reader_faults(sources.find_reader(str(bert.model)), tmp_path) == []


def test_a_reader_prepared_on_another_kind_of_processor_is_prepared_again(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sources.find_reader(str(bert.model))
    monkeypatch.setattr(export, "processor", lambda: "one")
    open_reader(str(bert.model), tmp_path, lambda _: None)
    assert export.is_prepared(source, tmp_path)
    monkeypatch.setattr(export, "processor", lambda: "another")
    assert not export.is_prepared(source, tmp_path)
