"""Hostile files cost one line each: nothing crashes, hangs, reads elsewhere or writes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index.articles.formats.docx import read
from index.articles.formats.isolation import Limits, close, read_isolated
from index.articles.formats.registry import format_of
from index.articles.text import NotText
from tests.index.articles.formats.hostile import SECRET, hostile_files

if TYPE_CHECKING:
    from collections.abc import Callable

_LIMITS = Limits(seconds=20)
_FILES = 200


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET, encoding="utf-8")
    return path


@pytest.mark.slow
def test_hostile_files_cost_one_line_each(secret: Path) -> None:
    ended = 0
    for name, data in hostile_files(20260131, _FILES, secret):
        found = read_isolated(format_of(name, data).name, data, _LIMITS)
        if isinstance(found, NotText):
            assert len(found.reason.splitlines()) == 1, name
            ended += "was ended" in found.reason or "crashed" in found.reason
        else:
            assert SECRET not in found.text.text, name
            blocks = found.outline.blocks
            assert all(one.span.end <= len(found.text.text) for one in blocks), name
    close()
    assert ended <= _FILES // 100
    assert [path.name for path in secret.parent.iterdir()] == [secret.name]


def test_a_parser_that_resolves_entities_would_be_caught(
    secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lxml import etree

    careful: Callable[..., Any] = etree.XMLParser

    def careless(**options: Any) -> Any:  # noqa: ANN401
        return careful(**options | {"resolve_entities": True, "load_dtd": True})

    files = dict(hostile_files(1, 0, secret))
    found = read(files["entity.docx"])
    assert isinstance(found, NotText) or SECRET not in found.text.text
    monkeypatch.setattr(etree, "XMLParser", careless)
    found = read(files["entity.docx"])
    assert not isinstance(found, NotText)
    assert SECRET in found.text.text
