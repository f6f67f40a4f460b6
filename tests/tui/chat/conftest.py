"""A home for chats, and Textual at a faster pace."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from index.changes import Changes
from tests.tui.chat.chats import Home

UNCHANGED = Changes(frozenset(), frozenset(), frozenset(), frozenset(), ())


@pytest.fixture(autouse=True)
def fast_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw more often, and wait less for idleness after each key; no animations."""
    monkeypatch.setattr("textual._wait.SLEEP_GRANULARITY", 1 / 200)
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1 / 250)
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    resize_terminal = Pilot.resize_terminal

    async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
        await resize_terminal(pilot, width, height)
        await pilot.pause(1 / 60)  # an app takes a new size only after 1/120 s
        await pilot.pause()

    monkeypatch.setattr(Pilot, "resize_terminal", resize)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose articles have not changed since indexing."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.library.contents.changes", lambda *_: UNCHANGED)
    return Home(tmp_path)
