"""How long questions take over an open index, stage by stage, and how much the search finds."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

import msgspec
import numpy as np

from eval.bench.memory import resident
from index.articles.passages import Passage
from index.models.passage_encoder import Vectors
from index.storage.generation import Generation
from index.storage.store import Store
from qa.bot import PASSAGES_READ, Bot

_WARM = 5
_BEST = 10
_CHUNK = 16_384


class Times(msgspec.Struct, frozen=True):
    """Milliseconds."""

    p50: float
    p95: float


class Asked(msgspec.Struct, frozen=True):
    """What questions took."""

    total: Times
    """From the question to its reply."""
    stages: dict[str, Times]
    retrieval: Times
    """From the question's text to ranked passages."""
    encoder: Times
    """The question encoder alone, over the same questions."""
    network: Times
    """The reader's network alone, over what was read; 0 where the reader has none of its own."""
    recall: float
    """Of the exact best ten, among the best ten found."""
    exact: float
    """Milliseconds that the exact search took for a question, of many at a time."""
    resident: int
    """Bytes, after all questions."""


def ask(
    index: str, cache: str, reader: str, questions: Sequence[str], searched: Sequence[str]
) -> Asked:
    """Ask and search, once the first few are done."""
    bot = Bot.open(Store(Path(index)), Path(cache), reader, 0.0, lambda _: None)
    try:
        for question in questions[:_WARM]:
            bot.ask(question)
        totals: list[float] = []
        stages: dict[str, list[float]] = {}
        networks: list[float] = []
        for question in questions[_WARM:]:
            began = time.perf_counter()
            examined = bot.trace(question)
            bot.reply(examined, 3)
            totals.append(_since(began))
            for name in ("encode", "keywords", "vectors", "gather", "read", "weigh"):
                stages.setdefault(name, []).append(getattr(examined.stages, name))
            passages = [examined.hits[place].stored.passage for place in examined.reading.passages]
            networks += _network(bot, examined.searched_question, passages)
        retrieval, encoder, found, vectors = [], [], [], []
        for question in searched:
            began = time.perf_counter()
            result = bot.retriever.search(question)
            bot.retriever.gather(result, PASSAGES_READ)
            retrieval.append(_since(began))
            began = time.perf_counter()
            bot.retriever.encoder.encode([question])
            encoder.append(_since(began))
            found.append(result.by_vectors[:_BEST])
            vectors.append(result.vector)
        memory = resident("VmRSS")
        began = time.perf_counter()
        exact = _exact_best(bot.index.generation, np.stack(vectors))
        spent = _since(began) / len(searched)
        return Asked(
            total=_times(totals),
            stages={name: _times(spent) for name, spent in stages.items()},
            retrieval=_times(retrieval),
            encoder=_times(encoder),
            network=_times(networks or [0.0]),
            recall=_recall(exact, found),
            exact=spent,
            resident=memory,
        )
    finally:
        bot.close()


def _network(bot: Bot, question: str, passages: Sequence[Passage]) -> list[float]:
    """Time the reader's bare network over a question's passages."""
    from qa.reader.caching import CachingReader
    from qa.reader.extractive import ExtractiveReader
    from qa.reader.windows import windows

    reader = bot.reader.reader if isinstance(bot.reader, CachingReader) else bot.reader
    if not isinstance(reader, ExtractiveReader) or not passages:
        return []
    texts = [passage.text for passage in passages]
    every = windows(reader.tokenizer, question, texts, reader.card.max_tokens)
    began = time.perf_counter()
    reader.logits(every)
    return [_since(began)]


def _exact_best(generation: Generation, questions: Vectors) -> list[set[int]]:
    """Compare every live passage with every question; gives the best ten of each."""
    best = np.zeros((len(questions), 0), dtype=np.float32)
    ids = np.zeros((len(questions), 0), dtype=np.int64)
    gone = {passage for run in generation.vectors.dropped for passage in run}
    for segment in generation.manifest.segments:
        for start in range(segment.first, segment.stop, _CHUNK):
            run = range(start, min(start + _CHUNK, segment.stop))
            live = np.array([passage not in gone for passage in run])
            rows = generation.vectors.rows(run)[live]
            here = np.arange(run.start, run.stop)[live]
            best = np.concatenate([best, questions @ rows.T], axis=1)
            ids = np.concatenate([ids, np.tile(here, (len(questions), 1))], axis=1)
            order = np.argsort(-best, axis=1, kind="stable")[:, :_BEST]
            best = np.take_along_axis(best, order, axis=1)
            ids = np.take_along_axis(ids, order, axis=1)
    return [set(row) for row in ids.tolist()]


def _recall(exact: Sequence[set[int]], found: Sequence[tuple[int, ...]]) -> float:
    shared = sum(len(best & set(ids)) for best, ids in zip(exact, found, strict=True))
    return shared / sum(map(len, exact))


def _times(values: Sequence[float]) -> Times:
    if len(values) == 1:
        return Times(values[0], values[0])
    return Times(median(values), quantiles(values, n=20)[-1])


def _since(began: float) -> float:
    return 1000 * (time.perf_counter() - began)
