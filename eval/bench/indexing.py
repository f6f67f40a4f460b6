"""How fast indexing embeds, next to a bare loop over the same batches with the same model."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec
import numpy as np

from eval.articles import articles_under
from eval.bench.child import BaselineJob, run_job
from index.articles.bundled import sample_texts
from index.articles.files import resolve_roots
from index.build.embedding import batches_by_length
from index.build.events import Progress, Stage, Summary
from index.build.pipeline import BuildRequest, build
from index.models.passage_encoder import Precision, SentenceEncoder
from index.models.registry import find_model
from index.storage.store import Store

_ROUNDS = 3
_PARAGRAPHS = 20
"""In an article."""
_MIN_LENGTH = 200
"""Code points of a paragraph."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class IndexBench:
    """Passages per second: medians over alternating rounds."""

    passages: int
    precision: Precision
    bare: float
    """A loop over the batches that only encodes them."""
    indexing: float
    """The embedding stage of a build, with its log and progress."""
    build: float
    """The complete build: reading, embedding, writing, checking, publishing."""
    baseline: float
    """sentence-transformers' default: float32, `encode(batch_size=32)`.

    The faster of two rounds, in a process without our tuning of torch.
    """

    @property
    def ratio(self) -> float:
        """Indexing to bare; 1 would be no overhead."""
        return self.indexing / self.bare


def bench_index(
    model_name: str, passages: int, python: Sequence[str], on_progress: Callable[[str], None]
) -> IndexBench:
    """Measure over articles of shuffled paragraphs of the bundled ones."""
    model = find_model(model_name)
    encoder = SentenceEncoder(model)
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
            on_progress(f"round {number} of {_ROUNDS}: indexing them")
            store = Store(Path(scratch) / f"index-{number}")
            summary, seconds = _timed(build(store, request, encoder))
            indexing.append(summary.embedded / seconds)
            complete.append(summary.embedded / summary.seconds)
        on_progress("baseline: float32, batches of 32")
        texts = Path(scratch) / "texts.json"
        texts.write_bytes(msgspec.json.encode([text for batch in batches for text in batch]))
        baseline = run_job(python, BaselineJob(model_name, str(texts)), float)
    return IndexBench(
        total, encoder.precision, median(bare), median(indexing), median(complete), baseline
    )


def write_articles(folder: Path, passages: int) -> None:
    """Write articles in which no passage occurs twice; a paragraph is about half a passage."""
    folder.mkdir()
    paragraphs = [text for text in sample_texts(10_000) if len(text) > _MIN_LENGTH]
    chance = random.Random(_SEED)  # noqa: S311
    for number in range(max(1, 2 * passages // _PARAGRAPHS)):
        chosen = chance.sample(paragraphs, _PARAGRAPHS)
        text = "\n\n".join(f"{number}.{i} {paragraph}" for i, paragraph in enumerate(chosen))
        (folder / f"{number:06}.txt").write_text(text + "\n", encoding="utf-8")


def _batches(folder: Path, encoder: SentenceEncoder) -> list[list[str]]:
    """Batch the passages as a build does."""
    texts = [text for article in articles_under(folder, encoder) for text in article.embedded]
    lengths = np.array(encoder.count(texts), dtype=np.int32)
    return [[texts[index] for index in batch] for batch in batches_by_length(lengths)]


def _timed(events: Iterator[Progress | Summary]) -> tuple[Summary, float]:
    """Run a build; return its summary and the seconds of its embedding stage."""
    times: list[float] = []
    for event in events:
        if isinstance(event, Summary):
            return event, times[-1] - times[0]
        if event.stage is Stage.EMBED:
            times.append(time.perf_counter())
    raise AssertionError("a build ends with its summary")
