"""The input: several lines, a history on the arrow keys, Enter asks."""

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from qa.answers import MAX_QUESTION_LENGTH
from tui.output.sanitise import visible_in_place


class Prompt(TextArea):
    """The input for questions."""

    DEFAULT_CSS = """
    Prompt {
        height: auto;
        max-height: 8;
        border: round $border-blurred;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border: round $border; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask", "Ask", id="prompt.ask"),
        Binding("shift+enter,alt+enter,ctrl+j", "newline", "New line", show=False,
                id="prompt.newline"),
        Binding("up", "back_or_up", "Previous question", show=False, id="prompt.back"),
        Binding("down", "forth_or_down", "Next question", show=False, id="prompt.forth"),
        Binding("ctrl+d", "delete_or_quit", "Quit", show=False, id="prompt.quit",
                tooltip="Delete a character; in an empty input, quit"),
        Binding("tab", "leave", "Answers", id="prompt.leave", tooltip="Move to the answers"),
    ]  # fmt: skip

    @dataclass
    class Asked(Message):
        """The user asks a question."""

        question: str
        standalone: bool
        """Whether it is asked as it is, without the turns before it."""

    class Left(Message):
        """The user moves on to the answers."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, highlight_cursor_line=False, placeholder="Ask the articles")
        self._history: list[str] = []
        """Earlier questions, oldest first."""
        self._at = 0
        """Index of the shown question in the history; its length for the draft."""
        self._draft = ""
        self._standalone = False
        """Whether the edited question has the turns before it already."""

    def get_line(self, line_index: int) -> Text:
        """Return a line to draw: pasted text may be hostile."""
        return Text(visible_in_place(self.document.get_line(line_index)), end="", no_wrap=True)

    def remember(self, questions: list[str]) -> None:
        """Set the history, oldest first; repeated questions count once."""
        self._history = [question for question, _ in groupby(questions)]
        self._at = len(self._history)

    def restore(self, question: str) -> None:
        """Put back a question that could not be asked, unless another is being written."""
        if not self.text.strip():
            self.put(question)

    def put(self, question: str, standalone: bool = False) -> None:
        """Show a question for editing, with the cursor at its end.

        A `standalone` one is then asked as it is, without the turns before it.
        """
        self.text = question
        self._standalone = standalone
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Run the action of a key at once.

        Textual would look up the binding after keys typed since, and ask a longer question than
        was written when Enter was pressed.
        """
        for binding in Binding.make_bindings(self.BINDINGS):
            if binding.key == event.key:
                event.stop()
                event.prevent_default()
                await self.run_action(binding.action)

    def action_ask(self) -> None:
        """Ask the written question."""
        question = self.text.strip()
        if not question:
            return
        self.remember([*self._history, question])
        self._draft = ""
        asked = self.Asked(question, self._standalone)
        self.put("")
        self.post_message(asked)

    def action_leave(self) -> None:
        """Move to the answers."""
        self.post_message(self.Left())

    async def action_delete_or_quit(self) -> None:
        """Delete the character under the cursor; in an empty input, quit like a shell does."""
        if self.text:
            self.action_delete_right()
        else:
            await self.app.action_quit()

    def action_newline(self) -> None:
        """Start another line."""
        self.insert("\n")

    def action_back_or_up(self) -> None:
        """Move a line up; from the first, to the previous question."""
        if not self.cursor_at_first_line:
            self.action_cursor_up()
        elif self._at > 0:
            self._show(self._at - 1)

    def action_forth_or_down(self) -> None:
        """Move a line down; from the last, to the next question."""
        if not self.cursor_at_last_line:
            self.action_cursor_down()
        elif self._at < len(self._history):
            self._show(self._at + 1)

    def _show(self, at: int) -> None:
        if self._at == len(self._history):
            self._draft = self.text
        self._at = at
        self.put(self._history[at] if at < len(self._history) else self._draft)

    async def _on_paste(self, event: events.Paste) -> None:
        """Paste no more than a question can hold."""
        event.prevent_default()
        room = MAX_QUESTION_LENGTH - len(self.text)
        self.insert(event.text[: max(0, room)])
        if len(event.text) > room:
            self.notify(
                f"A question has at most {MAX_QUESTION_LENGTH:,} characters; the rest was cut off.",
                severity="warning",
                markup=False,
            )
