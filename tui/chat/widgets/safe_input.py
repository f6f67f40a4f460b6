"""What is typed or pasted into an input of one line is seen as what it is."""

from rich.highlighter import Highlighter
from rich.text import Text

from tui.output.sanitise import visible_in_place


class _Visible(Highlighter):
    def __call__(self, text: str | Text) -> Text:
        return Text(visible_in_place(str(text)), no_wrap=True, overflow="ignore", end="")

    def highlight(self, text: Text) -> None:
        """Style nothing."""


VISIBLE = _Visible()
"""For the `highlighter` of an input: nothing in it steers a terminal or hides."""
