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


@pytest.fixture
def model(bert: Made, tmp_path: Path) -> Path:
    """A model of one's own to spoil."""
    return Path(shutil.copytree(bert.model, tmp_path / "model"))


def refusal(name: str | Path, tmp_path: Path) -> str:
    cache = tmp_path / "cache"
    with pytest.raises(ModelUnavailable) as refused:
        open_reader(str(name), cache, lambda _: None)
    assert not cache.exists() or list(cache.iterdir()) == []
    return refused.value.message


def test_a_model_that_was_not_trained_to_answer_is_refused(tmp_path: Path) -> None:
    save_bert(tmp_path / "model", "BertModel")
    told = refusal(tmp_path / "model", tmp_path)
    assert told.endswith("was not trained to answer questions: it has no qa_outputs.bias")


def test_a_model_with_code_of_its_own_is_refused(model: Path, tmp_path: Path) -> None:
    config = model / "config.json"
    config.write_text(config.read_text().replace("{", '{"auto_map": {"AutoModel": "x.Y"},', 1))
    assert "asks for code of its own (auto_map)" in refusal(model, tmp_path)


def test_a_model_without_safetensors_is_refused(model: Path, tmp_path: Path) -> None:
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    assert "has no weights in safetensors format" in refusal(model, tmp_path)


@pytest.mark.parametrize("name", ["a/b/c", "no such reader!", "-x", "x" * 100])
def test_a_name_that_is_no_folder_and_no_models_is_refused(name: str, tmp_path: Path) -> None:
    assert refusal(name, tmp_path) == f"{name!r} is neither a folder nor a model's name"


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
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
def test_a_model_whose_weights_are_cut_off_is_refused(
    model: Path, tmp_path: Path, kept: int
) -> None:
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    assert "could not be loaded: " in refusal(model, tmp_path)


Write = Callable[[Loaded, Window, Path], None]


@pytest.mark.parametrize("difference", [0.0101, 5.0, float("nan")])
def test_an_export_that_is_not_the_same_model_is_refused_and_not_kept(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, difference: float
) -> None:
    monkeypatch.setattr(export, "_write", copied(bert))
    monkeypatch.setattr(export, "_difference", lambda *_: difference)
    with pytest.raises(ModelUnavailable, match=f"a logit differs by {difference:.3f}"):
        open_reader(str(bert.model), tmp_path, print)
    assert list(tmp_path.iterdir()) == []


def copied(made: Made) -> Write:
    """Stands for the exporter where its work is not what is looked at."""

    def write(_loaded: Loaded, _window: Window, path: Path) -> None:
        onnx.save(onnx.load(made.folder / "reader.onnx"), path)

    return write


def test_the_difference_is_that_of_the_logit_farthest_off(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = sources._Foreign.load

    def other(source: sources._Foreign) -> Loaded:
        loaded = load(source)
        with torch.no_grad():
            # Of the two, the end's: every end logit is 0.25 more than in the export.
            loaded.network.qa_outputs.bias[1] += 0.25
        return loaded

    monkeypatch.setattr(export, "_write", copied(bert))
    monkeypatch.setattr(sources._Foreign, "load", other)
    with pytest.raises(ModelUnavailable, match=r"a logit differs by 0\.250"):
        open_reader(str(bert.model), tmp_path, print)


def failing(error: Exception) -> Write:
    def write(_loaded: Loaded, _window: Window, _path: Path) -> None:
        raise error

    return write


def test_an_export_that_fails_is_refused_with_its_reason(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = RuntimeError("\n  operator X \n is unknown " + "x" * 500)
    monkeypatch.setattr(export, "_write", failing(failure))
    told: list[str] = []
    with pytest.raises(
        ModelUnavailable, match="RuntimeError: operator X is unknown xxx"
    ) as refused:
        open_reader(str(bert.model), tmp_path, told.append)
    assert len(refused.value.message) < 300 + len(str(bert.model))
    assert told == ["preparing the reader, once"]
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_says_nothing_of_the_model(
    bert: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_write", failing(OSError(28, "No space left on device")))
    with pytest.raises(IndexUnwritable, match="No space left on device"):
        open_reader(str(bert.model), tmp_path, print)
    assert list(tmp_path.iterdir()) == []
