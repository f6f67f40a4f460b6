"""A table of any number of rows; only visible ones are rendered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

_GAP = "  "
"""Between columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its heading."""

    heading: str
    width: int | None = None
    """Cells; None shares what the other columns leave."""
    right: bool = False
    keep_end: bool = False
    """Whether a long cell is cut at its start, as a path should be."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, safe to show."""

    cells: tuple[str, ...]
    marked: bool = False
    faint: bool = False


class RowTable(ScrollView, can_focus=True):
    """Rows under headings; arrows move, Enter and a double click choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page-up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page-down"),
        Binding("home,g", "go(0)", "First", show=False, id="table.first"),
        Binding("end,G", "go(-1)", "Last", show=False, id="table.last"),
        Binding("enter", "choose", "Open", show=False, id="table.choose"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "row-table--heading", "row-table--cursor", "row-table--marked", "row-table--faint"
    }  # fmt: skip
    DEFAULT_CSS = """
    RowTable {
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .row-table--heading { text-style: bold; color: $primary; background: $panel; }
        & > .row-table--marked { text-style: bold; color: $accent; }
        & > .row-table--faint { text-style: dim; }
        & > .row-table--cursor { background: $panel; }
        &:focus > .row-table--cursor { text-style: reverse; background: initial; }
    }
    """
    cursor: reactive[int] = reactive(0)
    """The row that keys act on, from 0."""

    @dataclass
    class Chosen(Message):
        """A row was chosen."""

        table: "RowTable"
        row: int

        @property
        def control(self) -> "RowTable":
            """The table."""
            return self.table

    @dataclass
    class HeadingClicked(Message):
        """A heading was clicked."""

        table: "RowTable"
        column: int

        @property
        def control(self) -> "RowTable":
            """The table."""
            return self.table

    def __init__(self, columns: Sequence[Column], *, id: str) -> None:  # noqa: A002  as in Textual
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._count = 0
        self._row: Callable[[int], Row] = lambda _: Row(())

    def show(self, columns: Sequence[Column], count: int, row: Callable[[int], Row]) -> None:
        """Show `count` rows; `row` returns each when it becomes visible."""
        self._columns, self._count, self._row = tuple(columns), count, row
        self.virtual_size = Size(0, 1 + count)
        self.cursor = self.validate_cursor(self.cursor)
        self._keep_in_view()
        self.refresh()

    @property
    def count(self) -> int:
        """The number of rows."""
        return self._count

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, self._count - 1))

    def watch_cursor(self) -> None:
        """Keep the cursor in view."""
        self._keep_in_view()
        self.refresh()

    def action_move(self, rows: int) -> None:
        """Move by `rows`."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Move by `pages`."""
        self.cursor += pages * max(1, self._visible_rows - 1)

    def action_go(self, row: int) -> None:
        """Move to a row; negative numbers count from the end."""
        self.cursor = row % max(1, self._count)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self._count:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, click: events.Click) -> None:
        """Move to a row, choose it, or report a click on a heading."""
        if click.y == 0:
            self.post_message(self.HeadingClicked(self, self._column_at(click.x)))
            return
        row = click.y - 1 + self.scroll_offset.y
        if row < self._count:
            self.cursor = row
            if click.chain > 1:
                self.action_choose()

    def on_resize(self) -> None:
        """Keep the cursor in view after a resize."""
        self._keep_in_view()

    def render_line(self, y: int) -> Strip:
        """Render one line."""
        width = self.scrollable_content_region.width
        if y == 0:
            cells = tuple(column.heading for column in self._columns)
            return self._strip(cells, "row-table--heading", width=width)
        number = y - 1 + self.scroll_offset.y
        if number >= self._count:
            return Strip.blank(width, self.rich_style)
        row = self._row(number)
        is_at_cursor = number == self.cursor
        kinds = {"faint": row.faint, "marked": row.marked, "cursor": is_at_cursor}
        looks = [f"row-table--{kind}" for kind, holds in kinds.items() if holds]
        return self._strip(row.cells, *looks, width=width)

    def _strip(self, cells: Sequence[str], *looks: str, width: int) -> Strip:
        style = self.rich_style
        for look in looks:
            style += self.get_component_rich_style(look, partial=True)
        fitted = [
            _fitted(cell, wide, column)
            for cell, wide, column in zip(cells, self._widths(width), self._columns, strict=True)
        ]
        return Strip([Segment(set_cell_size(_GAP.join(fitted), width), style)], width)

    def _widths(self, width: int) -> list[int]:
        taken = sum(column.width or 0 for column in self._columns) + len(_GAP) * (
            len(self._columns) - 1
        )
        shares = max(1, sum(column.width is None for column in self._columns))
        share = max(1, (width - taken) // shares)
        return [column.width or share for column in self._columns]

    def _column_at(self, x: int) -> int:
        end = 0
        for number, wide in enumerate(self._widths(self.scrollable_content_region.width)):
            end += wide + len(_GAP)
            if x < end:
                return number
        return len(self._columns) - 1

    @property
    def _visible_rows(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def _keep_in_view(self) -> None:
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + self._visible_rows:
            self.scroll_to(y=self.cursor - self._visible_rows + 1, animate=False)


def _fitted(cell: str, width: int, column: Column) -> str:
    """Cut or pad a text to `width` cells."""
    spare = width - cell_len(cell)
    if spare >= 0:
        return " " * spare + cell if column.right else cell + " " * spare
    if not column.keep_end:
        return set_cell_size(cell, width - 1) + "…"
    end = cell[-width:]
    while cell_len(end) > width - 1:
        end = end[1:]
    return set_cell_size("…" + end, width)
