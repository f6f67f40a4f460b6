"""The dialog that asks which folder to remove from the index."""

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
from tui.output.wording import counted

_EXPLANATION = (
    "Its articles will no longer be searched. The files are not touched, and the folder can be "
    "added again."
)


class ForgetScreen(ModalScreen[str | None]):
    """Asks which folder to remove; returns its absolute path, None if cancelled."""

    CSS_PATH = "dialogs.tcss"
    HELP = "**Enter** removes the selected folder from the index. **Escape** cancels."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="forget.keep"),
        Binding("enter", "forget", "Remove", id="forget.forget"),
        Binding("f1,question_mark", "app.help", "Help", id="forget.help"),
    ]

    def __init__(self, roots: Sequence[LibraryRoot]) -> None:
        super().__init__()
        self._roots = tuple(roots)

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield Label("Remove which folder from the index?", classes="title")
        yield Static(_EXPLANATION, id="message", markup=False)
        yield OptionList(*(Option(_line(root)) for root in self._roots), markup=False)
        yield KeysFooter()

    @on(OptionList.OptionSelected)
    def _forget(self, chosen: OptionList.OptionSelected) -> None:
        self.dismiss(self._roots[chosen.option_index].path)

    def action_forget(self) -> None:
        """Remove the selected folder."""
        self.query_one(OptionList).action_select()

    def action_leave(self) -> None:
        """Cancel."""
        self.dismiss(None)


def _line(root: LibraryRoot) -> Content:
    articles = counted(root.articles, "article")
    return Content.assemble((visible_name(root.given), "bold"), (f"  {articles}", "dim"))
