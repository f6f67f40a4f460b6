"""The line in which words to be found in an article are typed."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.chat.widgets.safe_input import VISIBLE


class FinderInput(Input):
    """Where they are typed; its keys hide those that would scroll it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,enter", "step(1)", "Next", id="source.next"),
        Binding("up,shift+enter", "step(-1)", "Previous", id="source.previous"),
    ]

    def action_step(self, by: int) -> None:
        """Go to another place."""
        self.post_message(SourceFinder.Stepped(by))


class SourceFinder(Horizontal):
    """Asks what to find, and tells how much of it there is."""

    DEFAULT_CSS = """
    SourceFinder {
        display: none;
        height: 1;
        background: $surface;
        & > Input { width: 1fr; }
        & > Static { width: auto; height: 1; padding: 0 1; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="source.leave"),
    ]

    class Typed(Message):
        """Other words are to be found."""

        def __init__(self, wanted: str) -> None:
            super().__init__()
            self.wanted = wanted

    class Stepped(Message):
        """Another of the places is asked for."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by
            """1 for the next, -1 for the one before."""

    class Left(Message):
        """Nothing is to be found any more."""

    def compose(self) -> ComposeResult:
        """Lay out the words and the count."""
        yield FinderInput(
            placeholder="find in the article",
            compact=True,
            select_on_focus=True,
            highlighter=VISIBLE,
        )
        yield Static("", markup=False)

    def ask(self) -> None:
        """Take what is typed."""
        self.screen.set_focus(self.query_one(Input))

    def tell(self, count: str) -> None:
        """Tell how much was found."""
        self.query_one(Static).update(count)

    @property
    def wanted(self) -> str:
        """What is to be found."""
        return self.query_one(Input).value

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what is typed."""
        event.stop()
        self.post_message(self.Typed(event.value))

    def action_leave(self) -> None:
        """Find no more."""
        self.post_message(self.Left())
