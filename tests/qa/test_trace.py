"""The trace of a question, and what ablating a component changes."""

from contextlib import closing

import pytest

from index.storage.scope import EVERYTHING
from qa.ablation import Component
from qa.answers import Answered, NoAnswer
from qa.bot import PASSAGES_READ, Bot
from qa.conversation import Exchange
from qa.reader.protocol import FirstSentenceReader
from tests.fakes import FakeEncoder
from tests.qa.fakes import CALIBRATION, Library, SentenceReader, passage

STORY = "The radar treaty was signed in Prague by both ministers on a rainy morning in July."


@pytest.fixture(autouse=True)
def calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.bot.default_calibration", lambda: CALIBRATION)


@pytest.fixture(name="library")
def stories(library: Library) -> Library:
    library.write("a.txt", STORY)
    library.write("b.txt", STORY)
    library.write("c.txt", "the port is closed. Nobody has the money to dig it out.")
    library.index()
    return library


def bot(library: Library, *without: Component, reader: SentenceReader | None = None) -> Bot:
    asked = reader or SentenceReader()
    return Bot.from_index(library.store.open(), FakeEncoder(), asked, 0.0, frozenset(without))


def test_asking_is_tracing_and_replying(library: Library) -> None:
    with closing(bot(library)) as asked:
        traced = asked.trace("the port is closed.")
        reply = asked.reply(traced, 2)
        same = asked.ask("the port is closed.", 2)
    assert isinstance(reply, Answered)
    assert isinstance(same, Answered)
    assert reply.answers == same.answers
    assert len(traced.reading.answers) > len(reply.answers) == 2
    assert [one.confidence for one in traced.reading.answers[:2]] == [
        one.confidence for one in reply.answers
    ]


def test_a_trace_reads_once_for_any_number_of_replies(library: Library) -> None:
    reader = SentenceReader()
    with closing(bot(library, reader=reader)) as asked:
        traced = asked.trace("the port is closed.")
        for limit in (1, 2, 3):
            asked.reply(traced, limit)
    assert reader.reads == [len(traced.hits)]


def test_the_rankings_list_every_passage_that_either_search_found(library: Library) -> None:
    with closing(bot(library)) as asked:
        ranking = asked.trace("a port").ranking
        articles = asked.index.generation.catalog.articles()
    (port,) = next(one.passages for one in articles if one.found.relative == "c.txt")
    assert ranking.by_keywords == (port,)
    assert sorted(ranking.by_vectors) == sorted(ranking.fused) == [0, 1, 2]


def test_stage_times_add_up_to_the_time_of_the_reply(library: Library) -> None:
    with closing(bot(library)) as asked:
        traced = asked.trace("the port is closed.")
        spent = asked.reply(traced, 3).milliseconds
    stages = traced.stages
    parts = (stages.resolve, stages.encode, stages.keywords, stages.vectors, stages.gather)
    assert min(*parts, stages.read, stages.weigh) >= 0
    assert spent.retrieve == sum(parts)
    assert spent.read == stages.read
    assert spent.total > spent.retrieve + spent.read + stages.weigh


@pytest.mark.parametrize(
    ("part", "kept"), [(Component.KEYWORDS, "by_vectors"), (Component.VECTORS, "by_keywords")]
)
def test_without_one_ranking_only_the_other_counts(
    library: Library, part: Component, kept: str
) -> None:
    with closing(bot(library, part)) as asked:
        ranking = asked.trace("Who closed the port?").ranking
    assert ranking.fused == getattr(ranking, kept)
    # The ablated ranking is still measured.
    assert ranking.by_keywords
    assert ranking.by_vectors


def test_without_merging_near_duplicates_each_is_read(library: Library) -> None:
    for without, read in ((frozenset(), 2), (frozenset({Component.DUPLICATES}), 3)):
        with closing(bot(library, *without)) as asked:
            assert len(asked.trace("Who signed the radar treaty?").hits) == read <= PASSAGES_READ


def test_without_the_reader_the_first_sentence_of_the_best_passage_is_the_answer(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.bot.open_question_encoder", lambda *_: FakeEncoder())
    monkeypatch.setattr("qa.bot.open_reader", lambda *_: pytest.fail("opened a reader"))
    without = frozenset({Component.READER})
    with closing(Bot.open(library.store, library.folder, "none", 0.0, print, without)) as asked:
        reply = asked.ask("Is the port closed?")
    assert isinstance(reply, Answered)
    assert reply.answers[0].text == "the port is closed."


def test_first_sentences_are_in_the_order_of_their_passages() -> None:
    passages = [passage("One. Two.", "One.", "Two."), passage("Three.")]
    found = FirstSentenceReader().read("Who?", passages)
    assert [(one.passage, one.span.of(passages[one.passage].text)) for one in found] == [
        (0, "One."),
        (1, "Three."),
    ]
    assert found[0].margin > found[1].margin


def test_without_history_a_follow_up_is_searched_for_as_typed(library: Library) -> None:
    history = [Exchange("Who is Karel Schwarzenberg?")]
    asked = {}
    for without in ((), (Component.HISTORY,)):
        with closing(bot(library, *without)) as one:
            asked[without] = one.trace("What did he sign?", EVERYTHING, history).searched_question
    assert "Schwarzenberg" in asked[()]
    assert asked[Component.HISTORY,] == "What did he sign?"


def test_the_trace_of_an_empty_index_has_no_answer(library: Library) -> None:
    for path in library.news.iterdir():
        path.unlink()
    library.index()
    with closing(bot(library)) as asked:
        traced = asked.trace("Who?")
        assert (traced.hits, traced.ranking.fused) == ((), ())
        assert (traced.reading.answers, traced.reading.passages) == ([], [])
        assert isinstance(asked.reply(traced, 3), NoAnswer)
