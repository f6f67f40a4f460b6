"""The help of every screen."""

import pytest

from tests.tui.chat.chats import Chat, Home, chat_of
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.screens.help_screen import HelpScreen
from tui.chat.screens.welcome_screen import WelcomeScreen
from tui.jobs.async_bot import NothingIndexed

pytestmark = pytest.mark.slow


async def press(chat: Chat, key: str) -> None:
    await chat.pilot.press(key)
    await chat.settle()


async def test_help_explains_the_screen_and_its_keys(home: Home) -> None:
    async with chat_of(home, size=(100, 50)) as chat:
        await chat.ask("Who?")
        for keys, words in (
            (["f1"], ["Type a question", "Update the index", "shift"]),
            (["tab", "question_mark"], ["Type a question", "Mark this answer as right", "Copy p"]),
            (["ctrl+l", "f1"], ["that are searched", "Limit the chat to", "Index another"]),
            (["ctrl+t", "f1"], ["latest first", "Restore the conversation", "Search"]),
            (["ctrl+t", "n", "f1"], ["Type a name"]),
        ):
            for key in keys:
                await press(chat, key)
            assert isinstance(chat.app.screen, HelpScreen), keys
            shown = chat.screen_text
            assert [word for word in words if word not in shown] == []
            assert "Cursor" not in shown
            for _ in keys:
                await press(chat, "escape")
            assert isinstance(chat.app.screen, ChatScreen)


async def test_help_explains_the_welcome(home: Home) -> None:
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        await press(chat, "question_mark")
        assert "answers from articles" in chat.screen_text
        await press(chat, "f1")
        assert isinstance(chat.app.screen, WelcomeScreen)
