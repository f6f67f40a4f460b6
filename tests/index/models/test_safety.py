import json
from pathlib import Path

import pytest

from index.errors import ModelUnavailable
from index.models.safety import refuse_untrusted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "2_Dense").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "2_Dense" / "model.safetensors").write_bytes(b"weights")
    write(folder / "config.json", {"hidden_size": 4, "attn_implementation": "sdpa"})
    return folder


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(ModelUnavailable) as caught:
        refuse_untrusted(folder)
    return caught.value.message


def test_plain_data_may_be_loaded(folder: Path) -> None:
    # Pickles next to safetensors are not read; files that no loader reads do not matter.
    for name in ("pytorch_model.bin", "2_Dense/pytorch_model.bin", "training_args.bin"):
        (folder / name).write_bytes(b"a pickle")
    write(folder / "tokenizer.json", {"model": {"vocab": {"auto_map": 1}}})
    write(folder / "model.safetensors.index.json", {"weight_map": {"a": "model.safetensors"}})
    refuse_untrusted(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "1/router_config.json"])
@pytest.mark.parametrize("text", ['{"auto_map": {"a": "b"}}', '[{"auto\\u005fmap": "b"}]'])
def test_code_named_in_any_configuration_is_refused(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text('{"nested": ' + text + "}", encoding="utf-8")
    assert refused(folder) == f"{folder / name} requires custom code (auto_map); not loaded"


@pytest.mark.parametrize("value", ["somebody/kernel", {"text": "somebody/kernel:attend"}])
def test_a_kernel_from_a_hub_is_refused(folder: Path, value: object) -> None:
    write(folder / "sentence_bert_config.json", {"model_kwargs": {"attn_implementation": value}})
    assert "custom code (attn_implementation)" in refused(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "2_Dense/pytorch_model.bin"])
def test_a_pickle_that_would_be_read_is_refused(folder: Path, name: str) -> None:
    (folder / name).with_name("model.safetensors").rename(folder / "other.safetensors")
    (folder / name).write_bytes(b"a pickle")
    assert refused(folder) == (
        f"{folder / name} is a pickle, which can run code when read; not loaded"
    )


@pytest.mark.parametrize("shard", ["weights.bin", "../other.safetensors", "/x.safetensors"])
def test_shards_that_are_not_safetensors_files_in_the_folder_are_refused(
    folder: Path, shard: str
) -> None:
    write(folder / "model.safetensors.index.json", {"weight_map": {"a": shard}})
    assert f"names {shard}, which is not a safetensors file" in refused(folder)


def test_a_link_to_a_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "3_Dense").symlink_to(tmp_path / "elsewhere")
    assert "3_Dense is a link to a folder" in refused(folder)


def test_a_folder_without_safetensors_is_refused(folder: Path) -> None:
    for path in folder.rglob("*.safetensors"):
        path.unlink()
    assert "has no weights in safetensors format" in refused(folder)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": NaN}', "\xff"])
def test_a_configuration_that_cannot_be_parsed_is_left_to_the_libraries(
    folder: Path, text: str
) -> None:
    (folder / "config.json").write_text(text, encoding="latin-1")
    refuse_untrusted(folder)
