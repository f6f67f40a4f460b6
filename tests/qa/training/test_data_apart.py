"""What is trained on shares no article with what is chosen and measured on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[4] / "shared"
_RUN = 12
"""Consecutive words that two articles share only if one is taken from the other."""

pytestmark = pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the data is not here")


def articles(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in folder.iterdir() if path.is_file()}


def runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def sharing(some: dict[str, str], others: dict[str, str]) -> list[str]:
    """Return the names of the articles that share a run of words with any of the others."""
    known = {run for text in others.values() for run in runs(text)}
    return [name for name, text in some.items() if not known.isdisjoint(runs(text))]


def test_no_development_article_is_trained_on() -> None:
    train = articles(SHARED / "data" / "news" / "train" / "articles")
    dev = articles(SHARED / "data" / "news" / "dev" / "articles")
    assert len(train) > 300
    assert len(dev) > 30
    assert train.keys().isdisjoint(dev)
    assert sharing(dev, train) == []
    # The check finds a copy.
    name, text = next(iter(dev.items()))
    assert sharing({name: text}, {"copy": f"Before. {text} And after."}) == [name]


def test_no_article_of_the_five_is_trained_on() -> None:
    train = articles(SHARED / "data" / "news" / "train" / "articles")
    assert sharing(articles(SHARED / "articles"), train) == []
