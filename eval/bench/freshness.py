"""How soon a changed article is found in a large index: `python -m eval.bench.freshness [N]`.

An edit is indexed as the watcher does it, and looked for in the generation that was published. The
vectors are synthetic, so embedding its few passages comes on top, and so do the 0.2 seconds in
which the watcher waits for more changes.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from eval.bench.figures import Figure
from eval.bench.synthetic import SyntheticEncoder, SyntheticLanguage, write_synthetic_articles
from index.articles.files import resolve_roots
from index.build.pipeline import BuildRequest, Known, build
from index.models.passage_encoder import normalised
from index.models.registry import DEFAULT_MODEL, find_model
from index.storage.store import Store

_EDITS = 7
_TOPICS = 200
_REAL = (64, 384)
"""Shape of the vectors that topics lie between."""


def bench_freshness(passages: int, model_name: str, scratch: Path) -> list[Figure]:
    """Measure edits of single articles; medians, in seconds.

    *Processor* counts all threads of this process; other processes do not slow it down.
    """
    chance = np.random.default_rng(7)
    language = SyntheticLanguage(normalised(chance.normal(size=_REAL).astype(np.float32)), _TOPICS)
    encoder = SyntheticEncoder(language)
    articles, store, known = scratch / "articles", Store(scratch / "index"), Known()
    write_synthetic_articles(articles, language, passages)
    request = BuildRequest(find_model(model_name), resolve_roots((str(articles),)))
    for _ in build(store, request, encoder, known):
        pass
    request = replace(request, roots=())
    files = sorted(articles.rglob("*.txt"))
    indexed, searched, waited = [], [], []
    for number in range(_EDITS):
        path = files[number * len(files) // _EDITS]
        word = f"zyx{'abcdefghij'[number]}q"
        path.write_text(f"{path.read_text()}\n\nThe {word} left.\n")
        only = replace(request, only=frozenset({str(path)}))
        began = time.perf_counter()
        indexed.append(_spent(partial(_run, build(store, only, encoder, known))))
        searched.append(_spent(partial(_require, store, word, path)))
        waited.append(time.perf_counter() - began)
    return [
        Figure("index one edit, processor", median(indexed), "s"),
        Figure("open and find it, processor", median(searched), "s"),
        Figure("both, by the clock", median(waited), "s"),
    ]


def _run(events: Iterator[object]) -> None:
    for _ in events:
        pass


def _spent(action: Callable[[], None]) -> float:
    began = time.process_time()
    action()
    return time.process_time() - began


def _require(store: Store, word: str, path: Path) -> None:
    """Find a word in the newest generation. Raises AssertionError if it is not there."""
    with closing(store.open()) as index:
        catalog = index.generation.catalog
        (found,) = index.generation.keywords.search(word, 1)
        (stored,) = catalog.passages([found])
        assert catalog.article(stored.article_id).found.path == str(path)


def main(passages: int) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        for figure in bench_freshness(passages, DEFAULT_MODEL, Path(scratch).resolve()):
            sys.stdout.write(f"{figure.name}: {figure.value:.2f} {figure.unit}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
