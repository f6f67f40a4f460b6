"""Fit the sentence reader: `python -m qa.reader.fit_sentences DEV.jsonl.gz SCRATCH_FOLDER`.

DEV holds SQuAD 2.0 questions, one JSON object a line, with the article's title. Four of its
articles are measured on and never fitted to. Prints the constants of `sentence_reader` and figures.
"""

import argparse
import gzip
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from index.build import BuildRequest, build
from index.encoder import SentenceEncoder
from index.models import DEFAULT_MODEL, find_model
from index.plan import resolve_roots
from index.spans import Span
from index.store import Store
from qa.bot import PASSAGES_READ, THRESHOLD, Bot
from qa.citations import quote_of
from qa.reader.sentence_reader import FEATURES, SentenceReader
from qa.retriever import Retrieved

MEASURED = frozenset({"Normans", "Warsaw", "Steam_engine", "Immune_system"})


class GoldAnswer(msgspec.Struct):
    """An answer in its context."""

    text: str
    start: int


class Question(msgspec.Struct):
    """A question of SQuAD 2.0; one without answers is not answered by its context."""

    id: str
    title: str
    context: str
    question: str
    answers: list[GoldAnswer]


@dataclass(frozen=True, slots=True)
class Sample:
    """One question as the reader saw it."""

    title: str
    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    """Which of its sentences hold a gold answer."""


def main() -> None:
    """Index the articles, read every question, fit, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", type=Path)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--every", type=int, default=4, help="take one question in so many")
    options = parser.parse_args()
    with gzip.open(options.dev, "rb") as lines:
        questions = [msgspec.json.decode(line, type=Question) for line in lines]
    lines_of = _write_articles(questions, options.scratch / "articles")
    bot = _open(options.scratch)
    samples = list(_samples(bot, questions[:: options.every], lines_of))
    fitted = [sample for sample in samples if sample.title not in MEASURED]
    weights, bias = _fit_weights(fitted)
    calibration = _fit_calibration(fitted, weights, bias)
    _print("WEIGHTS", [*weights, bias])
    _print("CALIBRATION", list(calibration))
    measured = [sample for sample in samples if sample.title in MEASURED]
    _measure("fitted", fitted, weights, bias, calibration)
    _measure("measured", measured, weights, bias, calibration)


def _write_articles(questions: Sequence[Question], folder: Path) -> dict[str, int]:
    """Write each title as an article, a context a line; gives each context's line."""
    folder.mkdir(parents=True, exist_ok=True)
    contexts: dict[str, list[str]] = {}
    for one in questions:
        known = contexts.setdefault(one.title, [])
        if one.context not in known:
            known.append(one.context)
    lines_of: dict[str, int] = {}
    for title, texts in contexts.items():
        text = f"{title.replace('_', ' ')}\n\n" + "".join(f"{_flat(one)}\n\n" for one in texts)
        (folder / f"{title}.txt").write_text(text, encoding="utf-8")
        lines_of |= {one: 3 + 2 * i for i, one in enumerate(texts)}
    return lines_of


def _flat(context: str) -> str:
    return context.replace("\n", " ")


def _open(scratch: Path) -> Bot:
    model = find_model(DEFAULT_MODEL)
    store = Store(scratch / "index")
    request = BuildRequest(model, resolve_roots((str(scratch / "articles"),)))
    for _ in build(store, request, SentenceEncoder(model)):
        pass
    return Bot.open(store, scratch / "models", THRESHOLD, print)


