"""The command palette."""

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.widgets import OptionList

from tests.tui.chat.chats import Home, chat_of
from tui.chat.app import ChatApp
from tui.chat.screens.chat_screen import ChatScreen

pytestmark = pytest.mark.slow


def descriptions(*kinds: type[DOMNode]) -> set[str]:
    bindings = (binding for kind in kinds for binding in kind.BINDINGS)
    return {binding.description for binding in bindings if isinstance(binding, Binding)}


async def test_the_command_palette_does_everything_that_keys_do(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        for keys in ([], ["tab"]):  # from the input, and from the answers
            await chat.pilot.press(*keys)
            titles = [command.title for command in chat.app.get_system_commands(chat.app.screen)]
            assert descriptions(ChatApp, ChatScreen) <= set(titles)
            assert len(titles) == len(set(titles))
            chat.app.copy_to_clipboard("")
            await chat.pilot.press("ctrl+p")
            await chat.until(lambda: isinstance(chat.app.screen, CommandPalette))
            await chat.pilot.press(*"copy loc")
            await chat.until(lambda: chat.app.screen.query_one(OptionList).option_count > 0)
            await chat.pilot.press("enter")
            await chat.until(lambda: chat.app.clipboard == f"{home.article}:2")
            await chat.settle()
