"""The first time: choose a folder, or try the articles that come with Byline."""

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

_TOLD = (
    "Ask a folder of articles; the answer is quoted letter for letter, with the file and line it "
    "stands on. Nothing leaves this machine. Your articles are only read; hidden files and links "
    "are left alone."
)


@dataclass(frozen=True, slots=True)
class Bundled:
    """The articles that come with Byline are to be asked."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder is to be indexed and asked."""

    path: str


class WelcomeScreen(ModalScreen[Bundled | Folder | None]):
    """Asks what to ask; gives nothing where the person does not want to say yet."""

    CSS_PATH = "welcome_screen.tcss"
    HELP = """
    Byline answers from articles: .txt and .md files in a folder of yours. **Enter** chooses. The
    articles that come with Byline are there to try it at once; a folder can be added at any time
    in the library.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Later", id="welcome.later", tooltip="Decide later"),
        Binding("f1,question_mark", "app.help", "Help", id="welcome.help"),
        Binding("f", "folder", "Choose a folder", show=False, id="welcome.folder"),
        Binding("t", "bundled", "Try the bundled articles", show=False, id="welcome.bundled"),
    ]

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        with Vertical(id="box"):
            yield Label("Welcome to Byline", classes="title")
            yield Static(_TOLD, id="told", markup=False)
            yield OptionList(
                Option("Choose a folder of articles …", id="folder"),
                Option("Try the articles that come with Byline", id="bundled"),
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
        """Ask the bundled articles."""
        self.dismiss(Bundled())

    @work(group="choosing")
    async def action_folder(self) -> None:
        """Choose a folder."""
        path = await self.app.push_screen_wait(FolderScreen())
        if path:
            self.dismiss(Folder(path))
