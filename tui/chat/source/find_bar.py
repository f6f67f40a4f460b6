"""The line in which words to find in an article are typed."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.chat.widgets.safe_input import VISIBLE


class FindInput(Input):
    """The input; its bindings come before those that would scroll it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,enter", "step(1)", "Next", id="source.next"),
        Binding("up,shift+enter", "step(-1)", "Previous", id="source.previous"),
        Binding("escape", "close", "Close", id="source.leave"),
    ]

    def action_step(self, by: int) -> None:
        """Ask for another match."""
        self.post_message(FindBar.Step(by))

    def action_close(self) -> None:
        """End the search."""
        self.post_message(FindBar.Closed())


class FindBar(Horizontal):
    """An input for words to find, and the number of matches."""

    DEFAULT_CSS = """
    FindBar {
        display: none;
        height: 1;
        background: $surface;
        & > Input { width: 1fr; }
        & > Static { width: auto; height: 1; padding: 0 1; color: $text-muted; }
    }
    """

    class Step(Message):
        """Another match is asked for."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by
            """1 for the next, -1 for the previous."""

    class Closed(Message):
        """The search is over."""

    def compose(self) -> ComposeResult:
        """Lay out the input and the number of matches."""
        yield FindInput(
            placeholder="find in the article",
            compact=True,
            select_on_focus=True,
            highlighter=VISIBLE,
        )
        yield Static("", markup=False)

    def open(self) -> None:
        """Show the bar and put the cursor in it."""
        self.display = True
        self.screen.set_focus(self.query_one(Input))

    def show_label(self, label: str) -> None:
        """Show how many matches there are."""
        self.query_one(Static).update(label)
