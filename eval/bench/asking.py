"""How long questions to an open index take, stage by stage, and how much the search finds."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import numpy as np

from eval.bench.child import resident
from eval.bench.figures import Figure, memory_figure, percentiles
from index.articles.passages import Passage
from index.storage.store import Store
from qa.bot import PASSAGES_READ, Bot
from qa.stopwatch import Stopwatch

_WARM_UP = 5
_BEST = 10
_STAGES = ("encode", "keywords", "vectors", "gather", "read", "weigh")


def ask(
    index: str, cache: str, reader: str, questions: Sequence[str], searched: Sequence[str]
) -> list[Figure]:
    """Answer some questions, after a few to warm up, and search for others.

    The first reply is that of the first of two readers, or of the only one.
    """
    times: dict[str, list[float]] = defaultdict(list)
    with closing(Bot.open(Store(Path(index)), Path(cache), reader, 0.0, lambda _: None)) as bot:
        for question in questions[:_WARM_UP]:
            bot.ask(question)
        # What was read is remembered: a question is asked or taken apart, not both.
        for question in questions[_WARM_UP::2]:
            laps = _laps(bot, question)
            times["warm ask"].append(sum(laps))
            times["  first reply"].append(laps[0])
        for question in questions[_WARM_UP + 1 :: 2]:
            trace = bot.trace(question)
            for stage in _STAGES:
                times[f"  {stage}"].append(getattr(trace.stages, stage))
            passages = [trace.hits[rank].stored.passage for rank in trace.reading.passages]
            times["network"] += _network(bot, trace.searched_question, passages)
        found, vectors = [], []
        for question in searched:
            watch = Stopwatch()
            ranking = bot.retriever.search(question)
            bot.retriever.gather(ranking, PASSAGES_READ)
            times["retrieval"].append(watch.lap())
            bot.retriever.encoder.encode([question])
            times["encoder"].append(watch.lap())
            found.append(set(ranking.by_vectors[:_BEST]))
            vectors.append(ranking.vector)
        memory = resident("VmRSS")
        watch = Stopwatch()
        exact = bot.index.generation.vectors.exact_best(np.stack(vectors), _BEST)
        each = watch.lap() / len(searched)
        indexed = bot.index.generation.manifest.passages
    shared = sum(len(best & ids) for best, ids in zip(exact, found, strict=True))
    encoder, network = median(times.pop("encoder")), median(times.pop("network") or [0.0])
    encoder_alone = ("encoder alone", encoder)
    alone = {
        "  encode": encoder_alone, "  read": ("network alone", network), "retrieval": encoder_alone
    }  # fmt: skip
    both = ("encoder and network", encoder + network)
    return [
        *(figure for name, laps in times.items()
          for figure in percentiles(name, laps, *alone.get(name, both))),
        Figure("recall@10", shared / sum(map(len, exact)), "", "exact search", 1.0),
        Figure("exact search", each, "ms"),
        memory_figure("RSS while answering", memory, indexed),
    ]  # fmt: skip


def _laps(bot: Bot, question: str) -> list[float]:
    """Ask a question; return the time to each reply, if there are two readers from the first on."""
    laps: list[float] = []
    watch = Stopwatch()
    bot.ask(question, on_first=lambda _: laps.append(watch.lap()))
    return [*laps, watch.lap()]


def _network(bot: Bot, question: str, passages: Sequence[Passage]) -> list[float]:
    """Time the reader's bare network over a question's passages; empty: it has none."""
    from qa.reader.extractive import ExtractiveReader
    from qa.reader.windows import windows

    reader = bot.reader
    if not isinstance(reader, ExtractiveReader) or not passages:
        return []
    texts = [passage.text for passage in passages]
    tokenised = windows(reader.tokenizer, question, texts, reader.card.max_tokens)
    watch = Stopwatch()
    reader.logits(tokenised)
    return [watch.lap()]
