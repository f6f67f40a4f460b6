import os
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from index.errors import ModelUnavailable, NoIndex
from index.storage.store import Store
from qa.ablation import Component
from qa.answers import Answered
from qa.bot import Bot, open_readers
from qa.reader.export import open_meanwhile
from qa.reader.extractive import ExtractiveReader
from qa.reader.sources import Source
from tests.fakes import FakeEncoder
from tests.qa.fakes import CALIBRATION, Library, SentenceReader

PORT = "the port is closed."


@pytest.fixture(autouse=True)
def calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.bot.default_calibration", lambda: CALIBRATION)


@pytest.fixture(name="library")
def indexed(library: Library) -> Library:
    library.write("port.txt", f"{PORT} Nobody has the money to dig it out.")
    library.index()
    return library


def open_files(folder: Path) -> set[str]:
    """Return the files of a folder that this process has open."""
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(os.readlink(descriptor))  # noqa: PTH115
    return {path for path in found if path.startswith(f"{folder}/")}


def fake_encoder(opened: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    def encoder(name: str, fingerprint: str, _cache: Path, _notice: object) -> FakeEncoder:
        opened.append((name, fingerprint))
        return FakeEncoder()

    monkeypatch.setattr("qa.bot.open_question_encoder", encoder)


def test_a_bot_opens_the_encoder_of_its_index_and_the_named_reader(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[tuple[str, ...]] = []
    fake_encoder(opened, monkeypatch)

    def reader(name: str, cache: Path, _notice: object) -> SentenceReader:
        opened.append((name, str(cache)))
        return SentenceReader()

    monkeypatch.setattr("qa.bot.open_reader", reader)
    bot = Bot.open(library.store, Path("cache"), "some/reader", 0.25, print)
    assert isinstance(bot.ask(PORT), Answered)
    assert bot.threshold == 0.25
    bot.close()
    assert opened == [("some/reader", "cache"), ("fake", "a" * 64)]


def test_of_two_readers_the_second_is_opened_meanwhile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[str] = []
    failing: Future[ExtractiveReader] = Future()
    failing.set_exception(ModelUnavailable("its network is damaged"))

    def meanwhile(name: str, _cache: Path, _notice: object) -> Future[ExtractiveReader]:
        started.append(name)
        return failing

    def reader(name: str, _cache: Path, _notice: object) -> SentenceReader:
        started.append(name)
        return SentenceReader()

    monkeypatch.setattr("qa.bot.readers_named", lambda *_: ["byline", "byline-accurate"])
    monkeypatch.setattr("qa.bot.open_meanwhile", meanwhile)
    monkeypatch.setattr("qa.bot.open_reader", reader)
    first, second = open_readers("byline", tmp_path, print)
    assert started == ["byline-accurate", "byline"]
    assert isinstance(first, SentenceReader)
    assert second is not None
    with pytest.raises(ModelUnavailable, match="its network is damaged"):
        second.passages()
    only, none = open_readers("byline", tmp_path, print, frozenset({Component.ACCURATE}))
    assert isinstance(only, SentenceReader)
    assert none is None


def test_a_reader_that_is_opened_meanwhile_is_prepared_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    prepared: list[str] = []

    def prepare(source: Source, _cache: Path) -> str:
        prepared.append(source.name)
        return source.name

    cards = SimpleNamespace(read=lambda _: next(iter(prepared), None))
    monkeypatch.setattr("qa.reader.export.CARDS", cards)
    monkeypatch.setattr("qa.reader.export.ensure_reader", prepare)
    monkeypatch.setattr(ExtractiveReader, "open", lambda _, card: f"opened {card}")
    for _ in range(2):
        opening: Any = open_meanwhile("byline-accurate", tmp_path, said.append).result()
        assert opening == "opened byline-accurate"
    assert prepared == ["byline-accurate"]
    assert len(said) == 1


def test_a_bot_cannot_be_opened_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="byline index"):
        Bot.open(Store(tmp_path / "none"), Path("cache"), "some/reader", 0.5, print)


def test_the_index_is_closed_if_the_reader_cannot_be_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_encoder([], monkeypatch)
    with pytest.raises(ModelUnavailable, match="no model folder at /nowhere"):
        Bot.open(library.store, Path("cache"), "/nowhere", 0.5, print)
    assert open_files(library.store.folder) == set()
    held = library.store.open()
    assert open_files(library.store.folder) != set()
    held.close()
