"""How long reading takes, beside the bare model over the same tokens."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.articles import articles_under
from index.articles import tokens
from index.articles.bundled import bundled_articles
from index.articles.passages import NoLimit, Passage
from qa.bot import PASSAGES_READ
from qa.reader.export import open_reader
from qa.reader.windows import windows

_QUESTION = "Who signed the agreement on the radar station, and in which city was that?"
_ROUNDS = 30
_WARM = 5
_ABOUT = 140
"""Tokens of our own encoding that a passage has at least: near the budget, as most are."""


@dataclass(frozen=True, slots=True)
class ReadBench:
    """Times in milliseconds, over alternating rounds."""

    passages: int
    tokens: float
    """The model's, question and special ones counted in: the mean over the passages."""
    bare: float
    """The network alone, each passage by itself: no tokenizing, no spans."""
    reading: float
    """All of reading: median."""
    slowest: float
    """The 95th percentile."""


def bench_read(reader_name: str, cache: Path, tell: Callable[[str], None]) -> ReadBench:
    """Measure one question over as many passages as a question is read over."""
    reader = open_reader(reader_name, cache, tell)
    passages = _passages()[:PASSAGES_READ]
    texts = [passage.text for passage in passages]
    every = windows(reader.tokenizer, _QUESTION, texts, reader.card.max_tokens)
    bare, reading = [], []
    for number in range(_WARM + _ROUNDS):
        began = time.perf_counter()
        reader.logits(every)
        between = time.perf_counter()
        reader.read(_QUESTION, passages)
        ended = time.perf_counter()
        if number >= _WARM:
            bare.append(1000 * (between - began))
            reading.append(1000 * (ended - between))
    mean = sum(len(window.ids) for window in every) / len(every)
    slowest = sorted(reading)[int(0.95 * len(reading))]
    return ReadBench(len(passages), mean, median(bare), median(reading), slowest)


def _passages() -> list[Passage]:
    """Give passages of the bundled articles that are about as long as passages are."""
    return [
        passage
        for article in articles_under(bundled_articles(), NoLimit())
        for passage in article.passages
        if tokens.count(passage.text) >= _ABOUT
    ]
