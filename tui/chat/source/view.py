"""The lines of an article with their numbers, wrapped, in a view that scrolls."""

import asyncio
from array import array
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, groupby
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import work
from textual.binding import Binding, BindingType
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from index.articles.places import Place
from index.articles.spans import Span
from index.articles.text import Text
from tui.chat.source.marks import ANSWER, CURRENT, FOUND, SENTENCE, TEXT, Marks
from tui.chat.source.wrap import Layout, wrap

THIRD = 1 / 3
"""Share of the height above what is scrolled to."""
_AT_ONCE = 64 * 1024
"""Code points up to which a text is wrapped in a few milliseconds; longer ones in a thread."""
_DIGITS = 3
"""Least width of the line numbers."""
_RULE = 3
"""Cells between the numbers and the text, the rule included."""
_MARGIN = 1
"""Cells between the text and the scrollbar."""
_NARROWEST = 8
"""Least width of the text."""
_NO_TEXT = Text("", "utf-8", 0)


class _Anchor(NamedTuple):
    """A code point that keeps its height in the view when the size changes."""

    offset: int
    height: float
    """Share of the rows above it, in [0, 1)."""


class SourceView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows an article; long lines are wrapped, and only the rows on screen are drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        TEXT, SENTENCE, ANSWER, FOUND, CURRENT, "source--number", "source--rule"
    }  # fmt: skip
    DEFAULT_CSS = """
    SourceView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        & > .source--number, & > .source--rule { color: $text-muted; }
        & > .source--sentence { background: $warning-muted; text-style: underline; }
        & > .source--answer {
            color: $text-warning;
            background: $warning-muted;
            text-style: bold reverse;
        }
        & > .source--found { color: $text-success; background: $success-muted; text-style: bold; }
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

    def __init__(self) -> None:
        super().__init__()
        self._text = _NO_TEXT
        self._marks = Marks()
        self._layout = _unwrapped("")
        self._anchor = _Anchor(0, 0)
        self._placed_in = Size(0, 0)
        """Size in which the rows were last scrolled to the anchor."""
        self._selected: Span | None = None
        """Code points selected with the mouse."""
        self._is_wrapping = False

    def show(self, text: Text, marks: Marks, offset: int) -> None:
        """Show an article at a code point."""
        others = self.screen.selections.items()
        self.screen.selections = {
            widget: selection for widget, selection in others if widget is not self
        }
        self._text, self._marks, self._selected = text, marks, None
        self.__dict__.pop("_numbers", None)
        if self._layout.text != text.text:
            self._layout = _unwrapped(text.text)
        self._anchor = _Anchor(offset, THIRD if offset else 0)
        self._update_rows()

    @property
    def marks(self) -> Marks:
        """What is marked."""
        return self._marks

    @marks.setter
    def marks(self, marks: Marks) -> None:
        self._marks = marks
        self.refresh()

    @property
    def shown(self) -> Span:
        """The code points on screen."""
        rows = self._layout.starts
        first = self.scroll_offset.y
        behind = first + self._area.height
        end = rows[behind] if behind < len(rows) else len(self._text.text)
        return Span(rows[first] if first < len(rows) else 0, end)

    @property
    def place(self) -> Place:
        """Where the user looks: the match or the answer, if on screen, or the first row."""
        shown = self.shown
        for span in (self._marks.current, self._marks.answer):
            if span and shown.start <= span.start < shown.end:
                return self._text.place(span.start)
        return self._text.place(shown.start)

    def reveal(self, offset: int) -> None:
        """Scroll a code point to a third of the height, unless it is on screen."""
        if not (self._layout and self.shown.start <= offset < self.shown.end):
            self._scroll_to_anchor(_Anchor(offset, THIRD))

    # Rows

    def on_resize(self) -> None:
        """Wrap at another width; the anchor keeps its height."""
        self._update_rows()

    @property
    def _area(self) -> Size:
        """The size for rows when it was last laid out, even if it is hidden now."""
        width, height = self.container_size
        return Size(width - self.scrollbar_size_vertical, height)

    @cached_property
    def _numbers(self) -> int:
        """Width of the labels of lines: their numbers, or what they have in the file."""
        if self._text.places is None:
            return max(_DIGITS, len(str(self._text.line_count)))
        labels = (_line_label(self._text, start) for start in self._text.line_starts)
        return max(_DIGITS, max(map(len, labels)))

    @property
    def _width(self) -> int:
        """Width of the text."""
        width = self._area.width - self._numbers - _RULE - _MARGIN
        return max(_NARROWEST, width)

    @property
    def _is_wrapped(self) -> bool:
        return (self._layout.width, self._layout.text) == (self._width, self._text.text)

    def _update_rows(self) -> None:
        if not self._area:
            return  # not laid out yet: `on_resize` follows
        if self._is_wrapped:
            self._take(self._layout)
        elif len(self._text.text) <= _AT_ONCE:
            self._take(wrap(self._text.text, self._width))
        elif not self._is_wrapping:
            self._wrap_in_thread()
        self.refresh()

    @work(group="source-wrap")
    async def _wrap_in_thread(self) -> None:
        self._is_wrapping = True
        try:
            while not self._is_wrapped:
                layout = await asyncio.to_thread(wrap, self._text.text, self._width)
                if layout.text == self._text.text:
                    self._take(layout)
        finally:
            self._is_wrapping = False

    def _take(self, layout: Layout) -> None:
        self._layout = layout
        anchor = self._anchor
        self.virtual_size = Size(self._area.width, len(layout))
        self._scroll_to_anchor(anchor)

    def _scroll_to_anchor(self, anchor: _Anchor) -> None:
        self._placed_in = self._area
        above = int(anchor.height * self._placed_in.height)
        y = self._layout.row_of(anchor.offset) - above
        self.scroll_to(y=y, animate=False, force=True)
        self._anchor = anchor
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the first row where it is from now on, if the user scrolled."""
        super().watch_scroll_y(old_value, new_value)
        if self._placed_in == self._area:
            self._anchor = _Anchor(self.shown.start, 0)

    def action_rows(self, count: int) -> None:
        """Scroll by rows, down if positive."""
        self.scroll_relative(y=count, animate=False)

    def action_pages(self, count: int) -> None:
        """Scroll by pages that overlap by a row, down if positive."""
        self.action_rows(count * max(1, self._area.height - 1))

    def action_home(self) -> None:
        """Go to the start."""
        self.scroll_to(y=0, animate=False)

    def action_end(self) -> None:
        """Go to the end."""
        self.scroll_to(y=self.max_scroll_y, animate=False)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """Draw a row of the view."""
        width = self._area.width
        # A component's style is cached, unlike the widget's own.
        text_style = self.get_component_rich_style(TEXT)
        number = self.scroll_offset.y + y
        if number >= len(self._layout):
            return Strip.blank(width, text_style)
        row, glyphs = self._layout.row(number), self._layout.glyphs(number)
        classes = self._marks.classes(row, glyphs)
        is_first = self._layout.is_line_start(number)
        line = _line_label(self._text, row.start) if is_first else ""
        is_cited = not {SENTENCE, ANSWER}.isdisjoint(classes)
        segments = [
            self._segment(line.rjust(self._numbers) + " ", "source--number"),
            self._segment("┃" if is_cited else "│", "source--rule"),
            Segment(" ", text_style),
        ]
        segments += self._drawn(glyphs.starts, glyphs.shown, classes)
        # Rows are known by their first code point: their number changes with the width.
        strip = Strip(segments).apply_offsets(-self._numbers - _RULE, row.start)
        return strip.adjust_cell_length(width, text_style)

    def _drawn(
        self, starts: Sequence[int], shown: Sequence[str], classes: Sequence[str]
    ) -> list[Segment]:
        selected = self._selected or Span(0, 0)
        is_selected = [selected.start <= start < selected.end for start in starts]
        look = self.screen.get_component_rich_style("screen--selection")
        segments = []
        looks = zip(classes, is_selected, shown, strict=True)
        for (name, is_chosen), glyphs in groupby(looks, lambda glyph: glyph[:2]):
            style = self.get_component_rich_style(name)
            words = "".join(glyph for _, _, glyph in glyphs)
            segments.append(Segment(words, style + look if is_chosen else style))
        return segments

    def _segment(self, shown: str, name: str) -> Segment:
        return Segment(shown, self.get_component_rich_style(name))

    # Selecting with the mouse

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self._selected = self._span(selection) if selection else None
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what was selected with the mouse, letter for letter."""
        return self._span(selection).of(self._text.text), "\n"

    def _span(self, selection: Selection) -> Span:
        start, end = selection
        return Span(
            self._offset(start) if start else 0, self._offset(end) if end else len(self._text.text)
        )

    def _offset(self, selected: Offset) -> int:
        """Return the code point at a character of the row that begins with code point `y`."""
        if not self._layout:
            return 0
        number = self._layout.row_of(selected.y)
        glyphs = self._layout.glyphs(number)
        columns = accumulate(map(len, glyphs.shown), initial=0)
        for start, column in zip(glyphs.starts, columns, strict=False):
            if column >= selected.x:
                return start
        return self._layout.row(number).end


def _line_label(text: Text, offset: int) -> str:
    """Return what names a line, by a code point of it."""
    if text.places is None:
        return str(text.line_of(offset))
    place = text.places.at(offset)
    return str(place.line) if place.chapter else place.short_label


def _unwrapped(text: str) -> Layout:
    return Layout(text, 0, array("I"))
