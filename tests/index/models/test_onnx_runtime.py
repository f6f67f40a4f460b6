from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace

from index.errors import ModelUnavailable
from index.models import onnx_runtime as onnx
from index.models.onnx_runtime import open_tokenizer, write_tokenizer

TEXT = "the treaty <x> [SEP] lion"


def make_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(
        WordPiece({"[UNK]": 0, "the": 1, "treaty": 2, "[SEP]": 3}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.add_special_tokens(["[SEP]"])
    tokenizer.add_tokens([AddedToken("<x>", lstrip=True), "lion"])  # ids 4 and 5
    tokenizer.enable_truncation(2)
    tokenizer.enable_padding(length=9)
    return tokenizer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_tokenizer(make_tokenizer().to_str(), tmp_path / "tokenizer.json")
    return tmp_path / "tokenizer.json"


def test_an_opened_tokenizer_is_the_original_without_truncation_and_padding(path: Path) -> None:
    tokenizer, original = open_tokenizer(path), make_tokenizer()
    original.no_truncation()
    original.no_padding()
    assert tokenizer.to_str() == original.to_str()
    assert tokenizer.encode(TEXT).ids == [1, 2, 4, 3, 5]


def test_settings_of_one_opened_tokenizer_do_not_affect_another(path: Path) -> None:
    first, second = open_tokenizer(path), open_tokenizer(path)
    first.enable_truncation(1)
    first.add_tokens(["unheard"])
    assert second.encode(TEXT).ids == open_tokenizer(path).encode(TEXT).ids == [1, 2, 4, 3, 5]


def test_equal_tokenizers_are_parsed_once(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    onnx._parsed.cache_clear()
    other = tmp_path / "other.json"
    other.write_bytes(path.read_bytes())
    open_tokenizer(path)
    open_tokenizer(other)
    assert (onnx._parsed.cache_info().misses, onnx._parsed.cache_info().hits) == (1, 1)
    changed = path.read_text().replace('"lion"', '"bear"')
    path.write_text(changed)
    assert open_tokenizer(path).encode(TEXT).ids == [1, 2, 4, 3, 0]


def test_a_damaged_tokenizer_is_refused(path: Path) -> None:
    path.write_text("{")
    with pytest.raises(ModelUnavailable, match="is damaged; delete it"):
        open_tokenizer(path)
