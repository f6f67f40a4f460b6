"""Confirming which folder the index is to forget."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from tui.chat.widgets.footer import KeysFooter
from tui.library.contents import LibraryRoot
from tui.output.sanitise import visible_name

_TOLD = (
    "Answers come from its articles no more. The files themselves stay as they are, and the folder "
    "can be added again."
)


class ForgetScreen(ModalScreen[str]):
    """Asks which folder is to be forgotten; gives its absolute path, or nothing."""

    CSS_PATH = "dialogs.tcss"
    HELP = "**Enter** lets the index forget the folder that is chosen. **Escape** keeps them all."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Keep all", id="forget.keep"),
        Binding("enter", "forget", "Forget", id="forget.forget"),
        Binding("f1,question_mark", "app.help", "Help", id="forget.help"),
    ]

    def __init__(self, roots: Sequence[LibraryRoot]) -> None:
        super().__init__()
        self._roots = tuple(roots)

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        yield Label("Which folder shall the index forget?", classes="title")
        yield Static(_TOLD, id="told", markup=False)
        yield OptionList(*(Option(_line(root)) for root in self._roots), markup=False)
        yield KeysFooter()

    @on(OptionList.OptionSelected)
    def _forget(self, chosen: OptionList.OptionSelected) -> None:
        self.dismiss(self._roots[chosen.option_index].path)

    def action_forget(self) -> None:
        """Forget the folder that is chosen."""
        self.query_one(OptionList).action_select()

    def action_leave(self) -> None:
        """Forget none."""
        self.dismiss("")


def _line(root: LibraryRoot) -> Content:
    articles = f"{root.articles:,} article{'s' * (root.articles != 1)}"
    return Content.assemble((visible_name(root.given), "bold"), (f"  {articles}", "dim"))
