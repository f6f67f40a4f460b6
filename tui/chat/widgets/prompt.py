"""The input: several lines, a history on the arrow keys, enter asks."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from qa.answers import MAX_QUESTION_LENGTH
from tui.output.sanitise import visible_in_place


class Prompt(TextArea):
    """Where a question is written."""

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
        Binding("up", "back_or_up", "Question before", show=False, id="prompt.back"),
        Binding("down", "forth_or_down", "Next question", show=False, id="prompt.forth"),
        Binding("tab", "leave", "Answers", id="prompt.leave", tooltip="Go to the answers"),
    ]  # fmt: skip

    @dataclass
    class Asked(Message):
        """A question was asked."""

        question: str
        whole: bool
        """Whether it is meant as it stands, whatever was said before."""

    class Left(Message):
        """The answers are to be gone to."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, highlight_cursor_line=False, placeholder="Ask the articles")
        self._asked: list[str] = []
        self._at = 0
        """Which of the questions asked is shown; their number: the one that is being written."""
        self._draft = ""
        self._whole = False
        """Whether what is edited was made whole already."""

    def get_line(self, line_index: int) -> Text:
        """Give a line to be drawn: what was pasted may hold what steers a terminal."""
        return Text(visible_in_place(self.document.get_line(line_index)), end="", no_wrap=True)

    def remember(self, questions: list[str]) -> None:
        """Take these, the oldest first, for the questions that were asked before."""
        self._asked = [
            one for at, one in enumerate(questions) if at == 0 or questions[at - 1] != one
        ]
        self._at = len(self._asked)

    def take_back(self, question: str) -> None:
        """Put a question that could not be asked back, unless another is being written."""
        if not self.text.strip():
            self.put(question)

    def put(self, question: str, whole: bool = False) -> None:
        """Show a question to be edited, the cursor at its end.

        A `whole` one is asked as it then stands, whatever was said before.
        """
        self.text = question
        self._whole = whole
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Do at once what a key is bound to here.

        A binding would be looked up only after keys that were typed since, and what is asked would
        be another question than was written when the key was pressed.
        """
        actions = {
            "enter": self.action_ask,
            "shift+enter": self.action_newline,
            "alt+enter": self.action_newline,
            "ctrl+j": self.action_newline,
            "up": self.action_back_or_up,
            "down": self.action_forth_or_down,
            "tab": self.action_leave,
        }
        if event.key in actions:
            event.stop()
            event.prevent_default()
            actions[event.key]()

    def action_ask(self) -> None:
        """Ask what is written."""
        question = self.text.strip()
        if not question:
            return
        self.remember([*self._asked, question])
        self._draft = ""
        asked = self.Asked(question, self._whole)
        self.put("")
        self.post_message(asked)

    def action_leave(self) -> None:
        """Go to the answers."""
        self.post_message(self.Left())

    def action_newline(self) -> None:
        """Begin another line."""
        self.insert("\n")

    def action_back_or_up(self) -> None:
        """Go a line up; from the first, to the question before."""
        if not self.cursor_at_first_line:
            self.action_cursor_up()
        elif self._at > 0:
            self._show(self._at - 1)

    def action_forth_or_down(self) -> None:
        """Go a line down; from the last, to the next question."""
        if not self.cursor_at_last_line:
            self.action_cursor_down()
        elif self._at < len(self._asked):
            self._show(self._at + 1)

    def _show(self, at: int) -> None:
        if self._at == len(self._asked):
            self._draft = self.text
        self._at = at
        self.put(self._asked[at] if at < len(self._asked) else self._draft)

    async def _on_paste(self, event: events.Paste) -> None:
        """Paste no more than can be asked."""
        event.prevent_default()
        room = MAX_QUESTION_LENGTH - len(self.text)
        self.insert(event.text[: max(0, room)])
        if len(event.text) > room:
            self.notify(
                f"A question has at most {MAX_QUESTION_LENGTH:,} characters; the rest was cut.",
                severity="warning",
                markup=False,
            )
