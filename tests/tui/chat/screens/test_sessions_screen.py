"""The list of conversations."""

from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import OptionList

from tests.tui.chat.chats import Chat, Home, chat_of
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.screens.sessions_screen import NameScreen, SessionsScreen

pytestmark = pytest.mark.slow


def labels(screen: Screen[Any]) -> list[str]:
    """Return the labels of the conversations listed."""
    options = screen.query_one(OptionList)
    prompts = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
    return [prompt.split("\n")[0] for prompt in prompts]


async def go(chat: Chat, *keys: str) -> Screen[Any]:
    """Press keys, and return the screen that they lead to."""
    await chat.pilot.press(*keys)
    await chat.settle()
    return chat.app.screen


async def test_conversations_are_opened_searched_renamed_and_deleted(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        first = chat.screen.session.id
        await go(chat, "ctrl+n")
        assert chat.transcript.entries == []
        assert "Mill sold" not in chat.screen_text
        await chat.ask("When was it [bold]sold?")
        second = chat.screen.session.id
        screen = await go(chat, "ctrl+t")
        assert isinstance(screen, SessionsScreen)
        assert labels(screen) == ["When was it [bold]sold?", "Who bought the mill?"]
        await go(chat, "slash", *"bought")
        assert labels(screen) == ["Who bought the mill?"]
        await go(chat, "escape")
        assert len(labels(screen)) == 2
        await go(chat, "d")
        assert "open" in chat.notices[0]
        assert len(labels(screen)) == 2
        assert isinstance(await go(chat, "down", "n"), NameScreen)
        await go(chat, *"Mill", "enter")
        assert labels(screen)[1] == "Mill"
        await go(chat, "down", "d")
        assert labels(screen) == ["When was it [bold]sold?"]
        assert [summary.id for summary in home.sessions.list()] == [second]
        await go(chat, "u", "u")
        assert len(labels(screen)) == 2
        await go(chat, "down", "enter")
        assert chat.screen.session.id == first
        assert chat.lines[0] == "› Who bought the mill?"
        await chat.ask("And then?")
        assert len(home.sessions.load(first).turns) == 2


async def test_a_conversation_deleted_meanwhile_is_reported(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await go(chat, "ctrl+n", "ctrl+t")
        home.sessions.delete(home.sessions.list()[0].id)
        await go(chat, "enter")
        assert isinstance(chat.app.screen, ChatScreen)
        assert len(chat.notices) == 1
