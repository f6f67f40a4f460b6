"""Measure follow-ups: `python -m eval.measure.followups DATA`.

DATA holds news/dev/, whose conversations are asked turn by turn, each of its article: as people
typed them, with and without the turns before them. The turns in
`written_out.jsonl` were written out by hand to stand alone; they are asked in both forms. Prints
how often the best answer is right and given, or right whether given or not.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from eval.measure.fit_confidence import Calibrations
from eval.measure.news_dev import NewsPipeline, NewsQuestion, turns
from eval.measure.predictions import Prediction
from qa.ablation import Component
from qa.reader.shipped import DEFAULT_READER
from qa.training.news import News

WRITTEN_OUT = Path(__file__).with_name("written_out.jsonl")


class WrittenOut(msgspec.Struct, frozen=True):
    """A turn of a development conversation, written out by hand to stand alone."""

    conversation: str
    turn: int
    """From 0."""
    question: str


def written_out() -> list[WrittenOut]:
    """Read the turns that were written out."""
    lines = WRITTEN_OUT.read_bytes().splitlines()
    return [msgspec.json.decode(line, type=WrittenOut) for line in lines]


def main() -> None:
    """Ask the follow-ups in each form, and print what is right."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure.followups", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with news/")
    parser.add_argument("--work", type=Path, default=Path("build/measure"), help="scratch folder")
    parser.add_argument("--reader", default=DEFAULT_READER, help="name or path")
    options = parser.parse_args()
    news = News(options.data / "news" / "dev")
    pipeline = NewsPipeline.open(news, options.work, options.reader)
    with closing(pipeline.bot):
        later = {key: turn for key, turn in turns(news) if turn.earlier}
        by_hand = {(one.conversation, one.turn): one.question for one in written_out()}
        chosen = [later[key] for key in by_hand]
        alone = [_standing_alone(later[key], question) for key, question in by_hand.items()]
        _report("later turns, as typed", _asked(pipeline, list(later.values())), pipeline)
        _report("of them those written out, as typed", _asked(pipeline, chosen), pipeline)
        _report("written out", _asked(pipeline, alone), pipeline)
        pipeline.bot.without = frozenset({Component.HISTORY})
        unread = _asked(pipeline, list(later.values()))
        _report("later turns, as typed, without the turns before them", unread, pipeline)


def _standing_alone(turn: NewsQuestion, question: str) -> NewsQuestion:
    return replace(turn, asked=replace(turn.asked, question=question), earlier=())


def _asked(pipeline: NewsPipeline, questions: Sequence[NewsQuestion]) -> Iterator[Prediction]:
    return (pipeline.predict(question) for question in questions)


def _report(name: str, predictions: Iterator[Prediction], pipeline: NewsPipeline) -> None:
    every, calibrations = list(predictions), Calibrations.of_bot(pipeline.bot)
    best = [calibrations.best_of(prediction) for prediction in every]
    given = np.array([one.confidence >= calibrations.threshold for one in best])
    right = np.array([one.right for one in best])
    has_answer = np.array([prediction.is_answerable for prediction in every])
    both, either = 100 * (right * given)[has_answer].mean(), 100 * right[has_answer].mean()
    refused = 100 * (~given)[~has_answer].mean()
    print(
        f"{name}: {has_answer.sum()} answerable, right and given {both:.1f}, right {either:.1f}; "
        f"refused {refused:.1f} of {(~has_answer).sum()} others",
        flush=True,
    )


if __name__ == "__main__":
    main()
