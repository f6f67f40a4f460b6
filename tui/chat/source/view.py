"""The lines of an article with their numbers, drawn row by row at any size of article."""

from itertools import accumulate, groupby
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tui.chat.source.paged_text import SourceText
from tui.chat.source.window import SourceWindow
from tui.chat.source.wrap import Row
from tui.chat.source_highlights import ANSWER, CURRENT, FOUND, SENTENCE, TEXT, Highlights

THIRD = 1 / 3
"""Share of the height above what is gone to."""
_WHEEL = 3
"""Rows that a turn of the mouse wheel scrolls."""
_MOST_COPIED = 1024 * 1024
"""Bytes that are copied at the most."""


class SourceView(Widget, can_focus=True):
    """Shows an article at a place. Long lines are wrapped; only rows on screen are laid out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        TEXT,
        SENTENCE,
        ANSWER,
        FOUND,
        CURRENT,
        "source--number",
        "source--rule",
    }
    DEFAULT_CSS = """
    SourceView {
        width: 1fr;
        height: 1fr;
        padding-right: 1;
        & > .source--number { color: $text-muted; }
        & > .source--rule { color: $text-muted; }
        & > .source--sentence { background: $warning-muted; text-style: underline; }
        & > .source--answer {
            color: $text-warning;
            background: $warning-muted;
            text-style: bold reverse;
        }
        & > .source--found {
            color: $text-success;
            background: $success-muted;
            text-style: bold;
        }
        & > .source--current {
            color: $text-success;
            background: $success-muted;
            text-style: bold underline reverse;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "rows(-1)", "Row up", show=False, id="source.up"),
        Binding("down,j", "rows(1)", "Row down", show=False, id="source.down"),
        Binding("pageup", "pages(-1)", "Page up", show=False, id="source.page-up"),
        Binding("pagedown,space", "pages(1)", "Page down", show=False, id="source.page-down"),
        Binding("home,g", "home", "Start of the article", show=False, id="source.home"),
        Binding("end,G", "end", "End of the article", show=False, id="source.end"),
    ]

    class Moved(Message):
        """Other rows are on screen."""

        def __init__(self, start: int, end: int) -> None:
            super().__init__()
            self.start = start
            """The first byte on screen."""
            self.end = end
            """The byte behind the last."""

    def __init__(self) -> None:
        super().__init__()
        self._window = SourceWindow()
        self._highlights = Highlights()

    def show(self, text: SourceText, highlights: Highlights) -> None:
        """Show another article from its start, or the same again, as scanned further by now."""
        self._highlights = highlights
        if text is not self._window.text:
            others = self.screen.selections.items()
            self.screen.selections = {one: chosen for one, chosen in others if one is not self}
        self._window.open(text)
        self._moved()

    @property
    def highlights(self) -> Highlights:
        """What is marked."""
        return self._highlights

    @highlights.setter
    def highlights(self, highlights: Highlights) -> None:
        self._highlights = highlights
        self.refresh()

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows on screen."""
        return self._window.shown

    def go_to(self, at: int, height: float = 0) -> None:
        """Bring a byte's row on screen, so that a share of the rows stands above it."""
        self._window.go_to(at, height)
        self._moved()

    def reveal(self, at: int) -> None:
        """Bring a byte's row to a third of the height, unless it is on screen."""
        if not any(row.start <= at < row.next for row in self.shown):
            self.go_to(at, THIRD)

    def on_resize(self) -> None:
        """Keep the place at another size."""
        self._window.resize(self.size.width, self.size.height)
        self._moved()

    def _moved(self) -> None:
        if self.shown:
            self.post_message(self.Moved(self.shown[0].start, self.shown[-1].next))
        self.refresh()

    def action_rows(self, count: int) -> None:
        """Scroll by rows, down where positive."""
        self._window.scroll(count)
        self._moved()

    def action_pages(self, count: int) -> None:
        """Scroll by pages that overlap by a row, down where positive."""
        self.action_rows(count * max(1, self.size.height - 1))

    def action_home(self) -> None:
        """Go to the start."""
        self.go_to(0)

    def action_end(self) -> None:
        """Go to the end, as far as it was scanned."""
        self.go_to(self._window.text.size)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.action_rows(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.action_rows(-_WHEEL)

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width = self.size.width
        # Cached, as the widget's own style is not.
        text_style = self.get_component_rich_style(TEXT)
        if y >= len(self.shown):
            return Strip.blank(width, text_style)
        row = self.shown[y]
        names = self._highlights.classes(self._window.text, row)
        number = str(row.line) if row.is_line_start else ""
        rule = "┃" if {SENTENCE, ANSWER} & set(names) else "│"
        segments = [
            self._segment(number.rjust(self._window.number_width) + " ", "source--number"),
            self._segment(rule, "source--rule"),
            Segment(" ", text_style),
        ]
        gutter = sum(len(segment.text) for segment in segments)
        selected = self._selected(row)
        looks = zip(names, selected, row.glyphs.shown, strict=True)
        for (name, is_selected), glyphs in groupby(looks, lambda look: look[:2]):
            segment = self._segment("".join(glyph for _, _, glyph in glyphs), name)
            segments.append(self._marked(segment) if is_selected else segment)
        strip = Strip(segments).adjust_cell_length(width, text_style)
        # A row is known by its first byte: where it stands changes with scrolling.
        return strip.apply_offsets(-gutter, row.start)

    def _selected(self, row: Row) -> list[bool]:
        """Tell of each glyph whether the mouse has selected it."""
        selection = self.text_selection
        span = selection.get_span(row.start) if selection else None
        if span is None:
            return [False] * len(row.glyphs.shown)
        start, end = span
        places = accumulate((len(glyph) for glyph in row.glyphs.shown), initial=0)
        return [
            start <= place and (end == -1 or place < end)
            for place, _ in zip(places, row.glyphs.shown, strict=False)
        ]

    def _marked(self, segment: Segment) -> Segment:
        look = self.screen.get_component_rich_style("screen--selection")
        return Segment(segment.text, segment.style + look if segment.style else look)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Give what was selected with the mouse, letter for letter."""
        if not self.shown:
            return None
        start, end = selection
        text = self._window.text
        first = self._window.byte_at(start.y, start.x) if start else self.shown[0].start
        last = self._window.byte_at(end.y, end.x) if end else self.shown[-1].end
        copied = text.decode(first, min(last, text.align(first + _MOST_COPIED)))
        # What is no text in its encoding cannot be put on a clipboard.
        return copied.encode(errors="replace").decode(), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self.refresh()

    def _segment(self, shown: str, name: str) -> Segment:
        return Segment(shown, self.get_component_rich_style(name))
