"""Rows of the transcript as strips in the styles of the theme."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme
from textual.strip import Strip

CHOSEN_SIGN = "▌"
"""Stands before what is chosen: without colours it could not be told otherwise."""


class RowPainter:
    """Draws rows; every name of a row's styles is looked up in `styles`."""

    def __init__(self, styles: Mapping[str, Style]) -> None:
        self._console = Console(
            width=80, theme=Theme(styles), color_system="truecolor", force_terminal=True
        )

    def strip(self, text: Text, base: Style, width: int) -> Strip:
        """Draw the text of a row."""
        segments = list(self._segments(text, base))
        return Strip(segments, text.cell_len).crop_extend(0, width, base)

    def chosen_strip(self, text: Text, base: Style, chosen: Style, width: int) -> Strip:
        """Draw the text of a row of what is chosen, with a sign where its indent ends."""
        strip = self.strip(_signed(text), base, width)
        return Strip(list(Segment.apply_style(strip, post_style=chosen)), width)

    def _segments(self, text: Text, base: Style) -> Iterator[Segment]:
        text.end = ""
        # Rich leaves a text's own style out where it has no spans.
        base += self._console.get_style(text.style, default=Style.null())
        for segment in text.render(self._console):
            yield Segment(segment.text, base + segment.style if segment.style else base)


def _signed(text: Text) -> Text:
    indent = len(text.plain) - len(text.plain.lstrip(" "))
    if indent < 2:
        return text
    return Text.assemble(text[: indent - 2], CHOSEN_SIGN, text[indent - 1 :])
