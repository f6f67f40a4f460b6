"""How fast indexing embeds, next to a bare loop over the same batches with the same model."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from eval.articles import articles_under
from eval.bench.child import run_job
from eval.bench.figures import Figure
from index.articles.bundled import sample_texts
from index.articles.files import resolve_roots
from index.build.embedding import batches_by_length
from index.build.events import Progress, Stage, Summary
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import PassageEncoder, load_model
from index.models.registry import find_model
from index.models.tuned_encoder import TunedEncoder
from index.storage.store import Store

_ROUNDS = 3
_PARAGRAPHS = 20
"""In an article."""
_MIN_LENGTH = 200
"""Code points of a paragraph."""
_SEED = 7
_WARM_UP = 8
_BASELINE_ROUNDS = 2
_BASELINE_BATCH = 32


def bench_index(
    model_name: str,
    passages: int,
    cache: Path,
    python: Sequence[str],
    on_progress: Callable[[str], None],
) -> list[Figure]:
    """Measure over articles of shuffled paragraphs of the bundled ones.

    Rates are medians over alternating rounds. *bare*: a loop over the batches that only encodes
    them; *indexing*: the embedding stage of a build, with its log and progress; *full build*:
    reading, embedding, writing, checking, publishing.
    """
    model = find_model(model_name)
    encoder = TunedEncoder(model, cache)
    on_progress("loading the model")
    encoder.encode(sample_texts(8))
    bare, indexing, complete = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        articles = Path(scratch) / "articles"
        write_articles(articles, passages)
        request = BuildRequest(model, resolve_roots((str(articles),)))
        batches = _batches(articles, encoder)
        total = sum(map(len, batches))
        for number in range(1, _ROUNDS + 1):
            on_progress(f"round {number} of {_ROUNDS}: bare loop over {total:,} passages")
            began = time.perf_counter()
            for batch in batches:
                encoder.encode(batch)
            bare.append(total / (time.perf_counter() - began))
            on_progress(f"round {number} of {_ROUNDS}: indexing them in {encoder.precision}")
            store = Store(Path(scratch) / f"index-{number}")
            summary, seconds = timed(build(store, request, encoder))
            indexing.append(summary.embedded / seconds)
            complete.append(summary.embedded / summary.seconds)
    on_progress("baseline: float32, batches of 32")
    texts = [text for batch in batches for text in batch]
    baseline = run_job(python, baseline_rate, model_name, texts)
    rate, reference = median(indexing), ("bare model, same batches", median(bare))
    return [
        Figure("indexing", rate, "passages/s", *reference),
        Figure("indexing", rate, "passages/s", "baseline", baseline),
        Figure("full build", median(complete), "passages/s", *reference),
    ]


def baseline_rate(model: str, texts: list[str]) -> float:
    """Embed texts as sentence-transformers does by default; return how many a second.

    In float32 with `encode(batch_size=32)`, without our tuning of torch; the faster of two rounds.
    """
    random.Random(_SEED).shuffle(texts)  # noqa: S311
    network = load_model(find_model(model))
    network.encode(texts[:_WARM_UP], batch_size=_WARM_UP, show_progress_bar=False)
    seconds = []
    for _ in range(_BASELINE_ROUNDS):
        began = time.perf_counter()
        network.encode(texts, batch_size=_BASELINE_BATCH, show_progress_bar=False)
        seconds.append(time.perf_counter() - began)
    return len(texts) / min(seconds)


def write_articles(folder: Path, passages: int) -> None:
    """Write articles in which no passage occurs twice; a paragraph is about half a passage."""
    folder.mkdir()
    paragraphs = [text for text in sample_texts(10_000) if len(text) > _MIN_LENGTH]
    chance = random.Random(_SEED)  # noqa: S311
    for number in range(max(1, 2 * passages // _PARAGRAPHS)):
        chosen = chance.sample(paragraphs, _PARAGRAPHS)
        text = "\n\n".join(f"{number}.{i} {paragraph}" for i, paragraph in enumerate(chosen))
        (folder / f"{number:06}.txt").write_text(text + "\n", encoding="utf-8")


def _batches(folder: Path, encoder: PassageEncoder) -> list[list[str]]:
    """Batch the passages as a build does."""
    texts = [text for article in articles_under(folder, encoder) for text in article.embedded]
    lengths = np.array(encoder.count(texts), dtype=np.int32)
    return [[texts[index] for index in batch] for batch in batches_by_length(lengths)]


def timed(events: Iterator[Progress | Summary]) -> tuple[Summary, float]:
    """Run a build; return its summary and the seconds of its embedding stage."""
    times: list[float] = []
    for event in events:
        if isinstance(event, Summary):
            return event, times[-1] - times[0] if times else 0.0
        if event.stage is Stage.EMBED:
            times.append(time.perf_counter())
    raise AssertionError("a build ends with its summary")
