"""Contexts of the data as articles in an index, so that our own retriever finds passages there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from index.articles.files import resolve_roots
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.models.registry import DEFAULT_MODEL, find_model
from index.models.tuned_encoder import TunedEncoder
from index.storage.store import Store
from qa.training.data import Row

_CONTEXTS = 50
"""Contexts in an article, if the data does not name their article."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a context is: its code point n is column n + 1 of this line."""

    article: str
    """File name."""
    line: int


def write_articles(rows: Iterable[Row], folder: Path) -> dict[str, Location]:
    """Write the articles of rows as files, one context a line; return where each context is.

    Contexts with the same title are in the same article, whatever their source.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contexts: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        key = ("", row.title) if row.title else (row.source, "")
        contexts.setdefault(key, {})[row.context] = None
    locations: dict[str, Location] = {}
    for (source, title), texts in contexts.items():
        if title:
            locations |= _write(folder, title, f"{title.replace('_', ' ')}\n\n", list(texts))
            continue
        for start in range(0, len(texts), _CONTEXTS):
            part = list(texts)[start : start + _CONTEXTS]
            locations |= _write(folder, f"{source}-{start:06}", "", part)
    return locations


def _write(folder: Path, name: str, heading: str, contexts: list[str]) -> dict[str, Location]:
    # A newline becomes one space, so that offsets in a context are columns of its line.
    lines = "".join(f"{context.replace(chr(10), ' ')}\n\n" for context in contexts)
    (folder / f"{name}.txt").write_text(heading + lines, encoding="utf-8")
    first = 1 + heading.count("\n")
    return {
        context: Location(f"{name}.txt", first + 2 * number)
        for number, context in enumerate(contexts)
    }


def build_index(articles: Path, folder: Path, on_progress: Callable[[str], None]) -> Store:
    """Build the index of a folder of articles, or update it; its models are kept next to it."""
    model = find_model(DEFAULT_MODEL)
    store = Store(folder)
    request = BuildRequest(model, resolve_roots((str(articles),)))
    for event in build(store, request, TunedEncoder(model, folder.parent / "models")):
        if isinstance(event, Summary):
            on_progress(f"{event.articles} articles, {event.passages} passages in {folder}")
    return store
