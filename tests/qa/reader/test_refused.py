import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
import torch

from index.errors import IndexUnwritable, ModelUnavailable
from qa.reader import export, sources
from qa.reader.export import open_reader
from qa.reader.sources import Loaded
from qa.reader.windows import Window
from tests.qa.reader.models import Made, save_bert

pytestmark = pytest.mark.slow


@pytest.fixture
def model(bert: Made, tmp_path: Path) -> Path:
    """A copy of a model that a test may damage."""
    return Path(shutil.copytree(bert.model, tmp_path / "model"))


def refusal(name: str | Path, tmp_path: Path) -> str:
    cache = tmp_path / "cache"
    with pytest.raises(ModelUnavailable) as raised:
        open_reader(str(name), cache, lambda _: None)
    assert not cache.exists() or list(cache.iterdir()) == []
    return raised.value.message


def test_a_model_that_was_not_trained_to_answer_is_refused(tmp_path: Path) -> None:
    save_bert(tmp_path / "model", "BertModel")
    assert "it has no qa_outputs.bias" in refusal(tmp_path / "model", tmp_path)


def test_a_model_with_custom_code_is_refused(model: Path, tmp_path: Path) -> None:
    config = model / "config.json"
    config.write_text(config.read_text().replace("{", '{"auto_map": {"AutoModel": "x.Y"},', 1))
    assert "custom code (auto_map)" in refusal(model, tmp_path)


def test_a_model_without_safetensors_is_refused(model: Path, tmp_path: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    assert "no weights in safetensors" in refusal(model, tmp_path)


@pytest.mark.parametrize("name", ["a/b/c", "no such reader!", "-x", "x" * 100])
def test_a_name_that_is_neither_a_folder_nor_a_model_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(name, tmp_path).startswith(f"{name!r} is neither a folder nor a ")


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    name = tmp_path / "nowhere"
    assert refusal(name, tmp_path) == f"no model folder at {name}"


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"model_type": "no such"}', b""])
def test_a_model_whose_configuration_cannot_be_read_is_refused(
    model: Path, tmp_path: Path, data: bytes
) -> None:
    (model / "config.json").write_bytes(data)
    assert "could not be loaded: " in refusal(model, tmp_path)


def test_a_model_whose_tokenizer_cannot_be_read_is_refused(model: Path, tmp_path: Path) -> None:
    (model / "tokenizer.json").write_bytes(b"{")
    assert "could not be loaded: " in refusal(model, tmp_path)


def test_a_model_without_a_tokenizer_is_refused(model: Path, tmp_path: Path) -> None:
    (model / "tokenizer.json").unlink()
    (model / "tokenizer_config.json").unlink()
    assert "tokenizer" in refusal(model, tmp_path)


@pytest.mark.parametrize("kept", [-100, 500, 4])
def test_a_model_with_truncated_weights_is_refused(model: Path, tmp_path: Path, kept: int) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    assert "could not be loaded: " in refusal(model, tmp_path)


Write = Callable[[Loaded, Window, Path], None]


@pytest.mark.parametrize("difference", [0.0101, 5.0, float("nan")])
def test_an_export_that_differs_from_the_model_is_refused_and_not_kept(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, difference: float
) -> None:
    monkeypatch.setattr(export, "_write_onnx", copying(bert))
    original = export._original_logits
    monkeypatch.setattr(export, "_original_logits", lambda *read: original(*read) + difference)
    with pytest.raises(ModelUnavailable, match=r"its results differ by (0\.01|5\.00|4\.99|nan)"):
        open_reader(str(bert.model), tmp_path, print)
    assert list(tmp_path.iterdir()) == []


def copying(made: Made) -> Write:
    """An exporter that copies a network made before."""

    def write(_loaded: Loaded, _window: Window, path: Path) -> None:
        onnx.save(onnx.load(made.folder / "reader.onnx"), path)

    return write


def test_the_greatest_difference_of_a_logit_counts(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = sources.TransformerSource.load

    def other(source: sources.TransformerSource, cache: Path) -> Loaded:
        loaded = load(source, cache)
        with torch.no_grad():
            # Of the two logits that of the end: it is 0.25 greater than in the export.
            loaded.network.qa_outputs.bias[1] += 0.25
        return loaded

    monkeypatch.setattr(export, "_write_onnx", copying(bert))
    monkeypatch.setattr(sources.TransformerSource, "load", other)
    with pytest.raises(ModelUnavailable, match=r"its results differ by 0\.250"):
        open_reader(str(bert.model), tmp_path, print)


def failing(error: Exception) -> Write:
    def write(_loaded: Loaded, _window: Window, _path: Path) -> None:
        raise error

    return write


def test_an_export_that_fails_is_refused_with_its_reason(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = RuntimeError("\n  operator X \n is unknown " + "x" * 500)
    monkeypatch.setattr(export, "_write_onnx", failing(failure))
    notices: list[str] = []
    with pytest.raises(ModelUnavailable, match="RuntimeError: operator X is unknown xxx") as raised:
        open_reader(str(bert.model), tmp_path, notices.append)
    assert len(raised.value.message) < 300 + len(str(bert.model))
    assert len(notices) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_of_its_own(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_write_onnx", failing(OSError(28, "No space left on device")))
    with pytest.raises(IndexUnwritable, match="No space left on device"):
        open_reader(str(bert.model), tmp_path, print)
    assert list(tmp_path.iterdir()) == []
