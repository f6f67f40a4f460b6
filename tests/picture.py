"""Take the README's screenshot: `python -m tests.picture`.

It shows the real chat over the bundled articles, in a temporary home; the user's model cache is
used.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from index.articles.bundled import bundled_articles
from tui.chat.app import ChatApp
from tui.chat.setup import setup

PICTURE = Path(__file__).parents[1] / "docs" / "chat.svg"
QUESTIONS = (
    "When was the Czech radar agreement signed?",
    "And where did the ceremony take place?",
    "Who invented the telephone?",
)
SIZE = (132, 38)
_REMOTE = re.compile(r"@font-face \{.*?\}|<!--.*?-->", re.DOTALL)
"""Fonts that a viewer would download; it uses its own instead."""


async def take() -> None:
    """Ask the questions, select the answer to the second one, save a screenshot."""
    app = ChatApp(setup(None, bundled=False, new=True, top=None, threshold=None, reader=None))
    async with app.run_test(size=SIZE) as pilot:
        for answered, question in enumerate(QUESTIONS):
            app.chat.ask(question)
            while len(app.chat.session.turns) == answered:
                await pilot.pause(0.1)
        await pilot.press("tab", "up", "up")
        await pilot.pause(1)
        picture = app.export_screenshot(title="Byline")
    PICTURE.write_text(_REMOTE.sub("", picture), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config"}
        os.environ["PYTHONPATH"] = str(PICTURE.parents[1])
        shutil.copytree(str(bundled_articles()), f"{home}/news")
        os.chdir(home)
        subprocess.run([sys.executable, "-m", "tui", "index", "news"], check=True)
        asyncio.run(take())
