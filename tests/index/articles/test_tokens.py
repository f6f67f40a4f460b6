import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import tokens
from tests.index.strategies import nasty_text

any_text = st.one_of(st.text(), nasty_text)


@given(any_text)
def test_an_encoded_text_decodes_to_itself(text: str) -> None:
    encoding = tokens.encoding()
    ids = encoding.encode_ordinary(text)
    assert encoding.decode_bytes(ids) == text.encode()
    assert tokens.count(text) == len(ids)


def test_no_text_holds_special_tokens() -> None:
    text = "<|endoftext|> <|fim_prefix|>"
    assert tokens.encoding().decode(tokens.encoding().encode_ordinary(text)) == text
    assert tokens.count(text) > 4


@given(any_text)
def test_no_token_is_longer_than_25_code_points(text: str) -> None:
    encoding = tokens.encoding()
    parts = encoding.decode_tokens_bytes(encoding.encode_ordinary(text * 3))
    assert all(len(part.decode(errors="ignore")) <= 25 for part in parts)
    assert 25 * len(parts) >= 3 * len(text)


@given(st.text(alphabet="abcdefghinorst", min_size=25, max_size=90))
def test_a_long_word_is_encoded_in_pieces_of_24_letters(word: str) -> None:
    encode = tokens.encoding().encode_ordinary
    pieces = [word[at : at + 24] for at in range(0, len(word), 24)]
    assert encode(word) == [token for piece in pieces for token in encode(piece)]


@given(any_text, any_text)
def test_counts_add_up_if_the_second_text_begins_with_white_space(a: str, b: str) -> None:
    first, second = a.rstrip() + ".", " " + b
    assert tokens.count(first + second) == tokens.count(first) + tokens.count(second)


def test_a_megabyte_of_one_character_is_counted() -> None:
    # The time for a piece grows with its square: without bounds these would take minutes.
    for char in ("a", " ", "\n", "7", "!", "東", "\u0301"):
        assert tokens.count(char * 1_000_000) >= 1_000_000 // 25


def test_english_takes_less_than_two_tokens_a_word() -> None:
    text = "The harbour board voted on Tuesday to rebuild the breakwater before next winter."
    assert 13 <= tokens.count(text) < 26


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in place of the installed package's data."""
    shutil.copy(str(files("index").joinpath(tokens.FILE)), tmp_path)
    monkeypatch.setattr(tokens, "files", lambda _: tmp_path)
    tokens.encoding.cache_clear()
    yield tmp_path
    tokens.encoding.cache_clear()


def test_an_altered_file_is_refused(package: Path) -> None:
    path = package / tokens.FILE
    first, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(rest + first + b"\n")
    with pytest.raises(ValueError, match="checksum mismatch"):
        tokens.encoding()


def test_the_shipped_file_is_the_pinned_one(package: Path) -> None:
    assert tokens.encoding().n_vocab == len((package / tokens.FILE).read_bytes().splitlines())
