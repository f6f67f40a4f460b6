"""Blocks of rows that are scrolled: how they are laid out, drawn and selected from."""

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from tui.chat.transcript.blocks import Blocks, Chosen, Nothing
from tui.chat.transcript.row_painter import RowPainter
from tui.chat.transcript.rows import STYLES, Plain


class BlocksView(ScrollView):
    """Shows blocks; only the rows in view are drawn, and the end stays in view while followed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{name}" for name in (*STYLES, "chosen")}
    DEFAULT_CSS = """
    BlocksView {
        padding: 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & .transcript--question { color: $primary; text-style: bold; }
        & .transcript--resolved { color: $text-muted; text-style: italic; }
        & .transcript--answer { text-style: bold; }
        & .transcript--likeliness { color: $text-success; }
        & .transcript--unsure { color: $text-warning; }
        & .transcript--span { color: $text-accent; text-style: bold underline; }
        & .transcript--place { color: $text-secondary; }
        & .transcript--about { color: $text-muted; }
        & .transcript--note { color: $text-muted; }
        & .transcript--refusal { color: $text-warning; text-style: bold; }
        & .transcript--error { color: $text-error; text-style: bold; }
        & .transcript--fold { color: $text-muted; text-style: italic; }
        & .transcript--waiting { color: $text-muted; text-style: italic; }
        & .transcript--mark { color: $text-success; }
        & .transcript--chosen { background: $block-cursor-blurred-background; }
        &:focus .transcript--chosen { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """  # noqa: E501

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.blocks = Blocks()
        self.chosen: Chosen | Nothing = Nothing()
        self.following = True
        """Whether the end is to stay in view when something is added."""
        self._painter = RowPainter({})

    # How it is laid out

    @property
    def _end(self) -> int:
        """The scroll offset that shows the end of the last entry, or the top of a higher one."""
        hidden = self.blocks.height - self.scrollable_content_region.height
        return min(self.blocks.last_start, max(0, hidden))

    def watch_scroll_target_y(self, target: float) -> None:
        """Follow the end again once it was scrolled to; `scroll_y` changes by the layout too."""
        self.following = target >= self._end

    def lay_out(self) -> None:
        """Write what has to be written anew; the end stays in view where it is followed."""
        width = self.scrollable_content_region.width
        self.blocks.write(width)
        self.virtual_size = Size(width, self.blocks.height)
        self._keep_end()
        # Only when it is laid out can it be scrolled to a row that is new.
        self.call_after_refresh(self._keep_end)
        self.refresh()

    def _keep_end(self) -> None:
        if self.following:
            self.scroll_to(y=self._end, animate=False)
            self.following = True  # where it cannot be scrolled there yet

    def on_resize(self) -> None:
        """Wrap everything anew where the width changed; the row at the top stays there."""
        top = self.blocks.place(self.scroll_offset.y)
        self.lay_out()
        if not self.following:
            self.scroll_to(y=self.blocks.row_of(top), animate=False)

    # How it is drawn

    def notify_style_update(self) -> None:
        """Take the styles of the theme, once there are any."""
        super().notify_style_update()
        if "transcript--question" not in self._component_styles:
            return
        styles = {name: self.get_component_rich_style(f"transcript--{name}") for name in STYLES}
        self._painter = RowPainter(styles)

    def render_line(self, y: int) -> Strip:
        """Draw a line of the view."""
        base = self.rich_style
        width = self.scrollable_content_region.width
        at = self.scroll_offset.y + y
        if at >= self.blocks.height:
            return Strip.blank(self.size.width, base)
        text = self._selected(at)
        target = self.target_at(at)
        if isinstance(target, Chosen) and target == self.chosen:
            strip = self._painter.chosen_strip(text, base, self._chosen_style, width)
        else:
            strip = self._painter.strip(text, base, width)
        return strip.apply_offsets(0, at)

    def target_at(self, at: int) -> Chosen | Nothing:
        """Give what can be chosen in a row."""
        target = self.blocks.row(at).target if at < self.blocks.height else Plain()
        if isinstance(target, Plain):
            return Nothing()
        return Chosen(self.blocks.place(at).entry, target)

    @property
    def _chosen_style(self) -> Style:
        style = self.get_component_rich_style("transcript--chosen")
        return style if self.has_focus else Style(bgcolor=style.bgcolor)

    def _selected(self, at: int) -> Text:
        """Give the text of a row, with what the mouse has selected of it."""
        text = self.blocks.row(at).text.copy()
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(at)) is not None:
            start, end = span
            selected = self.screen.get_component_rich_style("screen--selection")
            text.stylize(selected, start, len(text) if end == -1 else end)
        return text

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """Give the text that was selected with the mouse."""
        lines = [row.text.plain for row in self.blocks.rows]
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self.refresh()

    @property
    def allow_select(self) -> bool:
        """Its text can be selected with the mouse."""
        return True

    def scroll_to_chosen(self, chosen: Chosen) -> None:
        """Bring what is chosen into view."""
        rows = self.blocks.rows_of(chosen)
        region = Region(0, rows.start, 1, len(rows))
        self.scroll_to_region(region, animate=False, force=True)
