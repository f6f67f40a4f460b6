"""Record the chat for the README: `python -m tests.recording [FOLDER]` writes docs/chat.svg.

It is the real chat over the bundled articles: the script presses the keys of a person, takes
Textual's own screenshots, and joins them to one picture that moves by CSS alone. Each row that
several of them share is in the file once. FOLDER keeps the index for the next time; the user's
model cache is used.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from textual.pilot import Pilot

from index.articles.bundled import bundled_articles
from tui.chat.app import ChatApp
from tui.chat.setup import setup
from tui.chat.widgets.prompt import Prompt
from tui.jobs.async_bot import MOST_QUESTIONS, About

PICTURE = Path(__file__).parents[1] / "docs" / "chat.svg"
QUESTIONS = (
    "When was the Czech radar agreement signed?",
    "And where did the ceremony take place?",
    "Who invented the telephone?",
)
SIZE = (116, 30)
UPDATED = datetime(2026, 11, 28, 9, 30)  # noqa: DTZ001
_ROW, _CELL = 24.4, 12.2
"""Height and width of a cell in Textual's screenshots, in pixels."""
_TYPED = 4
"""Keys between two screenshots."""
_STYLE = re.compile(r"\.terminal-\d+-(r\d+) \{ ([^}]*?);? \}")
_RECTANGLE = re.compile(r'<rect fill="([^"]*)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"')
_TEXT = re.compile(
    r'<text class="terminal-\d+-(r\d+)" x="([\d.]+)" y="[\d.]+" textLength="([\d.]+)" '
    r'clip-path="url\(#terminal-\d+-line-(\d+)\)">(.*?)</text>'
)


@dataclass
class Recording:
    """Screenshots as rows, each with the seconds that it is shown."""

    shown: list[tuple[list[int], float]] = field(default_factory=list)
    """The numbers of its rows, and its seconds."""
    rows: dict[str, int] = field(default_factory=dict)
    styles: dict[str, int] = field(default_factory=dict)

    def add(self, screenshot: str, seconds: float) -> None:
        """Add a screenshot of Textual."""
        styles = dict(_STYLE.findall(screenshot))
        rows = [""] * SIZE[1]
        for fill, x, y, width in _RECTANGLE.findall(screenshot):
            rows[round((float(y) - 1.5) / _ROW)] += (
                f'<rect x="{_short(x)}" width="{_short(width)}" height="24.7" fill="{fill}"/>'
            )
        for style, x, width, row, text in _TEXT.findall(screenshot):
            if text.replace("&#160;", ""):
                number = self.styles.setdefault(styles[style], len(self.styles))
                rows[int(row)] += (
                    f'<text class="s{number}" x="{_short(x)}" y="18.5" '
                    f'textLength="{_short(width)}">{text.replace("&#160;", chr(0xA0))}</text>'
                )
        numbers = [self.rows.setdefault(row, len(self.rows)) for row in rows]
        if self.shown and self.shown[-1][0] == numbers:
            self.shown[-1] = (numbers, self.shown[-1][1] + seconds)
        else:
            self.shown.append((numbers, seconds))

    def svg(self, still: int) -> str:
        """Return the recording; where pictures do not move, one of the screenshots is shown."""
        width, height = SIZE[0] * _CELL, SIZE[1] * _ROW
        total = sum(seconds for _, seconds in self.shown)
        css, frames, at = [], [], 0.0
        for number, (rows, seconds) in enumerate(self.shown):
            start, end = 100 * at / total, 100 * (at + seconds) / total
            at += seconds
            hidden = "" if number == 0 else "0%{visibility:hidden}"
            after = "" if number == len(self.shown) - 1 else f"{end:.3f}%{{visibility:hidden}}"
            css.append(f"@keyframes f{number}{{{hidden}{start:.3f}%{{visibility:visible}}{after}}}")
            css.append(f".f{number}{{animation-name:f{number}}}")
            uses = "".join(
                f'<use href="#r{row}" y="{at_row * _ROW:.1f}"/>' for at_row, row in enumerate(rows)
            )
            is_still = " still" if number == still % len(self.shown) else ""
            frames.append(f'<g class="f f{number}{is_still}">{uses}</g>')
        css += [f".s{number}{{{style}}}" for style, number in self.styles.items()]
        rows_defined = "".join(f'<g id="r{number}">{row}</g>' for row, number in self.rows.items())
        style = (
            "text{font:20px 'Fira Code',Menlo,Consolas,'DejaVu Sans Mono',monospace}"
            f".f{{visibility:hidden;animation:{total:.1f}s step-end infinite}}"
            ".still{visibility:visible}"
            "@media(prefers-reduced-motion:reduce){.f{animation:none}}" + "".join(css)
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 20:.0f} '
            f'{height + 20:.0f}"><title>The chat of Byline</title><style>{style}</style>'
            f"<defs>{rows_defined}</defs>"
            f'<rect width="100%" height="100%" rx="10" fill="#14171c"/>'
            f'<g transform="translate(10,10)">{"".join(frames)}</g></svg>\n'
        )


def _short(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")


async def record() -> None:
    """Ask the questions as a person does, and write the recording."""
    app = ChatApp(setup(None, bundled=False, new=True, top=None, threshold=None, reader=None))
    recording = Recording()

    def show(seconds: float) -> None:
        recording.add(app.export_screenshot(), seconds)

    async with app.run_test(size=SIZE) as pilot:
        app.chat.query_one(Prompt).cursor_blink = False
        about = await _tried(app, pilot)
        app.chat.show_about(replace(about, updated=UPDATED))
        await pilot.pause()
        show(3.5)
        still = 0
        for asked, question in enumerate(QUESTIONS):
            await _type(pilot, question, show)
            show(0.6)
            await pilot.press("enter")
            show(0.8)
            while len(app.chat.session.turns) == asked:
                await pilot.pause(0.1)
            await pilot.pause(1)
            show(4.0)
            if asked == 1:
                still = len(recording.shown) - 1
                await pilot.press("tab", "up")
                await pilot.pause(1)
                show(2.5)
                await pilot.press("escape")
                await pilot.pause()
        show(1.5)
    PICTURE.write_text(recording.svg(still), encoding="utf-8")


async def _tried(app: ChatApp, pilot: Pilot[None]) -> About:
    """Wait until the chat shows the questions that it tried."""
    await app.chat.ready.wait()
    while True:
        about = await app.chat.bot.about()
        assert about
        if len(about.questions) == MOST_QUESTIONS:
            return about
        await pilot.pause(1)


async def _type(pilot: Pilot[None], question: str, show: Callable[[float], None]) -> None:
    for start in range(0, len(question), _TYPED):
        await pilot.press(*(_key(char) for char in question[start : start + _TYPED]))
        show(0.18)


def _key(char: str) -> str:
    return {" ": "space", "?": "question_mark"}.get(char, char)


def main(arguments: Sequence[str]) -> None:
    """Index the bundled articles where that was not done, and record."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(arguments[0] if arguments else scratch).resolve()
        os.environ |= {"XDG_DATA_HOME": f"{home}/data", "XDG_CONFIG_HOME": f"{home}/config"}
        os.environ["PYTHONPATH"] = str(PICTURE.parents[1])
        if not (home / "news").exists():
            shutil.copytree(str(bundled_articles()), home / "news")
        os.chdir(home)
        subprocess.run([sys.executable, "-m", "tui", "index", "news"], check=True)
        asyncio.run(record())


if __name__ == "__main__":
    main(sys.argv[1:])
