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
from qa.reader.shipped import (
    FROZEN,
    RECORD_FILE,
    WEIGHTS_FILE,
    Record,
    build_untrained,
    load_trained,
    read_record,
    write_record,
)
from qa.reader.sources import find_reader
from qa.training.train_packed import write_trained

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
    network = build_untrained()
    folder.mkdir()
    write_trained(network, folder / WEIGHTS_FILE)
    return Written(network, folder, write_record(SETTINGS, folder))


@pytest.fixture
def copy(written: Written, tmp_path: Path) -> Path:
    """A copy of the weights that a test may damage."""
    return Path(shutil.copytree(written.folder, tmp_path / "weights"))


def rewrite(folder: Path, **changes: str) -> None:
    record = msgspec.structs.replace(read_record(folder), **changes)
    (folder / RECORD_FILE).write_bytes(msgspec.json.encode(record))


def test_weights_are_restored_in_half_precision(written: Written) -> None:
    network = load_trained(written.folder)
    expected = written.network.state_dict()
    restored = network.state_dict()
    assert set(restored) == set(expected)
    for name, value in restored.items():
        half = expected[name] if name == FROZEN else expected[name].half().float()
        assert value.dtype == torch.float32
        assert torch.equal(value, half), name
    assert not network.training


def test_only_the_word_embeddings_are_not_trained(written: Written) -> None:
    parameters = written.network.named_parameters()
    fixed = [name for name, parameter in parameters if not parameter.requires_grad]
    assert fixed == [FROZEN]


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
    monkeypatch.setattr(shipped, "build_untrained", None)
    weights = copy / WEIGHTS_FILE
    with weights.open("r+b") as file:
        file.seek(-1000, 2)
        byte = file.read(1)[0]
        file.seek(-1000, 2)
        file.write(bytes([byte ^ 1]))
    with pytest.raises(ModelUnavailable, match=f"{WEIGHTS_FILE} is missing or damaged"):
        load_trained(copy)
    weights.unlink()
    with pytest.raises(ModelUnavailable, match=f"{WEIGHTS_FILE} is missing or damaged"):
        load_trained(copy)


@pytest.mark.parametrize("data", [None, b"", b"{", b'{"sha256": "x"}'])
def test_weights_without_a_record_are_refused(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / RECORD_FILE).write_bytes(data)
    with pytest.raises(ModelUnavailable, match=f"the reader in {tmp_path} cannot be read"):
        load_trained(tmp_path)


def test_weights_trained_from_another_embedding_model_are_refused(copy: Path) -> None:
    rewrite(copy, over="0" * 64)
    with pytest.raises(ModelUnavailable, match="another embedding model"):
        load_trained(copy)


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
        load_trained(copy)
