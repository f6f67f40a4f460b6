"""The lines of an article with their numbers, drawn row by row at any size of article."""

from dataclasses import dataclass
from itertools import groupby, islice
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.chat.source_highlights import ANSWER, CURRENT, FOUND, SENTENCE, TEXT, Highlights
from tui.chat.source_loading import EMPTY
from tui.chat.source_rows import Row, SourceRows
from tui.chat.source_text import SourceText

THIRD = 1 / 3
"""Share of the height above what is gone to."""
_WHEEL = 3
"""Rows that a turn of the mouse wheel scrolls."""
_NARROWEST = 8
"""Cells that the text takes at the least."""
_DIGITS = 3
"""Digits that line numbers have room for at the least."""


@dataclass(frozen=True, slots=True)
class _Hold:
    """A byte that stays at its height when the size changes."""

    at: int
    height: float
    """Share of the rows that stand above it, in [0, 1)."""


class SourceView(Widget, can_focus=True):
    """Shows an article at a place. Long lines are wrapped; only rows on screen are laid out."""

    ALLOW_SELECT = False
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
        self._rows = SourceRows(EMPTY, _NARROWEST)
        self._hold = _Hold(0, 0)
        self._highlights = Highlights()
        self._shown: tuple[Row, ...] = ()

    def show(self, text: SourceText, highlights: Highlights) -> None:
        """Show another article from its start, or the same again, as scanned further by now."""
        if text is not self._rows.text:
            self._hold = _Hold(0, 0)
        self._rows = SourceRows(text, self._text_width)
        self._highlights = highlights
        self._place()

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
        return self._shown

    def go_to(self, at: int, height: float = 0) -> None:
        """Bring a byte's row on screen, so that a share of the rows stands above it."""
        self._hold = _Hold(at, height)
        self._place()

    def reveal(self, at: int) -> None:
        """Bring a byte's row to a third of the height, unless it is on screen."""
        if not any(row.start <= at < row.next for row in self._shown):
            self.go_to(at, THIRD)

    def on_resize(self) -> None:
        """Keep the place at another size."""
        self._rows = SourceRows(self._rows.text, self._text_width)
        self._place()

    @property
    def _number_width(self) -> int:
        return max(_DIGITS, len(str(self._rows.text.line_count)))

    @property
    def _text_width(self) -> int:
        return max(_NARROWEST, self.size.width - self._number_width - 3)

    def _place(self) -> None:
        """Lay out what is on screen, so that what is held stands at its height."""
        if self._rows.width != self._text_width:
            self._rows = SourceRows(self._rows.text, self._text_width)
        height = max(1, self.size.height)
        wanted = int(self._hold.height * height)
        held = list(islice(self._rows.rows_from(self._hold.at), height))
        above = list(islice(self._rows.rows_before(held[0].start), wanted)) if held else []
        self._show_from([*reversed(above), *held])

    def _show_from(self, rows: list[Row]) -> None:
        """Show these rows, and more of those above and below as the height asks for."""
        height = max(1, self.size.height)
        if len(rows) < height and rows:
            below = self._rows.rows_from(rows[-1].next)
            rows.extend(row for row in islice(below, height - len(rows)))
        if len(rows) < height:
            start = rows[0].start if rows else self._rows.text.size
            missing = islice(self._rows.rows_before(start), height - len(rows))
            rows = [*reversed(list(missing)), *rows]
        self._shown = tuple(rows[:height])
        if self._shown:
            self.post_message(self.Moved(self._shown[0].start, self._shown[-1].next))
        self.refresh()

    def action_rows(self, count: int) -> None:
        """Scroll by rows, down where positive."""
        if not self._shown:
            return
        first = self._shown[0].start
        if count > 0:
            *_, top = islice(self._rows.rows_from(first), count + 1)
        else:
            *_, top = (self._shown[0], *islice(self._rows.rows_before(first), -count))
        self._show_from(list(islice(self._rows.rows_from(top.start), max(1, self.size.height))))
        self._hold = _Hold(self._shown[0].start, 0)

    def action_pages(self, count: int) -> None:
        """Scroll by pages that overlap by a row, down where positive."""
        self.action_rows(count * max(1, self.size.height - 1))

    def action_home(self) -> None:
        """Go to the start."""
        self.go_to(0)

    def action_end(self) -> None:
        """Go to the end, as far as it was scanned."""
        self.go_to(self._rows.text.size)

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
        if y >= len(self._shown):
            return Strip.blank(width, text_style)
        row = self._shown[y]
        names = self._highlights.classes(self._rows.text, row)
        number = str(row.line) if row.is_line_start else ""
        rule = "┃" if {SENTENCE, ANSWER} & set(names) else "│"
        segments = [
            self._segment(number.rjust(self._number_width) + " ", "source--number"),
            self._segment(rule, "source--rule"),
            Segment(" ", text_style),
        ]
        for name, pairs in groupby(zip(names, row.glyphs.shown, strict=True), lambda pair: pair[0]):
            segments.append(self._segment("".join(glyph for _, glyph in pairs), name))
        return Strip(segments).adjust_cell_length(width, text_style)

    def _segment(self, shown: str, name: str) -> Segment:
        return Segment(shown, self.get_component_rich_style(name))
