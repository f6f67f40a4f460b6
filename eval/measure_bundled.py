"""Measure answers over the bundled articles: `python -m eval.measure_bundled`.

Asks every question of the bundled set, follow-ups made whole by hand, and prints exact match, F1,
how often the right line is cited, and how often it refuses what the articles do not answer.
"""

import argparse
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from eval.question_set import Question, bundled_questions
from eval.squad import exact_match, f1
from index.samples import bundled_articles
from qa.answers import Answer, Answered
from qa.bot import DEFAULT_ANSWERS, Bot
from qa.confidence import default_threshold
from qa.reader.shipped import DEFAULT_READER
from qa.reader.train.corpus import build_index


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one question."""

    question: Question
    answered: bool
    given: tuple[Answer, ...]
    """The best first; those that were rejected where it was not answered."""

    @property
    def gold(self) -> list[str]:
        """The accepted answers."""
        return [answer for gold in self.question.gold for answer in gold.answers]

    def is_line_right(self, most: int) -> bool:
        """Tell whether one of the first answers is cited from a line where gold stands."""
        lines = {(gold.path, gold.line) for gold in self.question.gold}
        return any(
            (Path(citation.file).name, citation.answer.line) in lines
            for answer in self.given[:most]
            for citation in answer.citations
        )


def main() -> None:
    """Index the bundled articles, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure_bundled", description=__doc__)
    parser.add_argument("--reader", default=DEFAULT_READER, help="name or path")
    parser.add_argument("--threshold", type=float, default=default_threshold())
    parser.add_argument("--wrong", action="store_true", help="show every question that went wrong")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = build_index(bundled_articles(), Path(scratch) / "index", print)
        models = Path(scratch) / "models"
        with closing(Bot.open(store, models, given.reader, given.threshold, print)) as bot:
            measured = [_measure(bot, question) for question in bundled_questions()]
    _report(measured)
    if given.wrong:
        _show_wrong(measured)


def _measure(bot: Bot, question: Question) -> Measured:
    reply = bot.ask(question.whole, DEFAULT_ANSWERS)
    if isinstance(reply, Answered):
        return Measured(question, True, reply.answers)
    return Measured(question, False, reply.rejected)


def _report(measured: list[Measured]) -> None:
    answerable = [one for one in measured if one.gold]
    unanswerable = [one for one in measured if not one.gold]
    with_words = [one for one in answerable if one.given]
    matches = sum(exact_match(one.given[0].text, one.gold) for one in with_words)
    overlaps = sum(f1(one.given[0].text, one.gold) for one in with_words)
    count = len(answerable)
    print(f"{count} questions that the articles answer, the best span whatever its confidence:")
    print(f"  exact match {100 * matches / count:.1f}, F1 {100 * overlaps / count:.1f}")
    for most in (1, DEFAULT_ANSWERS):
        right = mean(one.is_line_right(most) for one in answerable)
        print(f"  right line among the first {most}: {100 * right:.1f}%")
    answered = [one for one in answerable if one.answered]
    shown = [f1(one.given[0].text, one.gold) for one in answered]
    print(f"  answered {100 * len(answered) / count:.1f}%, F1 of these {100 * mean(shown):.1f}")
    refused = mean(not one.answered for one in unanswerable)
    print(f"{len(unanswerable)} that they do not answer: {100 * refused:.1f}% refused")
    total = sum(shown) + refused * len(unanswerable)
    print(f"all, F1 with refusals: {100 * total / len(measured):.1f}")


def _show_wrong(measured: list[Measured]) -> None:
    for one in measured:
        words = one.given[0].text if one.given else ""
        right = f1(words, one.gold) >= 0.5 if one.gold else not one.answered
        if not right or one.answered != bool(one.gold):
            sure = f"{one.given[0].confidence:.2f}" if one.given else "-"
            print(f"{one.question.id}: {one.question.whole}")
            print(f"    gold {one.gold[:3]}, given {words!r} ({sure})")


if __name__ == "__main__":
    main()
