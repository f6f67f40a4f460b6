"""The pane alone, and what it shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import WorkerCancelled

from qa.answers import Citation
from tests.tui.chat.source.fakes import citation
from tui.chat.source.pane import SourcePane

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
PARAGRAPH = (
    "Day {} at the port was like the day before, and “nobody” asked why it was so. Rain fell."
)
SENTENCE = "The mill was sold on Monday, as it turned out."
ARTICLE = "\n\n".join(
    [*(PARAGRAPH.format(i) for i in range(50)), f"Yes. {SENTENCE} The end."]
    + [PARAGRAPH.format(i) for i in range(51, 100)]
)


class PaneApp(App[None]):
    """The pane alone, and the messages it posted."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[object] = []

    def compose(self) -> ComposeResult:
        yield SourcePane()

    @property
    def pane(self) -> SourcePane:
        return self.query_one(SourcePane)

    def on_source_pane_step(self, message: SourcePane.Step) -> None:
        self.posted.append(message)

    def on_source_pane_full_screen(self, message: SourcePane.FullScreen) -> None:
        self.posted.append(message)

    def on_source_pane_open_browser(self, message: SourcePane.OpenBrowser) -> None:
        self.posted.append(message)

    def on_source_pane_open_editor(self, message: SourcePane.OpenEditor) -> None:
        self.posted.append(message)


class Shown:
    """A pane under test."""

    def __init__(self, app: PaneApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.pane = app, pilot, app.pane

    async def settle(self) -> None:
        """Wait until the work in progress is on screen."""
        try:
            await self.app.workers.wait_for_complete()
        except WorkerCancelled:
            await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def cite(self, cited: Citation) -> None:
        self.pane.show(cited)
        await self.settle()
        self.pane.focus()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    @property
    def rows(self) -> list[str]:
        view = self.pane.view
        return [view.render_line(y).text for y in range(view.size.height)]

    @property
    def words(self) -> list[str]:
        """The rows without their numbers."""
        return [row[6:].rstrip() for row in self.rows]

    @property
    def top(self) -> str:
        return self.words[0]

    @property
    def header(self) -> str:
        return text_of(self.pane.query_one("#source-header", Static))

    @property
    def notice(self) -> str:
        return text_of(self.pane.query_one("#source-notice", Static))

    @property
    def count(self) -> str:
        """The number of matches, as it is shown."""
        return text_of(self.pane.find_bar.query_one(Static))

    def styled(self, words: str) -> Style:
        """The style that words are drawn in."""
        view = self.pane.view
        for y in range(view.size.height):
            for segment in view.render_line(y):
                if segment.text.strip() and words in segment.text:
                    assert segment.style is not None
                    return segment.style.clear_meta_and_links()
        raise AssertionError(words)

    @property
    def everything(self) -> list[tuple[str, Style]]:
        """All that the widgets draw."""
        strips = (
            strip
            for widget in self.app.screen.query(Widget)
            for strip in widget.render_lines(widget.size.region)
        )
        return [(part.text, part.style or Style()) for strip in strips for part in strip]


def text_of(widget: Static) -> str:
    return str(widget.render())


@asynccontextmanager
async def opened(size: tuple[int, int] = (60, 20)) -> AsyncIterator[Shown]:
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        yield Shown(app, pilot)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "port.txt"
    path.write_bytes(ARTICLE.encode())
    return path


@pytest.fixture
def cited(article: Path) -> Citation:
    return citation(str(article), ARTICLE, SENTENCE, "Monday")


STEERING = "\x1b]52;c;aGk=\x07\x1b[35m\x9b35m\x90q\x9c\x7f\x08\r\u202e\u2066\u200b\ufeff\xad\u2028"
MARKUP = "[@click=app.quit]x[/] [ @click=app.bell]y[/] [red]"
