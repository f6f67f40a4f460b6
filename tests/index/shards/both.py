"""The same articles in one index and in shards, and what a person is told by each."""

import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest
from index.shards.build import build_shards
from index.shards.store import ShardedStore
from index.storage.catalog import Catalog
from index.storage.scope import EVERYTHING, Scope
from index.storage.store import OpenIndex, Store
from qa.answers import Answered, State, Unmentioned
from qa.bot import Bot
from tests.fakes import FakeEncoder, fake_model
from tests.qa.fakes import CALIBRATION, Library, SentenceReader

WORDS = """harbour board breakwater vote winter ferry island captain storm bridge mayor tax museum
    painting theft railway tunnel budget school teacher strike river flood dam engineer""".split()
QUESTIONS = [
    "Who voted on the breakwater?", "storm harbour ferry", "When was the painting stolen?",
    "museum", "the mayor and the tunnel budget", "What did the teacher say about the strike?",
    "zebra", "river flood dam engineer railway 2011",
]  # fmt: skip


def made_article(chance: random.Random, number: int) -> str:
    paragraphs = []
    for _ in range(chance.randint(1, 6)):
        sentences = (
            " ".join(chance.choices(WORDS, k=chance.randint(4, 14))).capitalize() + "."
            for _ in range(chance.randint(1, 9))
        )
        paragraphs.append(" ".join(sentences))
    heading = "# The harbour\n\n" if number % 5 == 0 else ""
    day = f"{1 + number % 28} July 2011\n\n" if number % 3 else ""
    return f"Report {number}\n\n{day}{heading}" + "\n\n".join(paragraphs) + "\n"


@dataclass(frozen=True)
class Told:
    """What a person is told."""

    state: State
    cited: list[list[tuple[str, int, str]]]
    unmentioned: tuple[Unmentioned, ...]
    passages: list[tuple[str, int]]
    undated: int


class Both(Library):
    """Articles in one index and in four shards."""

    count = 4
    questions = QUESTIONS

    @property
    def sharded(self) -> ShardedStore:
        return ShardedStore(self.folder / "sharded")

    @property
    def request(self) -> BuildRequest:
        root = Root(str(self.news), str(self.news.resolve()))
        return BuildRequest(fake_model(), (root,))

    @property
    def names(self) -> list[str]:
        return [path.name for path in self.news.iterdir()]

    def shard(self, encoder: FakeEncoder | None = None, count: int | None = None) -> Summary:
        *_, last = build_shards(
            self.sharded, self.request, encoder or FakeEncoder(), count or self.count
        )
        assert isinstance(last, Summary)
        return last

    def answers(self, store: Store, scope: Scope = EVERYTHING) -> list[Told]:
        with closing(store.open()) as index:
            bot = self.bot_over(index)
            return [self.told(bot, question, scope) for question in self.questions]

    def bot_over(self, index: OpenIndex) -> Bot:
        bot = Bot.from_index(index, FakeEncoder(), SentenceReader(), 0.0)
        bot.calibration = CALIBRATION
        return bot

    def told(self, bot: Bot, question: str, scope: Scope = EVERYTHING) -> Told:
        return _plain(bot, question, scope)


def _plain(bot: Bot, question: str, scope: Scope) -> Told:
    reply = bot.ask(question, 5, scope)
    found = bot.find(question, scope)
    catalog = bot.index.generation.catalog
    # In one index too, the scores of copies may differ in their last digit.
    passages = [
        (catalog.article(one.article_id).title_or_name, one.passage.line)
        for one in catalog.passages(found.ranking.fused)
    ]
    cited = [
        [(one.file, one.answer.line, one.answer.text) for one in answer.citations]
        for answer in (reply.answers if isinstance(reply, Answered) else reply.rejected)
    ]
    return Told(reply.state, cited, reply.unmentioned, passages, reply.undated)


def write_both(folder: Path, articles: int = 40) -> Both:
    """Write articles of which some are copies of others, and one index of them."""
    library, chance = Both(folder), random.Random(3)
    for number in range(articles):
        text = made_article(chance, number)
        library.write(f"{number % 4}/report {number}.md", text)
        if number % 8 == 0:
            library.write(f"copies/copy of {number}.md", text)
    library.index()
    return library


def audit(library: Both, store: Store) -> list[str]:
    """Return what is lost, doubled or wrong, compared with one index of the articles."""
    with closing(library.store.open()) as index:
        expected = _held(index.generation.catalog)
    with closing(store.open()) as index:
        found = _held(index.generation.catalog)
    faults = [f"lost: {one}" for one in sorted(set(expected) - set(found))]
    faults += [f"unknown: {one}" for one in sorted(set(found) - set(expected))]
    faults += [f"doubled: {one}" for one in sorted(set(found)) if found.count(one) > 1]
    if not faults:
        answers = zip(
            library.questions, library.answers(library.store), library.answers(store), strict=True
        )
        faults += [f"wrong: {question}" for question, one, other in answers if one != other]
    return faults


def _held(catalog: Catalog) -> list[tuple[str, int, int, str]]:
    """Return every passage with its place."""
    return [
        (article.found.path, stored.passage.line, stored.passage.column, stored.passage.text)
        for article in catalog.articles()
        for stored in catalog.passages_of(article)
    ]
