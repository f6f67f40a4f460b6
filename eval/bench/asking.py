"""How long questions to an open index take, stage by stage, and how much the search finds."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

import msgspec
import numpy as np

from eval.bench.memory import resident
from index.articles.passages import Passage
from index.storage.store import Store
from qa.bot import PASSAGES_READ, Bot
from qa.stopwatch import Stopwatch

_WARM_UP = 5
_BEST = 10
_STAGES = ("encode", "keywords", "vectors", "gather", "read", "weigh")


class Times(msgspec.Struct, frozen=True):
    """Milliseconds."""

    p50: float
    p95: float


class AskBench(msgspec.Struct, frozen=True):
    """Times of questions, and how good the search is."""

    total: Times
    """From question to reply."""
    stages: dict[str, Times]
    retrieval: Times
    """From question to ranked passages."""
    encoder: Times
    """The question encoder alone, over the same questions."""
    network: Times | None
    """The reader's network alone, over what was read; None: it has none of its own."""
    recall: float
    """Share of the exact best ten among the best ten found."""
    exact: float
    """Milliseconds of an exact search per question, all at once."""
    resident: int
    """Bytes, after all questions."""


def ask(
    index: str, cache: str, reader: str, questions: Sequence[str], searched: Sequence[str]
) -> AskBench:
    """Answer some questions, after a few to warm up, and search for others."""
    with closing(Bot.open(Store(Path(index)), Path(cache), reader, 0.0, lambda _: None)) as bot:
        for question in questions[:_WARM_UP]:
            bot.ask(question)
        totals: list[float] = []
        stages: dict[str, list[float]] = {name: [] for name in _STAGES}
        networks: list[float] = []
        for question in questions[_WARM_UP:]:
            watch = Stopwatch()
            trace = bot.trace(question)
            bot.reply(trace, 3)
            totals.append(watch.lap())
            for name, times in stages.items():
                times.append(getattr(trace.stages, name))
            passages = [trace.hits[rank].stored.passage for rank in trace.reading.passages]
            networks += _network(bot, trace.searched_question, passages)
        retrieval, encoder, found, vectors = [], [], [], []
        for question in searched:
            watch = Stopwatch()
            ranking = bot.retriever.search(question)
            bot.retriever.gather(ranking, PASSAGES_READ)
            retrieval.append(watch.lap())
            bot.retriever.encoder.encode([question])
            encoder.append(watch.lap())
            found.append(ranking.by_vectors[:_BEST])
            vectors.append(ranking.vector)
        memory = resident("VmRSS")
        watch = Stopwatch()
        exact = bot.index.generation.vectors.exact_best(np.stack(vectors), _BEST)
        return AskBench(
            total=_times(totals),
            stages={name: _times(times) for name, times in stages.items()},
            retrieval=_times(retrieval),
            encoder=_times(encoder),
            network=_times(networks) if networks else None,
            recall=_recall(exact, found),
            exact=watch.lap() / len(searched),
            resident=memory,
        )


def _network(bot: Bot, question: str, passages: Sequence[Passage]) -> list[float]:
    """Time the reader's bare network over a question's passages; empty: it has none."""
    from qa.reader.caching import CachingReader
    from qa.reader.extractive import ExtractiveReader
    from qa.reader.windows import windows

    reader = bot.reader.reader if isinstance(bot.reader, CachingReader) else bot.reader
    if not isinstance(reader, ExtractiveReader) or not passages:
        return []
    texts = [passage.text for passage in passages]
    tokenised = windows(reader.tokenizer, question, texts, reader.card.max_tokens)
    watch = Stopwatch()
    reader.logits(tokenised)
    return [watch.lap()]


def _recall(exact: Sequence[set[int]], found: Sequence[tuple[int, ...]]) -> float:
    shared = sum(len(best & set(ids)) for best, ids in zip(exact, found, strict=True))
    return shared / sum(map(len, exact))


def _times(values: Sequence[float]) -> Times:
    if len(values) == 1:
        return Times(values[0], values[0])
    return Times(median(values), quantiles(values, n=20)[-1])
