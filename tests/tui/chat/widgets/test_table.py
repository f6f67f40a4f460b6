from rich.cells import cell_len
from textual.app import App, ComposeResult

from tui.chat.widgets.table import Column, Row, RowTable

COLUMNS = (Column("Name"), Column("Lines", 5, right=True), Column("File", 6, keep_end=True))


class TableApp(App[None]):
    """A table of numbered rows; which were rendered, and what was posted."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.rendered: list[int] = []
        self.posted: list[tuple[str, int]] = []

    def compose(self) -> ComposeResult:
        yield RowTable(COLUMNS, id="table")

    def on_mount(self) -> None:
        self.table.show(COLUMNS, self.count, self.row)
        self.table.focus()

    def row(self, number: int) -> Row:
        self.rendered.append(number)
        return Row((f"row {number}", str(number), f"f/{number:05}"))

    def on_row_table_chosen(self, chosen: RowTable.Chosen) -> None:
        self.posted.append(("chosen", chosen.row))

    def on_row_table_heading_clicked(self, clicked: RowTable.HeadingClicked) -> None:
        self.posted.append(("heading", clicked.column))

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)

    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


async def test_cells_are_aligned_under_their_headings_in_exactly_the_width() -> None:
    app = TableApp(2)
    async with app.run_test(size=(30, 5)):
        assert app.lines()[:3] == [
            "Name             Lines  File  ",
            "row 0                0  …00000",
            "row 1                1  …00001",
        ]


async def test_only_the_visible_rows_of_many_are_rendered() -> None:
    app = TableApp(100_000)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("end")
        assert app.table.cursor == 99_999
        assert app.lines()[-1].startswith("row 99999")
        assert len(set(app.rendered)) == 18
        await pilot.press("home")
        assert app.lines()[1].startswith("row 0")


async def test_keys_move_the_cursor_and_it_stays_in_view() -> None:
    app = TableApp(50)
    async with app.run_test(size=(40, 10)) as pilot:
        for keys, cursor in (
            (["down", "down", "up"], 1),
            (["up"], 0),
            (["end", "down"], 49),
            (["pagedown"], 8),
            (["pagedown", "pagedown", "pageup"], 8),
            (["end", "home"], 0),
        ):
            app.table.cursor = 0
            await pilot.press(*keys)
            assert app.table.cursor == cursor
            assert any(line.startswith(f"row {cursor} ") for line in app.lines())


async def test_enter_and_a_double_click_choose_a_row_and_a_click_a_heading() -> None:
    app = TableApp(50)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("down", "enter")
        await pilot.click("#table", offset=(3, 5))
        assert app.table.cursor == 4
        assert app.posted == [("chosen", 1)]
        await pilot.double_click("#table", offset=(3, 6))
        assert app.posted == [("chosen", 1), ("chosen", 5)]
        for x in (0, 27, 34):
            await pilot.click("#table", offset=(x, 0))
        assert app.posted[2:] == [("heading", 0), ("heading", 1), ("heading", 2)]


async def test_an_empty_table_has_no_row_to_choose() -> None:
    app = TableApp(0)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("enter", "down", "end", "pagedown")
        await pilot.double_click("#table", offset=(3, 5))
        assert app.posted == []


async def test_the_cursor_stays_on_a_row_when_rows_disappear() -> None:
    app = TableApp(50)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("end")
        app.table.show(COLUMNS, 3, app.row)
        await pilot.pause()
        assert app.table.cursor == 2
        assert app.lines()[1].startswith("row 0")


async def test_wide_characters_do_not_shift_the_columns() -> None:
    app = TableApp(1)
    async with app.run_test(size=(31, 4)):
        for name in ("東京" * 30, "é" * 90, "a\u0301" * 60, "😀" * 40):
            row = Row((name, "7", name))
            app.table.show(COLUMNS, 1, [row].__getitem__)
            line = app.table.render_line(1)
            assert cell_len(line.text) == 31
            assert "  7  " in line.text
