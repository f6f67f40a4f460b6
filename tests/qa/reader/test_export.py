import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from index.disk.durable_files import with_digest, without_digest
from index.errors import ModelUnavailable
from index.models.model_cache import CardFile
from index.models.tuning import FLOAT32
from qa.reader import sources
from qa.reader.export import ensure_reader, is_prepared, open_reader, reader_faults
from qa.reader.extractive import CARD_FORMAT, Card
from qa.reader.sources import find_reader
from qa.reader.windows import Window, windows
from tests.qa.fakes import passage
from tests.qa.reader.models import POSITIONS, Made

pytestmark = pytest.mark.slow

WORDS = "the treaty of prague , signed in a said ."


@pytest.fixture(params=["bert", "roberta"])
def made(request: pytest.FixtureRequest) -> Made:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Made)
    return made


@pytest.fixture
def copy(bert: Made, tmp_path: Path) -> Made:
    """A copy of a model and its export that a test may damage."""
    shutil.copytree(bert.model.parent, tmp_path, dirs_exist_ok=True)
    return Made(tmp_path / "model", bert.network, tmp_path / "cache", bert.reader, [])


def unwanted(*_: object) -> Any:  # noqa: ANN401
    raise AssertionError("nothing should be loaded")


def original(made: Made, window: Window) -> list[np.ndarray[Any, Any]]:
    inputs = {"input_ids": window.ids, "token_type_ids": window.types}
    names = [name for name in inputs if name in made.reader.card.inputs]
    with torch.no_grad():
        output = made.network(**{name: torch.from_numpy(inputs[name][None]) for name in names})
    return [output.start_logits[0].numpy(), output.end_logits[0].numpy()]


@pytest.mark.slow
def test_the_export_has_the_logits_of_the_model(made: Made) -> None:
    texts = [" ".join((WORDS * 9).split()[:size]) for size in (40, 3, 39, 40, 17, 90)]
    every = windows(made.reader.tokenizer, "who signed ?", texts, made.reader.card.max_tokens)
    assert len(every) > len(texts)
    for window, exported in zip(every, made.reader.logits(every), strict=True):
        expected = original(made, window)
        np.testing.assert_allclose(exported, expected, atol=1e-3)
        assert np.abs(expected).max() > 1
    assert [trial.way for trial in made.reader.card.trials] == [FLOAT32]


def test_a_passage_longer_than_the_models_limit_is_read_to_its_end(made: Made) -> None:
    words = (WORDS.replace(",", "to").replace(".", "to") + " ") * 30
    long_passage = passage(words, *words.split())
    every = windows(made.reader.tokenizer, "who", [words], made.reader.card.max_tokens)
    assert made.reader.card.max_tokens == POSITIONS
    assert max(len(window.ids) for window in every) == POSITIONS
    assert len(every) > 3
    found = made.reader.read("who", [long_passage])
    # There are answers from every window, in the words of that window.
    assert max(candidate.span.start for candidate in found) >= every[-1].offsets[0, 0]
    assert all(candidate.span == candidate.sentence for candidate in found)


def test_an_export_is_made_once_with_one_notice(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    (notice,) = made.notices
    assert "preparing the reader" in notice
    monkeypatch.setattr(sources.TransformerSource, "load", unwanted)
    again = open_reader(str(made.model), made.cache, unwanted)
    ensure_reader(find_reader(str(made.model)), made.cache)
    assert again.card == made.reader.card
    assert [path.name for path in made.cache.iterdir()] == [made.folder.name]
    passages = [passage("the treaty of prague")]
    assert again.read("who", passages) == made.reader.read("who", passages)


def test_opening_a_reader_reads_its_card_once(bert: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []

    def counted(cards: CardFile[Card], folder: Path) -> Card | None:
        reads.append(folder)
        return read(cards, folder)

    read = CardFile.read
    monkeypatch.setattr(CardFile, "read", counted)
    open_reader(str(bert.model), bert.cache, unwanted)
    assert reads == [bert.folder]


def test_an_exported_reader_reads_without_torch(bert: Made) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from qa.reader.export import open_reader\n"
        "from tests.qa.fakes import passage\n"
        "reader = open_reader(sys.argv[1], Path(sys.argv[2]), print)\n"
        "assert reader.read('who', [passage('the treaty')])\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    arguments = [sys.executable, "-c", script, str(bert.model), str(bert.cache)]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


def test_an_export_of_another_format_or_without_a_card_does_not_count(copy: Made) -> None:
    source = find_reader(str(copy.model))
    assert is_prepared(source, copy.cache)
    assert reader_faults(source, copy.cache) == []
    card = copy.folder / "card.json"
    line = without_digest(card.read_bytes())
    card.write_bytes(with_digest(line.replace(b'"format":%d' % CARD_FORMAT, b'"format":0')))
    assert not is_prepared(source, copy.cache)
    card.write_bytes(b"{")
    assert not is_prepared(source, copy.cache)
    (fault,) = reader_faults(source, copy.cache)
    assert "not prepared" in fault


def test_a_changed_model_is_another_model(copy: Made) -> None:
    config = copy.model / "config.json"
    config.write_bytes(config.read_bytes() + b"\n")
    assert not is_prepared(find_reader(str(copy.model)), copy.cache)


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
def test_a_damaged_export_is_refused(copy: Made, name: str) -> None:
    path = copy.folder / name
    data = path.read_bytes()
    path.write_bytes(b"\xff" * len(data))
    with pytest.raises(ModelUnavailable, match="is damaged; delete it"):
        open_reader(str(copy.model), copy.cache, unwanted)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ModelUnavailable, match=f"{name} is missing or damaged; delete "):
        open_reader(str(copy.model), copy.cache, unwanted)
    path.unlink()
    with pytest.raises(ModelUnavailable, match=f"{name} is missing or damaged; delete "):
        open_reader(str(copy.model), copy.cache, unwanted)


def test_a_changed_file_is_a_fault(copy: Made) -> None:
    source = find_reader(str(copy.model))
    path = copy.folder / "reader.weights"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (fault,) = reader_faults(source, copy.cache)
    assert fault == f"{path}: checksum mismatch"
    path.write_bytes(data[:-1])
    (fault,) = reader_faults(source, copy.cache)
    assert fault.startswith(f"{path}: size mismatch")
    path.unlink()
    (fault,) = reader_faults(source, copy.cache)
    assert fault.startswith(f"{path} cannot be read")
