"""A scroll view of blocks: layout, drawing and mouse selection."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.chat.transcript.blocks import Blocks, Selected
from tui.chat.transcript.row_painter import RowPainter
from tui.chat.transcript.rows import STYLES


class BlocksView(ScrollView):
    """Shows blocks. Only visible rows are drawn; while `following`, the end stays in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"transcript--{name}" for name in (*STYLES, "selected")
    }
    DEFAULT_CSS = """
    BlocksView {
        padding: 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & .transcript--question { color: $primary; text-style: bold; }
        & .transcript--searched { color: $text-muted; text-style: italic; }
        & .transcript--answer { text-style: bold; }
        & .transcript--confident { color: $text-success; }
        & .transcript--unsure { color: $text-warning; }
        & .transcript--span { color: $text-accent; text-style: bold underline; }
        & .transcript--location { color: $text-secondary; }
        & .transcript--about { color: $text-muted; }
        & .transcript--note { color: $text-muted; }
        & .transcript--computed { color: $text-muted; text-style: italic; }
        & .transcript--refusal { color: $text-warning; text-style: bold; }
        & .transcript--error { color: $text-error; text-style: bold; }
        & .transcript--fold { color: $text-muted; text-style: italic; }
        & .transcript--waiting { color: $text-muted; text-style: italic; }
        & .transcript--mark { color: $text-success; }
        & .transcript--selected { background: $block-cursor-blurred-background; }
        &:focus .transcript--selected { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """  # noqa: E501

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.blocks = Blocks()
        self.selected: Selected | None = None
        self.following = True
        """Whether the end stays in view when something is added."""
        self._painter = RowPainter({})
        self._base = Style()
        """The style under all rows, as of the last drawing."""

    # Layout

    @property
    def _end(self) -> int:
        """The scroll offset that shows the end of the last entry, or its top if it is taller."""
        hidden = self.blocks.height - self.scrollable_content_region.height
        return min(self.blocks.last_start, max(0, hidden))

    def watch_scroll_target_y(self, target: float) -> None:
        """Follow the end again after a scroll to it; `scroll_y` also changes by layout."""
        self.following = target >= self._end

    def lay_out(self) -> None:
        """Wrap what changed, and keep the end in view if it is followed."""
        width = self.scrollable_content_region.width
        self.blocks.wrap(width)
        self.virtual_size = Size(width, self.blocks.height)
        self._keep_end()
        # A new row can be scrolled to only after layout.
        self.call_after_refresh(self._keep_end)
        self.refresh()

    def _keep_end(self) -> None:
        if self.following:
            self.scroll_to(y=self._end, animate=False)
            self.following = True  # if it cannot scroll there yet

    def on_resize(self) -> None:
        """Wrap to the new width; the row at the top stays there."""
        top = self.blocks.index_of(self.scroll_offset.y)
        self.lay_out()
        if not self.following:
            self.scroll_to(y=self.blocks.y_of(top), animate=False)

    # Drawing

    def notify_style_update(self) -> None:
        """Use the styles of the theme, once there are any."""
        super().notify_style_update()
        if "transcript--question" not in self._component_styles:
            return
        styles = {name: self.get_component_rich_style(f"transcript--{name}") for name in STYLES}
        self._painter = RowPainter(styles)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines of the view; their common style is computed once."""
        self._base = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        base = self._base
        width = self.scrollable_content_region.width
        at = self.scroll_offset.y + y
        if at >= self.blocks.height:
            return Strip.blank(self.size.width, base)
        text = self._text(at)
        target = self.target_at(at)
        if target is not None and target == self.selected:
            strip = self._painter.selected_strip(text, base, self._selected_style, width)
        else:
            strip = self._painter.strip(text, base, width)
        return strip.apply_offsets(0, at)

    def target_at(self, at: int) -> Selected | None:
        """Return what can be selected in a row, None if nothing can."""
        target = self.blocks.row(at).target if at < self.blocks.height else None
        return None if target is None else Selected(self.blocks.index_of(at).entry, target)

    @property
    def _selected_style(self) -> Style:
        style = self.get_component_rich_style("transcript--selected")
        return style if self.has_focus else Style(bgcolor=style.bgcolor)

    def _text(self, at: int) -> Text:
        """Return the text of a row, with the mouse selection highlighted."""
        text = self.blocks.row(at).text.copy()
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(at)) is not None:
            start, end = span
            selected = self.screen.get_component_rich_style("screen--selection")
            text.stylize(selected, start, len(text) if end == -1 else end)
        return text

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """Return the text that the mouse selected."""
        lines = [row.text.plain for row in self.blocks.rows]
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the new mouse selection."""
        self.refresh()

    @property
    def allow_select(self) -> bool:
        """Whether the mouse can select text: always."""
        return True

    def scroll_to_selected(self, selected: Selected) -> None:
        """Scroll a selected target into view."""
        rows = self.blocks.rows_of(selected)
        region = Region(0, rows.start, 1, len(rows))
        self.scroll_to_region(region, animate=False, force=True)
