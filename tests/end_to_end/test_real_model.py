"""Questions over the bundled articles with the real models."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from eval.sets.question_set import bundled_questions
from index.articles.text import Text, decode
from index.build.events import Summary
from index.build.pipeline import BuildRequest, build
from index.check import check
from index.disk.durable_files import with_digest, write_synced
from index.errors import ModelUnavailable
from index.models.passage_encoder import SentenceEncoder
from index.models.registry import DEFAULT_MODEL, find_model
from index.storage.generation import Manifest, read_manifest
from index.storage.store import Store
from qa.answering.confidence import default_calibration
from qa.answers import Answered, NoAnswer, Status
from qa.bot import Bot
from qa.reader.shipped import FAST_READER
from tests.faults.quote_check import cut
from tests.real import Home

ASKED = "Who signed the agreement on Tuesday, Condoleezza Rice and Karel Schwarzenberg?"


def opened(store: Store, real: Home, threshold: float) -> Bot:
    return Bot.open(store, real.cache, FAST_READER, threshold, print)


@pytest.fixture(scope="module")
def bot(real: Home) -> Iterator[Bot]:
    with closing(opened(real.store, real, default_calibration().threshold)) as bot:
        yield bot


def manifest_of(store: Store) -> Manifest:
    return read_manifest(store.generation_folder(store.current()))


def test_all_bundled_articles_are_indexed(real: Home) -> None:
    manifest = manifest_of(real.store)
    assert manifest.articles == 19
    assert manifest.passages > 50


EASY = (
    "missile-007", "missile-014", "missile-016", "missile-034", "other-023",
)  # fmt: skip
"""Bundled questions for which any reader should find the line."""


@pytest.mark.parametrize("question_id", EASY)
def test_an_easy_question_finds_its_line(bot: Bot, question_id: str) -> None:
    (asked,) = (one for one in bundled_questions() if one.id == question_id)
    reply = bot.ask(asked.question)
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    found = {
        (Path(citation.path).name, line)
        for answer in answers[:3]
        for citation in answer.citations
        for line in range(citation.sentence.line, citation.sentence.end_line + 1)
        if citation.status is Status.UNCHANGED
    }
    assert found & {(gold.path, gold.line) for gold in asked.gold}


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Who is Russia's ambassador to NATO?", "Rogozin"),
        ("Who signed the Czech radar treaty?", "Schwarzenberg"),
    ],
)
def test_an_answer_is_a_short_span_with_its_sentence(bot: Bot, question: str, part: str) -> None:
    reply = bot.ask(question)
    answers = reply.answers if isinstance(reply, Answered) else reply.rejected
    found = [answer for answer in answers if part in answer.text]
    assert found, answers
    answer = found[0]
    assert len(answer.text.split()) <= 10
    assert answer.quote.count(answer.text) == 1
    assert len(answer.quote) > 2 * len(answer.text)
    citation = answer.citations[0]
    assert citation.parts[1] == answer.text
    text = decode(Path(citation.file).read_bytes())
    assert isinstance(text, Text)
    for quote in (citation.answer, citation.sentence):
        assert cut(text.text.split("\n")[quote.line - 1 :], quote) == quote.text


def test_a_question_in_the_words_of_an_article_is_answered(bot: Bot) -> None:
    reply = bot.ask(ASKED)
    assert isinstance(reply, Answered)
    citation = reply.answers[0].citations[0]
    assert Path(citation.path).name == "2008-07-08-radar-treaty-signed-in-prague.txt"
    assert citation.sentence.line == 8
    assert "Karel Schwarzenberg, the Czech foreign minister, signed" in citation.sentence.text


def test_a_question_that_the_articles_do_not_answer_has_no_answer(bot: Bot) -> None:
    assert isinstance(bot.ask("Who painted the ceiling of the Sistine Chapel?"), NoAnswer)


def test_a_line_that_is_no_prose_is_found(bot: Bot) -> None:
    reply = bot.ask("How can I unsubscribe?")
    assert isinstance(reply, Answered)
    assert "unsubscribe" in reply.answers[0].quote.lower()


def test_a_second_build_embeds_nothing(real: Home) -> None:
    model = find_model(DEFAULT_MODEL)
    *_, summary = build(real.store, BuildRequest(model), SentenceEncoder(model))
    assert isinstance(summary, Summary)
    assert (summary.embedded, summary.published, summary.unchanged) == (0, False, 19)
    assert summary.skipped == ()


@pytest.fixture
def foreign(real: Home, tmp_path: Path) -> Store:
    """Return an index whose manifest names another model."""
    store = Store(tmp_path / "index")
    shutil.copytree(real.store.folder, store.folder)
    folder, manifest = store.generation_folder(store.current()), manifest_of(store)
    other = msgspec.structs.replace(manifest.model, fingerprint="f" * 64)
    changed = msgspec.structs.replace(manifest, model=other)
    write_synced(folder / "manifest.json", with_digest(msgspec.json.encode(changed)))
    return store


def test_an_index_is_never_searched_with_another_model(foreign: Store, real: Home) -> None:
    with pytest.raises(ModelUnavailable, match="all-MiniLM-L6-v2"):
        opened(foreign, real, 0.0)
    model = next(one for one in check(foreign, real.cache) if one.subject == "model")
    assert (model.state, model.advice) == ("error", "run `byline index --full`")


def test_an_index_of_another_model_is_rebuilt(foreign: Store, real: Home) -> None:
    model = find_model(DEFAULT_MODEL)
    *_, summary = build(foreign, BuildRequest(model), SentenceEncoder(model))
    assert isinstance(summary, Summary)
    assert summary.rebuild_reason is not None
    assert "another model" in summary.rebuild_reason
    assert summary.embedded + summary.reused == manifest_of(real.store).passages
    assert summary.embedded > summary.reused
    with closing(opened(foreign, real, default_calibration().threshold)) as bot:
        assert isinstance(bot.ask(ASKED), Answered)
