import os
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from index.articles.paths import expanded, is_under, real_path


def test_links_and_the_home_are_resolved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "news").mkdir()
    (tmp_path / "old").symlink_to("news")
    assert expanded("~/old") == tmp_path / "old"
    assert real_path("~/old/a.txt") == str(tmp_path / "news" / "a.txt")


@pytest.mark.parametrize("given", ["a\0b", "~a\0b", "\ud800", "~nobody-of-that-name/a", "", "~"])
def test_text_that_cannot_name_a_file_raises_nothing_and_does_not_exist(given: str) -> None:
    assert isinstance(expanded(given), Path)
    assert isinstance(real_path(given), str)
    assert given in ("", "~") or not os.path.lexists(real_path(given))


@pytest.mark.parametrize(("typed", "form"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_is_found_however_its_accents_are_encoded(
    tmp_path: Path, typed: Literal["NFC", "NFD"], form: Literal["NFC", "NFD"]
) -> None:
    file = tmp_path / normalize(form, "Málaga") / normalize(form, "año.txt")
    file.parent.mkdir()
    file.write_bytes(b"")
    given = tmp_path / normalize(typed, "Málaga") / normalize(typed, "año.txt")
    assert real_path(str(given)) == str(file)
    # A file that has the very name comes first, and one that nobody has stays as typed.
    missing = file.parent / "nö.txt"
    assert real_path(str(missing)) == str(missing)
    twin = tmp_path / normalize(typed, "Málaga")
    twin.mkdir()
    assert real_path(str(twin)) == str(twin)


def test_a_folder_and_its_contents_are_under_it_and_similar_names_are_not() -> None:
    assert all(is_under(path, "/a/b") for path in ("/a/b", "/a/b/c", "/a/b/c/d"))
    assert not any(is_under(path, "/a/b") for path in ("/a", "/a/bc", "/a/b.txt"))
    assert is_under("/a", "/") and is_under("/", "/")
