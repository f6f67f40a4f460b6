"""Measure the reader, or fit its confidence: `python -m eval.measure.reader DATA`.

DATA holds reader/dev.jsonl.gz and news/dev/. Prints exact match and F1 on the gold passages of four
encyclopedia articles that nothing was trained, chosen or calibrated on; then what the complete
pipeline answers, with both readers where the accurate one can be used: over an index of all
encyclopedia contexts, where half of the questions lack their gold passage, and over the development
news, by kind of question. `--fit` first fits the confidence on three other encyclopedia articles
and on the news, and writes it next to the weights of the last reader.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from eval.measure.fit_confidence import Calibrations, fit
from eval.measure.news_dev import NewsPipeline, elsewhere_question, news_questions
from eval.measure.predictions import Prediction
from eval.measure.squad_dev import DevPipeline
from eval.metrics.squad import best_f1, exact_match, f1
from eval.metrics.statistics import auroc, calibration_error, risk_at
from index.articles.passages import Passage
from index.articles.sentences import sentences
from index.articles.spans import Span
from qa.answering.confidence import CALIBRATION_FILE
from qa.bot import open_readers
from qa.reader.protocol import Reader
from qa.reader.shipped import ACCURATE, DEFAULT_READER, FAST
from qa.training.data import CALIBRATED, MEASURED, Row, load
from qa.training.news import News

Item = TypeVar("Item")

_REPORT_EVERY = 200
_ELSEWHERE = 0.25
"""Share of the encyclopedia's questions that are asked of the news, which answers none of them."""


def main() -> None:
    """Measure on gold passages, then the complete pipeline."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure.reader", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with reader/ and news/")
    parser.add_argument("--work", type=Path, default=Path("build/measure"), help="scratch folder")
    parser.add_argument("--reader", default=DEFAULT_READER, help="name or path")
    parser.add_argument("--share", type=float, default=1.0, help="share of the questions asked")
    parser.add_argument("--gold-only", action="store_true", help="skip the pipeline")
    parser.add_argument("--fit", action="store_true", help="fit the confidence and keep it")
    options = parser.parse_args()
    dev = load(options.data / "reader" / "dev.jsonl.gz")
    parts = {
        "measured": _some([row for row in dev if row.title in MEASURED], options.share),
        "calibrated": _some([row for row in dev if row.title in CALIBRATED], options.share),
    }
    first, second = open_readers(options.reader, options.work / "models", print)
    for name, rows in parts.items():
        _measure_reading(name, second.reader if second else first, rows)
    if options.gold_only:
        return
    encyclopedia = DevPipeline.open(dev, options.work, options.reader)
    with closing(encyclopedia.bot):
        predicted = {
            name: [encyclopedia.predict(row) for row in _shown(name, rows)]
            for name, rows in parts.items()
        }
    news = News(options.data / "news" / "dev")
    pipeline = NewsPipeline.open(news, options.work, options.reader)
    with closing(pipeline.bot):
        questions = _some(list(news_questions(news)), options.share)
        on_news = [pipeline.predict(question) for question in _shown("news", questions)]
        strangers = _some([row for row in parts["calibrated"] if row.answers], _ELSEWHERE)
        elsewhere = [pipeline.predict(elsewhere_question(row.question)) for row in strangers]
    calibrations = Calibrations.of_bot(pipeline.bot)
    if options.fit:
        calibrations = _fitted(calibrations, [*predicted["calibrated"], *on_news, *elsewhere])
    for name, predictions in predicted.items():
        _measure_pipeline(name, predictions, calibrations)
    _measure_pipeline("news", on_news, calibrations)
    _measure_by_kind([*on_news, *elsewhere], calibrations)


def _fitted(calibrations: Calibrations, predictions: Sequence[Prediction]) -> Calibrations:
    """Fit the confidence of the last reader, and keep it next to its weights."""
    has_second = calibrations.second is not None
    fitted = fit([one for one in predictions if one.is_second or not has_second])
    encoded = msgspec.json.format(msgspec.json.encode(fitted))
    folder = ACCURATE if has_second else FAST
    (folder / CALIBRATION_FILE).write_bytes(encoded + b"\n")
    return Calibrations(calibrations.first, fitted) if has_second else Calibrations(fitted, None)


def _some(items: Sequence[Item], share: float) -> list[Item]:
    """Return a share of the items, the same ones each time, in order."""
    chance = random.Random(1)  # noqa: S311
    return [item for item in items if chance.random() < share]


def _shown(name: str, items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items; print how far they are."""
    for done, item in enumerate(items, 1):
        yield item
        if done % _REPORT_EVERY == 0:
            print(f"{name}: {done} of {len(items)} questions", flush=True)


