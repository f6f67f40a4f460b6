"""Articles as large as are shown, of every shape, and larger ones."""

import threading
from pathlib import Path

import pytest

from index.articles.files import MAX_BYTES
from index.articles.spans import Span
from tests.tui.chat.source.fakes import citation
from tests.tui.chat.source.panes import SENTENCE, Shown, opened
from tui.chat.source import view
from tui.chat.source.pane import SourcePane
from tui.chat.source.wrap import Glyphs, Layout, wrap

pytestmark = pytest.mark.slow

LINE = "It rained in the morning, and the port was closed for the day.\n"
UNITS = {
    "lines": LINE,
    "one line": LINE[:-1] + " ",
    "one word": "x",
    "empty lines": "\n",
    "short lines": "a\n",
    "wide characters": "東京",
    "wide lines": "東\n",
    "control characters": "\x1b",
    "combining marks": "\u0301",
    "tabs": "\t",
}


def of_size(unit: str, size: int = MAX_BYTES) -> str:
    """Repeat a unit up to a number of bytes."""
    return unit * (size // len(unit.encode()))


async def show(shown: Shown, path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    shown.pane.show_file(str(path), "a.txt", "")
    await shown.settle()
    shown.pane.focus()
    await shown.pilot.pause()


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
async def test_a_large_article_of_any_shape_is_drawn_only_where_it_is_seen(
    tmp_path: Path, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, wrapped_in = [], []
    glyphs = Layout.glyphs

    def draw(layout: Layout, number: int) -> Glyphs:
        drawn.append(number)
        return glyphs(layout, number)

    def wrap_there(text: str, width: int) -> Layout:
        wrapped_in.append(threading.current_thread())
        return wrap(text, width)

    monkeypatch.setattr(Layout, "glyphs", draw)
    monkeypatch.setattr(view, "wrap", wrap_there)
    text = of_size(unit)
    async with opened() as shown:
        await show(shown, tmp_path / "a.txt", text)
        first = shown.pane.view.shown
        assert first.start == 0
        await shown.press("end", "pageup", "up", "down", "down")
        await shown.pilot.resize_terminal(40, 12)
        await shown.settle()
        await shown.press("home", "end")
        assert shown.pane.view.shown.end == len(text)
        assert len(drawn) < 2_000
        assert wrapped_in
        assert threading.main_thread() not in wrapped_in


async def test_a_long_article_keeps_its_place_while_it_is_wrapped_again(tmp_path: Path) -> None:
    text = "".join(f"{number} {LINE}" for number in range(12_000))
    async with opened((60, 20)) as shown:
        await show(shown, tmp_path / "a.txt", text)
        shown.pane.view.reveal(text.index("\n6000 ") + 1)
        await shown.settle()
        for width in (40, 90, 60):
            await shown.pilot.resize_terminal(width, 20)
        await shown.settle()
        assert shown.rows[6].startswith(" 6001 │ 6000 It rained")


async def test_an_answer_in_the_middle_of_a_line_of_1_mib_is_shown(tmp_path: Path) -> None:
    half = of_size("It rained all day, “really”. ", MAX_BYTES // 2 - 100)
    text = f"{half}{SENTENCE} {half}"
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode())
    async with opened() as shown:
        await shown.cite(citation(str(path), text, SENTENCE, "Monday"))
        assert "Monday" in shown.words[6] + shown.words[7]
        await shown.press("slash", *"turned")
        assert shown.count == "1 of 1"


async def test_a_larger_article_is_opened_in_the_editor_instead(tmp_path: Path) -> None:
    text = f"It rained.\n{SENTENCE}\n" + of_size(LINE)
    path = tmp_path / "port.txt"
    path.write_bytes(text.encode())
    async with opened() as shown:
        await shown.cite(citation(str(path), text, SENTENCE, "Monday"))
        assert not shown.pane.view.display
        assert shown.header.startswith("news/port.txt:2 ")
        for fact in (f"{len(text):,}", f"{MAX_BYTES:,}", "o "):
            assert fact in shown.notice
        await shown.press("slash", "o")
        (editor,) = shown.app.posted
        assert isinstance(editor, SourcePane.OpenEditor)
        assert editor.read_only
        assert (editor.file, editor.place.line, editor.place.column) == (str(path), 2, 22)


async def test_what_is_selected_stays_so_at_another_width(tmp_path: Path) -> None:
    async with opened() as shown:
        await show(shown, tmp_path / "a.txt", of_size(LINE))
        lines = shown.pane.view
        await shown.pilot.mouse_down(lines, offset=(6, 0))
        await shown.pilot.hover(lines, offset=(8, 2))
        await shown.pilot.mouse_up(lines, offset=(8, 2))
        selected = shown.app.screen.get_selected_text()
        assert selected
        assert of_size(LINE).startswith(selected)
        await shown.pilot.resize_terminal(100, 20)
        await shown.settle()
        assert lines._selected == Span(0, len(selected))
