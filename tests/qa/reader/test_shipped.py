import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import load_file, save_file

from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable
from index.models.registry import DEFAULT_WEIGHTS
from qa.reader import shipped
from qa.reader.encoders import minilm_folder
from qa.reader.shipped import (
    RECORD_FILE,
    WEIGHTS_FILE,
    Record,
    load_trained,
    read_record,
    write_record,
)
from qa.reader.sources import find_reader
from qa.training.train_packed import Settings, build, write_trained
from tests.qa.training.networks import FROZEN, tiny_network

pytestmark = pytest.mark.slow

SETTINGS: dict[str, bool | float | str] = {"epochs": 2.0, "bfloat16": False, "start": "none"}


@dataclass(frozen=True)
class Written:
    network: Any
    folder: Path
    record: Record


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("shipped") / "weights"
    network = build(minilm_folder(), Settings())
    folder.mkdir()
    write_trained(network, folder / WEIGHTS_FILE)
    return Written(network, folder, write_record(SETTINGS, folder, DEFAULT_WEIGHTS))


@pytest.fixture
def copy(written: Written, tmp_path: Path) -> Path:
    """A copy of the weights that a test may damage."""
    return Path(shutil.copytree(written.folder, tmp_path / "weights"))


def rewrite(folder: Path, **changes: str) -> None:
    record = msgspec.structs.replace(read_record(folder), **changes)
    (folder / RECORD_FILE).write_bytes(msgspec.json.encode(record))


def test_weights_are_restored_in_half_precision(written: Written) -> None:
    network = load_trained(written.folder, minilm_folder())
    expected = written.network.state_dict()
    restored = network.state_dict()
    assert set(restored) == set(expected)
    for name, value in restored.items():
        half = expected[name] if name == FROZEN else expected[name].half().float()
        assert value.dtype == torch.float32
        assert torch.equal(value, half), name
    assert not network.training


def test_the_word_embeddings_are_not_in_the_file(written: Written) -> None:
    names = set(load_file(written.folder / WEIGHTS_FILE))
    assert names == set(written.network.state_dict()) - {FROZEN}
    # 384 values of 2 bytes for each of 30,522 words would be 23 MB more.
    assert 20e6 < (written.folder / WEIGHTS_FILE).stat().st_size < 25e6


def test_weights_have_a_record(written: Written) -> None:
    weights = written.folder / WEIGHTS_FILE
    assert written.record == Record(sha256_of(weights), DEFAULT_WEIGHTS, (SETTINGS,))
    assert read_record(written.folder) == written.record


def test_a_folder_of_weights_is_a_reader_identified_by_their_hash(copy: Path) -> None:
    source = find_reader(str(copy))
    assert (source.name, source.fingerprint) == (str(copy), read_record(copy).sha256)
    rewrite(copy, sha256="0" * 64)
    assert find_reader(str(copy)).fingerprint == "0" * 64


def test_a_changed_byte_is_detected(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "untrained", None)
    weights = copy / WEIGHTS_FILE
    with weights.open("r+b") as file:
        file.seek(-1000, 2)
        byte = file.read(1)[0]
        file.seek(-1000, 2)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelUnavailable, match=f"{WEIGHTS_FILE} is missing or damaged"):
        load_trained(copy, minilm_folder())
    weights.unlink()
    with pytest.raises(ModelUnavailable, match=f"{WEIGHTS_FILE} is missing or damaged"):
        load_trained(copy, minilm_folder())


@pytest.mark.parametrize("data", [None, b"", b"{", b'{"sha256": "x"}'])
def test_weights_without_a_record_are_refused(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / RECORD_FILE).write_bytes(data)
    with pytest.raises(ModelUnavailable, match=f"the reader in {tmp_path} cannot be read"):
        load_trained(tmp_path, minilm_folder())


def test_weights_trained_from_an_unknown_encoder_are_refused(copy: Path, tmp_path: Path) -> None:
    rewrite(copy, over="0" * 64)
    with pytest.raises(ModelUnavailable, match="from an encoder that Byline does not know"):
        find_reader(str(copy)).load(tmp_path)


@pytest.mark.parametrize(("lost", "added"), [("qa_outputs.bias", None), (None, "more.weight")])
def test_weights_of_another_network_are_refused(
    copy: Path, lost: str | None, added: str | None
) -> None:
    tensors = {name: value.clone() for name, value in load_file(copy / WEIGHTS_FILE).items()}
    if lost:
        del tensors[lost]
    if added:
        tensors[added] = torch.zeros(1)
    save_file(tensors, copy / WEIGHTS_FILE)
    rewrite(copy, sha256=sha256_of(copy / WEIGHTS_FILE))
    with pytest.raises(ModelUnavailable, match="not for this version of Byline"):
        load_trained(copy, minilm_folder())


def test_adapters_are_added_to_the_layers_that_they_adapt(tmp_path: Path) -> None:
    encoder = tmp_path / "encoder"
    tiny_network().save_pretrained(encoder)
    plain = load_file(encoder / "model.safetensors")
    prefix = "bert."
    of_encoder = {name.removeprefix(prefix): plain[name] for name in plain if prefix in name}
    save_file(of_encoder, encoder / "model.safetensors")
    trained = build(encoder, Settings(rank=2))
    for weight in trained.parameters():
        if weight.requires_grad:
            torch.nn.init.normal_(weight)
    folder = tmp_path / "weights"
    folder.mkdir()
    write_trained(trained, folder / WEIGHTS_FILE)
    for weight in trained.parameters():  # as they were written, in half precision
        if weight.requires_grad:
            weight.data = weight.data.half().float()
    write_record(SETTINGS, folder, "any")
    merged = load_trained(folder, encoder)
    ids = torch.tensor([[1, 5, 6, 2, 10, 11]])
    with torch.no_grad():
        expected, found = trained.eval()(ids).start_logits, merged(ids).start_logits
    assert expected.abs().max() > 1
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
