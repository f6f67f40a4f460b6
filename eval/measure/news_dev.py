"""The complete pipeline over the development news: natural questions, and conversations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.measure.predictions import Asked, Prediction, predict
from index.storage.scope import Scope
from qa.bot import Bot
from qa.conversation import history_from_questions
from qa.reader.shipped import DEFAULT_READER
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
    texts = _texts(news)
    for each in news.questions:
        kind = f"{each.kind} of the folder" if each.alone else each.kind
        one = _asked(kind, each.article, texts[each.article], each.question, each.answers)
        yield NewsQuestion(one, tuple(each.history), None if each.alone else each.article)
    yield from (turn for _, turn in turns(news))


def turns(news: News) -> Iterator[tuple[tuple[str, int], NewsQuestion]]:
    """Yield the turns of the conversations, each with its conversation's id and its number."""
    texts = _texts(news)
    for conversation in news.conversations:
        article = conversation.article
        for number, turn in enumerate(conversation.turns):
            earlier = tuple(before.question for before in conversation.turns[:number])
            kind = "later turn" if number else "first turn"
            one = _asked(kind, article, texts[article], turn.question, turn.answers)
            yield (conversation.id, number), NewsQuestion(one, earlier, article)


def _texts(news: News) -> dict[str, str]:
    paths = (news.folder / "articles").iterdir()
    return {path.name: path.read_bytes().decode() for path in paths}


def _asked(
    kind: str, article: str, text: str, question: str, answers: Sequence[GoldAnswer]
) -> Asked:
    gold = {
        (article, line)
        for answer in answers
        for first in [1 + text.count("\n", 0, answer.start)]
        for line in range(first, first + answer.text.count("\n") + 1)
    }
    accepted = tuple(answer.text for answer in answers)
    return Asked(kind, question, accepted, frozenset(gold), kind.startswith("open"))


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
        within = (str(self.articles / question.article),) if question.article else ()
        history = history_from_questions(question.earlier)
        found = self.bot.find(question.asked.question, Scope(within), history)
        return predict(self.bot, question.asked, found, left_out=False)