def _measure_reading(name: str, reader: Reader, rows: Sequence[Row]) -> None:
    """Print how well gold passages are read."""
    margins, matches, overlaps = (np.zeros(len(rows)) for _ in range(3))
    for index, row in enumerate(rows):
        best = reader.read(row.question, [_passage(row.context)])[:1]
        text = best[0].span.of(row.context) if best else ""
        gold = [answer.text for answer in row.answers]
        margins[index] = best[0].margin if best else -np.inf
        matches[index] = exact_match(text, gold)
        overlaps[index] = f1(text, gold)
    answerable = np.array([bool(row.answers) for row in rows])
    overall, threshold = best_f1(margins, overlaps, answerable)
    print(
        f"{name}, gold passage: {len(rows)} questions, {answerable.sum()} answerable: "
        f"exact match {100 * matches[answerable].mean():.1f}, "
        f"F1 {100 * overlaps[answerable].mean():.1f}; "
        f"all, F1 at the best threshold ({threshold:.1f}) {100 * overall:.1f}; "
        f"AUROC of answerable {auroc(margins, answerable):.3f}",
        flush=True,
    )


def _passage(context: str) -> Passage:
    spans = tuple(sentences(context, Span(0, len(context))))
    return Passage(context, 0, len(context.encode()), 1, 1, spans)


def _measure_pipeline(
    name: str, predictions: Sequence[Prediction], calibrations: Calibrations
) -> None:
    """Print how reliable confidence is over answerable questions, and what is refused."""
    answerable = [prediction for prediction in predictions if prediction.is_answerable]
    best = [calibrations.best_of(prediction) for prediction in answerable]
    confidence = np.array([one.confidence for one in best])
    overlaps, matches = (np.array([getattr(one, name) for one in best]) for name in ("f1", "exact"))
    right, left_out = (
        np.array([getattr(one, name) for one in best]) for name in ("right", "left_out")
    )
    found = left_out == 0
    print(
        f"{name}, complete pipeline: {len(answerable)} answerable questions, gold left out for "
        f"{(~found).sum()}: with gold exact match {100 * matches[found].mean():.1f}, "
        f"F1 {100 * overlaps[found].mean():.1f}"
    )
    for label, values in (("exact match", matches), ("right (F1 at least 0.5)", right)):
        print(
            f"  {label}: {100 * values.mean():.1f}% of all, AUROC "
            f"{auroc(confidence, values.astype(bool)):.3f}, expected calibration error "
            f"{calibration_error(confidence, values):.3f}"
        )
    risks = ", ".join(f"{risk_at(confidence, right, c):.3f} at {c}" for c in (0.1, 0.25, 0.4, 0.5))
    print(f"  share wrong among the surest: {risks} of the questions")
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (confidence >= low) & (confidence < low + 0.1)
        if inside.any():
            print(
                f"  confidence {low:.1f} to {low + 0.1:.1f}: {inside.sum():4} answers, "
                f"mean {confidence[inside].mean():.2f}, right {right[inside].mean():.2f}"
            )
    answered = confidence >= calibrations.threshold
    refused = [
        calibrations.best_of(prediction).confidence < calibrations.threshold
        for prediction in predictions
        if not prediction.is_answerable
    ]
    print(
        f"  at the threshold {calibrations.threshold}: answers {100 * answered[found].mean():.1f}% "
        f"of those with gold ({100 * right[found & answered].mean():.1f}% of these right), "
        f"{100 * answered[~found].mean():.1f}% of those without; refuses "
        f"{100 * np.mean(refused):.1f}% of {len(refused)} unanswerable ones",
        flush=True,
    )


def _measure_by_kind(predictions: Sequence[Prediction], calibrations: Calibrations) -> None:
    """Print, for each kind of question, what is right and given, right and shown, and refused."""
    of_kind: dict[str, list[Prediction]] = defaultdict(list)
    for prediction in predictions:
        suffix = "" if prediction.is_answerable else ", no answer"
        of_kind[f"{prediction.kind}{suffix}"].append(prediction)
    for kind, members in of_kind.items():
        best = [calibrations.best_of(prediction) for prediction in members]
        given = np.array([one.confidence >= calibrations.threshold for one in best])
        right = np.array([one.right for one in best])
        line = np.array([one.on_line for one in best])
        figures = {
            "right and given": right * given,
            "right": right,
            "line given": line * given,
            "line": line,
            "refused": ~given,
        }
        shown = ", ".join(f"{name} {100 * values.mean():.1f}" for name, values in figures.items())
        print(f"  {kind}: {len(members)} questions, {shown}", flush=True)


if __name__ == "__main__":
    main()
