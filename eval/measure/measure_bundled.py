"""Measure answers over the bundled articles: `python -m eval.measure.measure_bundled`.

Asks every question of the bundled set, follow-ups made whole by hand, and prints exact match, F1,
how often the right line is cited, and how often it refuses what the articles do not answer. Then
asks the follow-ups as they were asked, each after its earlier questions, and prints how often the
answer is as right as when the question is asked whole.
"""

import argparse
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from eval.metrics.squad import exact_match, f1
from eval.sets.question_set import Question, bundled_questions
from index.articles.bundled import bundled_articles
from qa.answering.confidence import default_threshold
from qa.answers import DEFAULT_ANSWERS, Answer, Answered, Reply
from qa.bot import Bot
from qa.reader.shipped import DEFAULT_READER
from qa.rewriting.resolve import Exchange, exchange_of, recall
from qa.training.corpus import build_index


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of one question."""

    question: Question
    asked: str
    """As it was searched for."""
    answered: bool
    given: tuple[Answer, ...]
    """The best first; those that were rejected where it was not answered."""

    @property
    def gold(self) -> list[str]:
        """The accepted answers."""
        return [answer for gold in self.question.gold for answer in gold.answers]

    @property
    def is_right(self) -> bool:
        """Whether the best span, whatever its confidence, shares half of its words with gold."""
        return bool(self.given) and f1(self.given[0].text, self.gold) >= _RIGHT

    def is_line_right(self, most: int) -> bool:
        """Tell whether one of the first answers is cited from a line where gold stands."""
        lines = {(gold.path, gold.line) for gold in self.question.gold}
        return any(
            (Path(citation.file).name, citation.answer.line) in lines
            for answer in self.given[:most]
            for citation in answer.citations
        )


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up, asked in three ways."""

    whole: Measured
    """As it was made whole by hand."""
    told: Measured
    """After its earlier questions, whose answers are known."""
    untold: Measured
    """After its earlier questions, whose answers are not."""


_RIGHT = 0.5


def main() -> None:
    """Index the bundled articles, ask, print."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.measure.measure_bundled", description=__doc__
    )
    parser.add_argument("--reader", default=DEFAULT_READER, help="name or path")
    parser.add_argument("--threshold", type=float, default=default_threshold())
    parser.add_argument("--wrong", action="store_true", help="show every question that went wrong")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        store = build_index(bundled_articles(), Path(scratch) / "index", print)
        models = Path(scratch) / "models"
        with closing(Bot.open(store, models, given.reader, given.threshold, print)) as bot:
            questions = bundled_questions()
            measured = [_measure(question, bot.ask(question.whole)) for question in questions]
            follow_ups = [
                FollowUp(
                    one,
                    _after_conversation(bot, one.question),
                    _after_questions(bot, one.question),
                )
                for one in measured
                if one.question.history
            ]
    _report(measured)
    _report_follow_ups(follow_ups)
    if given.wrong:
        _show_wrong(measured)
        _show_follow_ups(follow_ups)


def _measure(question: Question, reply: Reply) -> Measured:
    answered = isinstance(reply, Answered)
    given = reply.answers if isinstance(reply, Answered) else reply.rejected
    return Measured(question, reply.asked, answered, given)


def _after_conversation(bot: Bot, question: Question) -> Measured:
    history: list[Exchange] = []
    for earlier in question.history:
        history.append(exchange_of(bot.ask(earlier, history=history)))
    return _measure(question, bot.ask(question.question, history=history))


def _after_questions(bot: Bot, question: Question) -> Measured:
    reply = bot.ask(question.question, history=recall(question.history))
    return _measure(question, reply)


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


def _report_follow_ups(asked: list[FollowUp]) -> None:
    print(f"{len(asked)} follow-ups, the best span whatever its confidence:")
    _report_way("made whole by hand", [one.whole for one in asked])
    _report_way("from the conversation", [one.told for one in asked])
    _report_way("from the earlier questions alone", [one.untold for one in asked])
    whole = sum(one.whole.is_right for one in asked)
    right = sum(one.told.is_right for one in asked)
    print(f"  as often right as when asked whole: {100 * right / whole:.0f}% ({right} of {whole})")


def _report_way(name: str, asked: list[Measured]) -> None:
    right = sum(one.is_right for one in asked)
    shown = sum(one.is_right and one.answered for one in asked)
    line = sum(one.is_line_right(1) for one in asked)
    print(f"  {name}: {right} right, {shown} of them above the threshold; {line} of the right line")


def _show_follow_ups(asked: list[FollowUp]) -> None:
    for one in asked:
        print(f"{one.whole.question.id}: {' / '.join(one.whole.question.history)}")
        for way in (one.whole, one.told, one.untold):
            words = way.given[0].text if way.given else ""
            print(f"    {'right' if way.is_right else 'wrong'}: {way.asked} -> {words!r}")


def _show_wrong(measured: list[Measured]) -> None:
    for one in measured:
        words = one.given[0].text if one.given else ""
        right = f1(words, one.gold) >= _RIGHT if one.gold else not one.answered
        if not right or one.answered != bool(one.gold):
            sure = f"{one.given[0].confidence:.2f}" if one.given else "-"
            print(f"{one.question.id}: {one.question.whole}")
            print(f"    gold {one.gold[:3]}, given {words!r} ({sure})")


if __name__ == "__main__":
    main()
