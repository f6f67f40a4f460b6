"""The complete pipeline over the development news: natural questions, and conversations."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.measure.predictions import Asked, Prediction, predict
from qa.bot import Bot
from qa.reader.shipped import DEFAULT_READER
from qa.rewriting.resolve import history_from_questions
from qa.training.corpus import build_index
from qa.training.data import GoldAnswer
from qa.training.news import News


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """A question of the news, whether from a list or from a conversation."""

    asked: Asked
    earlier: tuple[str, ...]
    article: str | None
    """The only article that it is asked of; None for all of them."""


def news_questions(news: News) -> Iterator[NewsQuestion]:
    """Yield the questions, then the turns of the conversations."""
    paths = (news.folder / "articles").iterdir()
    texts = {path.name: path.read_bytes().decode() for path in paths}

    def asked(kind: str, article: str, question: str, answers: list[GoldAnswer]) -> Asked:
        text = texts[article]
        gold = {
            (article, line)
            for answer in answers
            for first in [1 + text.count("\n", 0, answer.start)]
            for line in range(first, first + answer.text.count("\n") + 1)
        }
        accepted = tuple(answer.text for answer in answers)
        wants_sentences = kind.startswith("open")
        return Asked(kind, question, accepted, frozenset(gold), wants_sentences)

    for each in news.questions:
        kind = f"{each.kind} of the folder" if each.alone else each.kind
        one = asked(kind, each.article, each.question, each.answers)
        yield NewsQuestion(one, tuple(each.history), None if each.alone else each.article)
    for conversation in news.conversations:
        for number, turn in enumerate(conversation.turns):
            earlier = tuple(before.question for before in conversation.turns[:number])
            kind = "later turn" if number else "first turn"
            one = asked(kind, conversation.article, turn.question, turn.answers)
            yield NewsQuestion(one, earlier, conversation.article)


def elsewhere_question(question: str) -> NewsQuestion:
    """Return a question about something else, which no article answers."""
    return NewsQuestion(Asked("elsewhere", question, (), frozenset()), (), None)


@dataclass(frozen=True)
class NewsPipeline:
    """A bot over an index of one part of the news."""

    bot: Bot
    articles: Path

    @classmethod
    def open(cls, news: News, folder: Path, reader: str = DEFAULT_READER) -> "NewsPipeline":
        """Build the index, or update it, and open it."""
        articles = news.folder / "articles"
        store = build_index(articles, folder / "news-index", print)
        return cls(Bot.open(store, folder / "models", reader, 0.0, print), articles)

    def predict(self, question: NewsQuestion) -> Prediction:
        """Answer a question; nothing is left out."""
        scope = [str(self.articles / question.article)] if question.article else []
        history = history_from_questions(question.earlier)
        found = self.bot.find(question.asked.question, scope, history)
        return predict(self.bot, question.asked, found, left_out=False)
