"""How long reading takes, next to the bare network over the same tokens."""

from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median

from eval.articles import articles_under
from eval.bench.figures import Figure, percentiles
from index.articles import tokens
from index.articles.bundled import bundled_articles
from index.articles.passages import NoLimit, Passage
from index.articles.spans import Span
from index.models.onnx_export import open_question_encoder
from index.models.registry import find_model
from qa.bot import PASSAGES_READ
from qa.reader.export import open_reader
from qa.reader.windows import windows
from qa.stopwatch import Stopwatch

_QUESTION = "Who signed the agreement on the radar station, and in which city was that?"
_ROUNDS = 30
_WARM_UP = 5
_MIN_TOKENS = 140
"""Of our own encoding, in a passage: close to the budget, as most passages are."""


def bench_read(reader_name: str, cache: Path, on_progress: Callable[[str], None]) -> list[Figure]:
    """Time one question over as many passages as a question is read over, in alternating rounds."""
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
    return [
        Figure("passages", len(passages)),
        Figure("tokens each, with the question", fmean(len(window.ids) for window in tokenised)),
        *percentiles("reading", reading[_WARM_UP:], "bare network", median(bare[_WARM_UP:])),
    ]


def _passages() -> list[Passage]:
    """Return passages of the bundled articles of a usual length."""
    return [
        passage
        for article in articles_under(bundled_articles(), NoLimit())
        for passage in article.passages
        if tokens.count(passage.text) >= _MIN_TOKENS
    ]


def use_models(cache: str, reader: str, model: str) -> None:
    """Load the models that a question needs, and use each once."""
    found = find_model(model)
    encoder = open_question_encoder(found.name, found.fingerprint, Path(cache), lambda _: None)
    encoder.encode([_QUESTION])
    text = "The minister signed on Tuesday."
    passage = Passage(text, 0, len(text), 1, 1, (Span(0, len(text)),))
    open_reader(reader, Path(cache), lambda _: None).read(_QUESTION, [passage])
