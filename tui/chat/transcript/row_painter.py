"""Rows of the transcript as strips in the theme's styles."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme
from textual.strip import Strip

SELECTED_SIGN = "▌"
"""Marks the selected row where there are no colours."""


class RowPainter:
    """Draws rows; `styles` maps the style names of rows to styles."""

    def __init__(self, styles: Mapping[str, Style]) -> None:
        self._console = Console(
            width=80, theme=Theme(styles), color_system="truecolor", force_terminal=True
        )

    def strip(self, text: Text, base: Style, width: int) -> Strip:
        """Return a row as a strip."""
        segments = list(self._segments(text, base))
        return Strip(segments, text.cell_len).crop_extend(0, width, base)

    def selected_strip(self, text: Text, base: Style, selected: Style, width: int) -> Strip:
        """Return a selected row as a strip, with a sign at the end of its indent."""
        strip = self.strip(_signed(text), base, width)
        return Strip(list(Segment.apply_style(strip, post_style=selected)), width)

    def _segments(self, text: Text, base: Style) -> Iterator[Segment]:
        text.end = ""
        # Rich ignores a text's own style if it has no spans.
        base += self._console.get_style(text.style, default=Style.null())
        for segment in text.render(self._console):
            yield Segment(segment.text, base + segment.style if segment.style else base)


def _signed(text: Text) -> Text:
    indent = len(text.plain) - len(text.plain.lstrip(" "))
    if indent < 2:
        return text
    return Text.assemble(text[: indent - 2], SELECTED_SIGN, text[indent - 1 :])
