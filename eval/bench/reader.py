"""How long reading takes, next to the bare network over the same tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from eval.articles import articles_under
from index.articles import tokens
from index.articles.bundled import bundled_articles
from index.articles.passages import NoLimit, Passage
from qa.bot import PASSAGES_READ
from qa.reader.export import open_reader
from qa.reader.windows import windows
from qa.stopwatch import Stopwatch

_QUESTION = "Who signed the agreement on the radar station, and in which city was that?"
_ROUNDS = 30
_WARM_UP = 5
_MIN_TOKENS = 140
"""Of our own encoding, in a passage: close to the budget, as most passages are."""


@dataclass(frozen=True, slots=True)
class ReadBench:
    """Milliseconds, over alternating rounds."""

    passages: int
    tokens: float
    """The model's tokens per passage, with the question and special tokens; mean."""
    bare: float
    """The network alone, each passage by itself: no tokenizing, no spans."""
    reading: float
    """Everything; median."""
    p95: float
    """Everything; 95th percentile."""


def bench_read(reader_name: str, cache: Path, on_progress: Callable[[str], None]) -> ReadBench:
    """Time one question over as many passages as a question is read over."""
    reader = open_reader(reader_name, cache, on_progress)
    passages = _passages()[:PASSAGES_READ]
    texts = [passage.text for passage in passages]
    tokenised = windows(reader.tokenizer, _QUESTION, texts, reader.card.max_tokens)
    bare, reading = [], []
    for _ in range(_WARM_UP + _ROUNDS):
        watch = Stopwatch()
        reader.logits(tokenised)
        bare.append(watch.lap())
        reader.read(_QUESTION, passages)
        reading.append(watch.lap())
    mean = sum(len(window.ids) for window in tokenised) / len(tokenised)
    bare, reading = bare[_WARM_UP:], reading[_WARM_UP:]
    p95 = quantiles(reading, n=20)[-1]
    return ReadBench(len(passages), mean, median(bare), median(reading), p95)


def _passages() -> list[Passage]:
    """Return passages of the bundled articles of a usual length."""
    return [
        passage
        for article in articles_under(bundled_articles(), NoLimit())
        for passage in article.passages
        if tokens.count(passage.text) >= _MIN_TOKENS
    ]
