"""How fast indexing embeds, beside a bare loop over the same batches with the same model."""

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
from eval.bench.child import UsualJob, run_job
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
"""In each made-up article."""
_SHORTEST = 200
"""Code points of a paragraph that is taken."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class IndexBench:
    """Rates in passages a second: medians over alternating rounds."""

    passages: int
    precision: Precision
    bare: float
    """A loop over the batches that does nothing but encode them."""
    indexing: float
    """The embedding stage of a build, with its log and progress."""
    whole: float
    """The whole build: reading, embedding, writing, checking, publishing."""
    usual: float
    """The usual default: sentence-transformers in float32, `encode(batch_size=32)`.

    The faster of two rounds, in a process in which nothing of ours makes torch faster.
    """

    @property
    def ratio(self) -> float:
        """Indexing to bare: 1 would be nothing lost."""
        return self.indexing / self.bare


def bench_index(
    model_name: str, passages: int, python: Sequence[str], progress: Callable[[str], None]
) -> IndexBench:
    """Measure over articles made of shuffled paragraphs of the bundled ones."""
    model = find_model(model_name)
    encoder = SentenceEncoder(model)
    progress("loading the model")
    encoder.encode(sample_texts(8))
    bare, indexing, whole = [], [], []
    with tempfile.TemporaryDirectory() as scratch:
        articles = Path(scratch) / "articles"
        write_articles(articles, passages)
        request = BuildRequest(model, resolve_roots((str(articles),)))
        batched = _batches(articles, encoder)
        total = sum(len(batch) for batch in batched)
        for number in range(1, _ROUNDS + 1):
            progress(f"round {number} of {_ROUNDS}: bare loop over {total:,} passages")
            began = time.perf_counter()
            for batch in batched:
                encoder.encode(batch)
            bare.append(total / (time.perf_counter() - began))
            progress(f"round {number} of {_ROUNDS}: indexing them")
            store = Store(Path(scratch) / f"index-{number}")
            summary, seconds = _timed(build(store, request, encoder))
            indexing.append(summary.embedded / seconds)
            whole.append(summary.embedded / summary.seconds)
        progress("the usual default: float32, batches of 32")
        texts = Path(scratch) / "texts.json"
        texts.write_bytes(msgspec.json.encode([text for batch in batched for text in batch]))
        usual = run_job(python, UsualJob(model_name, str(texts)), float)
    return IndexBench(
        total, encoder.precision, median(bare), median(indexing), median(whole), usual
    )


def write_articles(folder: Path, passages: int) -> None:
    """Write articles that no passage stands twice in; each paragraph is about half a passage."""
    folder.mkdir()
    paragraphs = [text for text in sample_texts(10_000) if len(text) > _SHORTEST]
    shuffled = random.Random(_SEED)  # noqa: S311
    for number in range(max(1, 2 * passages // _PARAGRAPHS)):
        chosen = shuffled.sample(paragraphs, _PARAGRAPHS)
        text = "\n\n".join(f"{number}.{i} {one}" for i, one in enumerate(chosen))
        (folder / f"{number:06}.txt").write_text(text + "\n", encoding="utf-8")


def _batches(folder: Path, encoder: SentenceEncoder) -> list[list[str]]:
    """Batch the passages as a build does."""
    texts = [text for article in articles_under(folder, encoder) for text in article.embedded]
    lengths = np.array(encoder.count(texts), dtype=np.int32)
    return [[texts[index] for index in batch] for batch in batches_by_length(lengths)]


def _timed(events: Iterator[Progress | Summary]) -> tuple[Summary, float]:
    """Run a build; gives its summary and how many seconds its embedding stage took."""
    times: list[float] = []
    for event in events:
        if isinstance(event, Summary):
            return event, times[-1] - times[0]
        if event.stage is Stage.EMBED:
            times.append(time.perf_counter())
    raise AssertionError("a build ends with its summary")
