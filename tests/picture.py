"""Take the README's picture: `python -m tests.picture`.

The real chat over the bundled articles, in a home of its own; exported models are the person's.
"""

import asyncio
import os
import tempfile
from pathlib import Path

PICTURE = Path(__file__).parents[1] / "tui" / "chat.svg"
QUESTIONS = (
    "Who signed the Czech radar treaty?",
    "When did he sign it?",
    "Who invented the telephone?",
)
SIZE = (132, 38)


async def take() -> None:
    """Ask a question, choose the answer, keep what the terminal shows."""
    from tui.chat.app import ChatApp
    from tui.chat.chat_screen import ChatScreen
    from tui.chat.opened import setup

    app = ChatApp(setup(None, bundled=True, new=True, top=None, threshold=None, reader=None))
    async with app.run_test(size=SIZE) as pilot:
        for question in QUESTIONS:
            await pilot.pause()
            for letter in question:
                await pilot.press("space" if letter == " " else letter)
            await pilot.press("enter")
            asked = len(app.chat.session.turns)
            while len(app.chat.session.turns) == asked:
                await pilot.pause(0.1)
        await pilot.press("tab", "up", "up")
        await pilot.pause(1)
        assert isinstance(app.screen, ChatScreen)
        PICTURE.write_text(app.export_screenshot(title="Byline"), encoding="utf-8")


if __name__ == "__main__":
    os.chdir(PICTURE.parents[1])
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config"}
        asyncio.run(take())