def _samples(bot: Bot, questions: Sequence[Question], lines_of: dict[str, int]) -> Iterator[Sample]:
    reader = bot.reader
    assert isinstance(reader, SentenceReader)
    titles = {
        one.id: Path(one.found.relative).stem for one in bot.index.generation.catalog.articles()
    }
    for one in questions:
        line = lines_of[one.context]
        retrieved = bot.retriever.retrieve(one.question, 2 * PASSAGES_READ)
        if _left_out(one):
            retrieved = [
                item for item in retrieved if not _holds_line(item, titles, one.title, line)
            ]
        passages = [item.stored.passage for item in retrieved[:PASSAGES_READ]]
        places = [(i, span) for i, passage in enumerate(passages) for span in passage.sentences]
        right = [
            titles[retrieved[i].stored.article_id] == one.title
            and any(_holds(retrieved[i], span, line, gold) for gold in one.answers)
            for i, span in places
        ]
        features = reader.features(one.question, passages, places)
        yield Sample(one.title, features, np.array(right))


def _left_out(question: Question) -> bool:
    """Choose half of the questions, whose gold context the reader is not shown."""
    return hashlib.sha256(question.id.encode()).digest()[0] % 2 == 0


def _holds_line(item: Retrieved, titles: dict[int, str], title: str, line: int) -> bool:
    passage = item.stored.passage
    return titles[item.stored.article_id] == title and passage.line <= line <= passage.end_line


def _holds(item: Retrieved, sentence: Span, line: int, gold: GoldAnswer) -> bool:
    quote = quote_of(item.stored.passage, sentence)
    column = gold.start + 1
    return quote.line == line and quote.column <= column <= quote.end_column


def _fit_weights(samples: Sequence[Sample]) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    features = np.concatenate([sample.features for sample in samples])
    right = np.concatenate([sample.right for sample in samples])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(features, right)
    return model.coef_[0], float(model.intercept_[0])


def _best(sample: Sample, weights: NDArray[np.float64], bias: float) -> tuple[float, float, bool]:
    scores = sample.features @ weights + bias
    order = np.argsort(-scores)
    return (
        float(scores[order[0]]),
        float(scores[order[0]] - scores[order[1]]),
        bool(sample.right[order[0]]),
    )


def _fit_calibration(
    samples: Sequence[Sample], weights: NDArray[np.float64], bias: float
) -> NDArray[np.float64]:
    from sklearn.linear_model import LogisticRegression

    best = [_best(sample, weights, bias) for sample in samples]
    # As many questions that the articles answer as ones that they do not: what a person asks.
    answerable = np.array([bool(sample.right.any()) for sample in samples])
    balance = np.where(answerable, 0.5 / answerable.mean(), 0.5 / (1 - answerable.mean()))
    model = LogisticRegression(C=100.0).fit(
        [one[:2] for one in best], [one[2] for one in best], sample_weight=balance
    )
    return np.array([*model.coef_[0], float(model.intercept_[0])])


def _measure(
    name: str,
    samples: Sequence[Sample],
    weights: NDArray[np.float64],
    bias: float,
    calibration: NDArray[np.float64],
) -> None:
    from sklearn.metrics import roc_auc_score

    best = [_best(sample, weights, bias) for sample in samples]
    right = np.array([one[2] for one in best])
    logits = np.array([calibration @ np.array([score, lead, 1.0]) for score, lead, _ in best])
    confidence = 1 / (1 + np.exp(-logits))
    answerable = np.array([bool(sample.right.any()) for sample in samples])
    print(
        f"{name}: {len(samples)} questions, gold sentence read for {answerable.mean():.3f}, "
        f"right first of those {right[answerable].mean():.3f}, "
        f"AUROC of right {roc_auc_score(right, confidence):.3f}"
    )
    for threshold in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        given = confidence >= threshold
        print(
            f"  at {threshold}: answered {given[answerable].mean():.3f} of what is answered there "
            f"and {given[~answerable].mean():.3f} of what is not; "
            f"right {right[answerable & given].mean():.3f} of the first"
        )


def _print(name: str, values: Sequence[float]) -> None:
    print(
        name,
        "=",
        tuple(round(float(value), 3) for value in values),
        FEATURES if len(values) > 3 else "",
    )


if __name__ == "__main__":
    main()
