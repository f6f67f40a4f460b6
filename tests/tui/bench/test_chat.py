"""The benchmark waits for texts of the chat: they have to be the chat's."""

from pathlib import Path

import pytest

from index.build.events import Summary
from index.changes import Changes
from tui.bench.chat import CHANGED, INPUT, UPDATED
from tui.chat.app import changes_message
from tui.chat.widgets.progress_bar import build_summary
from tui.chat.widgets.prompt import Prompt
from tui.library import contents


def test_the_placeholder_is_the_prompts() -> None:
    assert str(Prompt(id="prompt").placeholder).endswith(INPUT)


def test_the_offer_to_update_is_the_chats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Changes(frozenset({"a.txt"}), frozenset(), frozenset(), frozenset(), ())
    monkeypatch.setattr(contents, "changes", lambda *_: found)
    assert (changes_message(tmp_path, 1) or "").startswith(CHANGED)


def test_the_summary_of_an_update_is_the_chats() -> None:
    summary = Summary(1, 0, 0, 0, (), (), 1, 1, 1, 0, True, None, 1.0)
    assert build_summary(summary, "").startswith(UPDATED)
