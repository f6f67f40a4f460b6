"""The opening of the chat: what is indexed, and questions that the articles answer."""

from datetime import datetime

import pytest

from index.storage.scope import EVERYTHING
from tests.tui.chat.chats import Chat, Home, chat_of
from tui.chat.transcript.blocks import Selected
from tui.chat.transcript.entries import Opening
from tui.chat.transcript.rows import Suggestion
from tui.chat.transcript.transcript import Transcript
from tui.editors import EditorCommand
from tui.jobs.async_bot import About, ToPrepare
from tui.jobs.subprocess_job import PrepareJob

pytestmark = pytest.mark.slow

ASKED = ("Who is Vera Holm?", "When was the bridge opened?")


@pytest.fixture
def home(home: Home) -> Home:
    home.indexed = About(7, None, datetime(2026, 11, 28, 14, 3))  # noqa: DTZ001
    home.answerable = ASKED
    return home


def row_of(chat: Chat, words: str) -> int:
    """The row of the transcript that has some words."""
    return next(at for at, line in enumerate(chat.lines) if words in line)


async def test_a_key_asks_a_question_of_the_opening(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.settle()
        assert chat.lines[row_of(chat, "7")] == "  7 articles"
        assert "  Index updated 28 November 2026, 14:03" in chat.lines
        await chat.pilot.press("tab", "down", "enter")
        await chat.settle()
        assert home.bot.asked == [(ASKED[1], EVERYTHING, ())]
        assert chat.lines[0] == f"› {ASKED[1]}"
        assert chat.prompt.has_focus


async def test_a_selected_question_stays_selected_when_another_one_is_found(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.settle()
        await chat.pilot.press("tab", "down")
        chat.transcript.show_opening(Opening(home.indexed, (*ASKED, "Who sang?")))
        assert chat.transcript.selected == Selected(0, Suggestion(1))
        chat.transcript.show_opening(Opening(home.indexed, ASKED[:1]))
        assert chat.transcript.selected is None


async def test_a_click_asks_a_question_of_the_opening(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.settle()
        await chat.pilot.click(Transcript, offset=(8, row_of(chat, ASKED[0])))
        await chat.settle()
        assert home.bot.asked == [(ASKED[0], EVERYTHING, ())]


async def test_a_conversation_has_no_opening(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        assert not any(one in line for line in chat.lines for one in ASKED)
        chat.screen.show_session(home.sessions.new())
        await chat.settle()
        assert any(ASKED[0] in line for line in chat.lines)


async def test_while_models_load_a_question_shows_its_matches_then_its_answer(home: Home) -> None:
    home.states = [ToPrepare(PrepareJob("fake", "fake"))]
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("Who bought the mill?", "Who?")
        await chat.until(lambda: any("keyword matches" in line for line in chat.lines))
        assert "news/mill.txt:2:15" in chat.lines[row_of(chat, "mill.txt")]
        assert chat.transcript.selected_citation is not None
        assert home.bot.asked == []
        chat.screen.ready.set()
        await chat.settle()
        assert not any("keyword matches" in line for line in chat.lines)
        assert [question for question, _, _ in home.bot.asked] == ["Who bought the mill?", "Who?"]


async def test_a_click_with_ctrl_opens_what_the_key_opens(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[EditorCommand] = []
    monkeypatch.setattr("tui.chat.actions.run_editor", opened.append)
    monkeypatch.setattr("tui.chat.actions.open_command", lambda *_: _COMMAND)
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.click(Transcript, offset=(8, row_of(chat, "mill.txt")), control=True)
        await chat.pilot.press("tab", "o")
        await chat.settle()
        assert opened == [_COMMAND, _COMMAND]


_COMMAND = EditorCommand(("kak",), in_terminal=False, at_line=True)
