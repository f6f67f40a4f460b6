"""The welcome screen: choose a folder, or try the bundled articles."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.chat.screens.folder_screen import FolderScreen
from tui.chat.widgets.footer import KeysFooter

_EXPLANATION = (
    "Ask a folder of articles; the answer is quoted letter for letter, with its file and line. "
    "Nothing leaves this machine. Your articles are only read; hidden files and links are skipped."
)


@dataclass(frozen=True, slots=True)
class Bundled:
    """The user tries the bundled articles."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The user chose a folder to index."""

    path: str


class WelcomeScreen(ModalScreen[Bundled | Folder | None]):
    """Asks which articles to use; returns None if the user decides later."""

    CSS_PATH = "welcome_screen.tcss"
    HELP = """
    Byline answers from articles: text and Markdown in a folder of yours. **Enter** chooses. Try it
    at once on the bundled articles; you can add a folder at any time in the library.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Later", id="welcome.later", tooltip="Decide later"),
        Binding("f1,question_mark", "app.help", "Help", id="welcome.help"),
        Binding("f", "folder", "Choose a folder", show=False, id="welcome.folder"),
        Binding("t", "bundled", "Try the bundled articles", show=False, id="welcome.bundled"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        with Vertical(id="box"):
            yield Label("Welcome to Byline", classes="title")
            yield Static(_EXPLANATION, id="explanation", markup=False)
            yield OptionList(
                Option("Choose a folder of articles …", id="folder"),
                Option("Try the bundled articles", id="bundled"),
                markup=False,
            )
        yield KeysFooter()

    @on(OptionList.OptionSelected)
    def _chosen(self, chosen: OptionList.OptionSelected) -> None:
        if chosen.option_id == "folder":
            self.action_folder()
        else:
            self.action_bundled()

    def action_bundled(self) -> None:
        """Choose the bundled articles."""
        self.dismiss(Bundled())

    @work(group="choosing")
    async def action_folder(self) -> None:
        """Choose a folder."""
        path = await self.app.push_screen_wait(FolderScreen())
        if path:
            self.dismiss(Folder(path))
