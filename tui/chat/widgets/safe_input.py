"""Text typed or pasted into an input, with hostile characters made visible."""

from rich.highlighter import Highlighter
from rich.text import Text

from tui.output.sanitise import visible_in_place


class _Visible(Highlighter):
    def __call__(self, text: str | Text) -> Text:
        return Text(visible_in_place(str(text)), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Style nothing."""


VISIBLE = _Visible()
"""The `highlighter` of every input: nothing in it controls the terminal or hides."""
