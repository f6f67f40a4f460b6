from pathlib import Path

import pytest

from index.articles.files import Contents, Root, Skipped, find, read
from index.articles.formats import registry
from index.articles.formats.registry import FORMATS, FORMATS_IN_WORDS, format_by_suffix, format_of
from index.articles.text import NotText


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        ("a.txt", b"%PDF-1.4", "text"),
        ("a.md", b"<html>", "Markdown"),
        ("a", b"words", "text"),
        ("a", b"%PDF-1.4", "PDF"),
        ("a", b"\xef\xbb\xbf \n<!DOCTYPE HTML>", "HTML"),
        ("a.PDF", b"words", "PDF"),
        ("a.pdf", b"<html>a page that says: sign in", "HTML"),
        ("a.htm", b"<p>no declaration", "HTML"),
    ],
)
def test_a_format_is_known_by_suffix_and_first_bytes(path: str, data: bytes, name: str) -> None:
    assert format_of(path, data).name == name


def test_a_suffix_names_one_format_and_each_is_described() -> None:
    suffixes = [suffix for one in FORMATS for suffix in one.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix in FORMATS_IN_WORDS for suffix in suffixes)
    assert format_by_suffix("a.zip") is None


def test_every_format_has_a_module_that_reads() -> None:
    for one in FORMATS:
        assert isinstance(one.load().read(b""), NotText) or not one.is_foreign


def test_without_its_library_a_file_is_skipped_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    monkeypatch.setattr(registry, "find_spec", lambda _: None)
    pdf = registry.Format("PDF", "pdf", (".pdf",), (), ("pypdfium2",))
    monkeypatch.setitem(registry._BY_SUFFIX, ".pdf", pdf)
    (found,) = find((Root(str(tmp_path), str(tmp_path)),))
    assert isinstance(found, Skipped)
    assert "pip install 'byline[formats]'" in found.reason


def test_a_format_has_a_limit_of_its_own(tmp_path: Path) -> None:
    for name, is_read in (("a.txt", False), ("a.html", True)):
        (tmp_path / name).write_bytes(b"<p>12345678901234567890")
        found = read(Root(str(tmp_path), str(tmp_path)), name, 10)
        assert isinstance(found, Contents if is_read else Skipped)


def test_a_file_without_suffix_may_be_of_any_format(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"%PDF-1.4\n\0\0")
    (tmp_path / "b").write_bytes(b"\0\0")
    root = Root(str(tmp_path), str(tmp_path))
    assert isinstance(read(root, "a"), Contents)
    assert isinstance(read(root, "b"), Skipped)
