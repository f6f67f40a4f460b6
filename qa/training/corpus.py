"""Contexts of the data as articles in an index, so that our own retriever finds passages there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from index.articles.files import resolve_roots
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import SentenceEncoder
from index.models.registry import DEFAULT_MODEL, find_model
from index.storage.store import Store
from qa.training.data import Row

_CONTEXTS = 50
"""In an article, where the data does not say of which article a context is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a context stands: code point n of it is column n + 1 of this line."""

    article: str
    """Name of its file."""
    line: int


def write_articles(rows: Iterable[Row], folder: Path) -> dict[str, Place]:
    """Write each article of the rows as a file, a context a line; gives each context's place.

    Contexts under one title are of one article, from whatever source.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contexts: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        key = ("", row.title) if row.title else (row.source, "")
        contexts.setdefault(key, {})[row.context] = None
    places: dict[str, Place] = {}
    for (source, title), texts in contexts.items():
        if title:
            places |= _write(folder, title, f"{title.replace('_', ' ')}\n\n", list(texts))
            continue
        untitled = list(texts)
        for start in range(0, len(untitled), _CONTEXTS):
            part = untitled[start : start + _CONTEXTS]
            places |= _write(folder, f"{source}-{start:06}", "", part)
    return places


def _write(folder: Path, name: str, head: str, contexts: list[str]) -> dict[str, Place]:
    # One code point for one, so that offsets in a context are columns of its line.
    lines = "".join(f"{one.replace(chr(10), ' ')}\n\n" for one in contexts)
    (folder / f"{name}.txt").write_text(head + lines, encoding="utf-8")
    first = 1 + head.count("\n")
    return {one: Place(f"{name}.txt", first + 2 * i) for i, one in enumerate(contexts)}


def build_index(articles: Path, folder: Path, tell: Callable[[str], None]) -> Store:
    """Index a folder of articles, or bring its index up to date."""
    model = find_model(DEFAULT_MODEL)
    store = Store(folder)
    request = BuildRequest(model, resolve_roots((str(articles),)))
    for step in build(store, request, SentenceEncoder(model)):
        if isinstance(step, Summary):
            tell(f"{step.articles} articles, {step.passages} passages in {folder}")
    return store
