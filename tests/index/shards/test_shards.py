"""The same articles in one index and in shards: what is found and answered is the same."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from index.articles.files import Root
from index.build.events import Summary
from index.build.partition import part_of
from index.build.pipeline import BuildRequest
from index.check import check
from index.errors import BadRequest, IndexDamaged
from index.shards.build import build_shards
from index.shards.manifest import SHARDS, read_shards
from index.shards.store import ShardedStore
from index.shards.which import MANIFEST, store_in
from index.storage.scope import EVERYTHING, Scope
from index.storage.store import Store
from qa.answers import Answered, State, Unmentioned
from qa.bot import Bot
from qa.find import mentions, wanted
from tests.fakes import EncoderKilled, FakeEncoder, fake_model
from tests.qa.fakes import CALIBRATION, Library, SentenceReader

WORDS = """harbour board breakwater vote winter ferry island captain storm bridge mayor tax museum
    painting theft railway tunnel budget school teacher strike river flood dam engineer""".split()
QUESTIONS = [
    "Who voted on the breakwater?", "storm harbour ferry", "When was the painting stolen?",
    "museum", "the mayor and the tunnel budget", "What did the teacher say about the strike?",
    "zebra", "river flood dam engineer railway 2011",
]  # fmt: skip


def _article(chance: random.Random, number: int) -> str:
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
    def names(self) -> list[str]:
        return [path.name for path in self.news.iterdir()]

    def shard(self, encoder: FakeEncoder | None = None, count: int | None = None) -> Summary:
        root = Root(str(self.news), str(self.news.resolve()))
        request = BuildRequest(fake_model(), (root,))
        *_, last = build_shards(
            self.sharded, request, encoder or FakeEncoder(), count or self.count
        )
        assert isinstance(last, Summary)
        return last

    def answers(self, store: Store, scope: Scope = EVERYTHING) -> list[Told]:
        with closing(Bot.from_index(store.open(), FakeEncoder(), SentenceReader(), 0.0)) as bot:
            bot.calibration = CALIBRATION
            return [_plain(bot, question, scope) for question in self.questions]


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


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    library, chance = Both(tmp_path_factory.mktemp("both")), random.Random(3)
    for number in range(40):
        text = _article(chance, number)
        library.write(f"{number % 4}/report {number}.md", text)
        if number % 8 == 0:
            library.write(f"copies/copy of {number}.md", text)
    library.index()
    library.shard()
    yield library


def test_answers_and_passages_are_those_of_one_index(both: Both) -> None:
    expected = both.answers(both.store)
    assert any(one.cited for one in expected)
    assert both.answers(both.sharded) == expected


@pytest.mark.parametrize(
    "scope",
    [
        Scope(since=date(2011, 7, 10), until=date(2011, 7, 20)),
        Scope(since=date(2011, 7, 3), until=date(2011, 7, 3)),
    ],
)
def test_filters_are_those_of_one_index(both: Both, scope: Scope) -> None:
    assert both.answers(both.sharded, scope) == both.answers(both.store, scope)


def test_a_scope_that_is_in_one_shard_leaves_out_the_others(both: Both) -> None:
    scope = Scope(within=(str(both.news / "1" / "report 1.md"),))
    assert both.answers(both.sharded, scope) == both.answers(both.store, scope)


def test_every_passage_is_found_in_the_order_of_one_index(both: Both) -> None:
    found = []
    for store in (both.store, both.sharded):
        with closing(store.open()) as index:
            found.append(mentions(index.generation, wanted("harbour storm")))
    assert found[0].articles == found[1].articles
    assert len(found[0].articles) > 10


def test_every_article_is_in_the_shard_of_its_path_and_in_no_other(both: Both) -> None:
    with closing(both.sharded.open()) as index:
        articles = index.generation.catalog.articles()
        parts = index.generation.generations
        held = [[one.found.path for one in part.catalog.articles()] for part in parts]
    for number, paths in enumerate(held):
        assert {part_of(path, 4) for path in paths} == {number}
    with closing(both.store.open()) as index:
        assert [one.found.path for one in articles] == [
            one.found.path for one in index.generation.catalog.articles()
        ]


def test_the_part_of_a_path_never_changes() -> None:
    assert [part_of(path, 4) for path in ("/news/a.txt", "/news/b.txt", "/news/ä.txt")] == [3, 2, 2]


def test_check_finds_nothing_wrong_with_the_index(both: Both) -> None:
    states = {finding.subject: finding.state for finding in check(both.sharded, both.folder)}
    assert states["index"] == states["articles"] == "ok"


def test_the_folder_says_whether_it_is_in_shards(both: Both) -> None:
    assert isinstance(store_in(both.sharded.folder), ShardedStore)
    assert not isinstance(store_in(both.store.folder), ShardedStore)


def test_an_ordinary_build_is_refused_and_one_in_shards_over_an_ordinary_index(both: Both) -> None:
    with pytest.raises(BadRequest, match="cluster index"), both.sharded.writing():
        pass
    with pytest.raises(BadRequest, match="ordinary"), ShardedStore(both.store.folder).building():
        pass


@pytest.fixture
def few(tmp_path: Path) -> Both:
    library, chance = Both(tmp_path), random.Random(5)
    library.count, library.questions = 2, QUESTIONS[:2]
    names = (f"{number}.txt" for number in count())
    for part in (0, 1, 0, 1):
        # In any folder, each shard has two articles.
        name = next(one for one in names if part_of(str(library.news / one), 2) == part)
        library.write(name, _article(chance, chance.randint(0, 99)))
    library.shard()
    return library


def test_a_later_build_embeds_only_what_changed(few: Both) -> None:
    few.write(few.names[0], "Nothing like it was here before. It is new.\n")
    summary = few.shard()
    assert (summary.changed, summary.unchanged) == (1, 3)
    assert 1 <= summary.embedded <= 3
    before = read_shards(few.sharded.folder)
    assert few.shard().embedded == 0
    assert read_shards(few.sharded.folder) == before


def test_a_build_that_dies_leaves_the_old_index_which_answers(few: Both) -> None:
    old = few.answers(few.sharded)
    for name in few.names:
        few.write(name, f"All is new in {name}. The harbour is closed.\n")
    with pytest.raises(EncoderKilled):
        few.shard(FakeEncoder(batches_left=1))  # one shard is complete
    assert [one.passages for one in few.answers(few.sharded)] == [one.passages for one in old]
    with pytest.raises(EncoderKilled):
        few.shard(FakeEncoder(batches_left=0))
    assert [one.passages for one in few.answers(few.sharded)] == [one.passages for one in old]
    finished = few.index().embedded
    assert few.shard().embedded < finished
    assert few.answers(few.sharded) == few.answers(few.store)


def test_another_number_of_shards_replaces_the_old_ones(few: Both) -> None:
    few.index()
    few.shard(count=7)
    assert {path.name[-3:] for path in (few.sharded.folder / SHARDS).iterdir()} == {"007"}
    assert len(read_shards(few.sharded.folder).shards) <= 4
    assert few.answers(few.sharded) == few.answers(few.store)


def test_a_lost_shard_is_named_and_the_others_answer_if_asked_to(few: Both) -> None:
    folder = next((few.sharded.folder / SHARDS).iterdir())
    for manifest in folder.rglob("articles.sqlite"):
        manifest.write_bytes(b"damaged")
    with pytest.raises(IndexDamaged, match=r"shard \d of 2.*--partial"):
        few.sharded.open()
    missing: list[str] = []
    with closing(ShardedStore(few.sharded.folder, missing.append).open()) as index:
        assert 0 < index.generation.manifest.articles < 4
        assert len(index.generation.catalog.articles()) == index.generation.manifest.articles
    assert len(missing) == 1
    few.shard()
    few.index()
    assert few.answers(few.sharded) == few.answers(few.store)


def test_a_damaged_manifest_of_all_shards_is_found(few: Both) -> None:
    path = few.sharded.folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"count":2', b'"count":5'))
    with pytest.raises(IndexDamaged, match="checksum"):
        few.sharded.open()
