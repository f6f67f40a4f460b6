import os
from contextlib import suppress
from pathlib import Path

import pytest

from index.errors import ModelUnavailable, NoIndex
from index.storage.store import Store
from qa.answers import Answered
from qa.bot import Bot
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
    assert opened == [("fake", "a" * 64), ("some/reader", "cache")]


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
