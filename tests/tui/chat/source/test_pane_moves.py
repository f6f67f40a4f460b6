from pathlib import Path

import pytest
from textual import events

from index.articles.places import Place
from qa.answers import Citation
from tests.tui.chat.source.panes import ARTICLE, opened
from tests.tui.chat.source.panes import article as article
from tests.tui.chat.source.panes import cited as cited
from tui.chat.source.pane import SourcePane

pytestmark = pytest.mark.slow


async def test_keys_and_wheel_scroll(article: Path) -> None:
    async with opened((60, 20)) as shown:
        shown.pane.show_file(str(article), "a", "")
        await shown.settle()
        shown.pane.focus()
        tops = [shown.top]
        for _ in range(4):
            await shown.press("down")
            tops.append(shown.top)
        assert tops == [
            "Day 0 at the port was like the day before, and",
            "“nobody” asked why it was so. Rain fell.",
            "",
            "Day 1 at the port was like the day before, and",
            "“nobody” asked why it was so. Rain fell.",
        ]
        await shown.press("up")
        assert shown.top == tops[3]
        await shown.press("pagedown", "pageup")
        assert shown.top == tops[3]
        await shown.press("home", "up")
        assert shown.top == tops[0]
        last = ARTICLE.splitlines()[-1]
        await shown.press("end", "down")
        assert (len(shown.words), shown.words[-2:]) == (19, [last[:47], last[48:]])
        await shown.press("home")
        view = shown.pane.view
        for scroll, top in ((events.MouseScrollDown, tops[2]), (events.MouseScrollUp, tops[0])):
            view.post_message(scroll(view, 5, 5, 0, 0, 0, False, False, False))
            await shown.settle()
            assert shown.top == top


async def test_the_scrollbar_can_be_clicked_and_dragged(article: Path) -> None:
    async with opened() as shown:
        shown.pane.show_file(str(article), "a", "")
        await shown.settle()
        view = shown.pane.view
        bar = view.vertical_scrollbar
        await shown.pilot.click(bar, offset=(0, 18))
        await shown.settle()
        assert 0 < shown.pane.view.place.line < 60
        view.scroll_to(y=0, animate=False)
        await shown.pilot.mouse_down(bar, offset=(0, 0))
        await shown.pilot.hover(bar, offset=(0, 9))
        await shown.pilot.mouse_up(bar, offset=(0, 9))
        await shown.settle()
        # Nine of nineteen rows down.
        assert view.scroll_y == pytest.approx(9 / 19 * view.virtual_size.height, abs=3)


async def test_another_size_keeps_the_place(cited: Citation) -> None:
    async with opened((120, 40)) as shown:
        await shown.cite(cited)
        assert "Monday" in shown.words[13]
        for size in ((40, 12), (200, 60), (24, 40), (120, 40)):
            await shown.pilot.resize_terminal(*size)
            await shown.settle()
            assert any("┃" in row for row in shown.rows)
        assert "Monday" in shown.words[13]
        await shown.press("down", "down")
        top = shown.pane.view.place
        assert "Monday" in shown.words[11]
        await shown.pilot.resize_terminal(60, 20)
        await shown.pilot.resize_terminal(120, 40)
        await shown.settle()
        assert shown.pane.view.place == top


async def test_steps_full_screen_and_the_editor_are_left_to_the_screen(
    article: Path, cited: Citation
) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("n", "p", "f", "e", "b")
        steps = [step.by for step in shown.app.posted if isinstance(step, SourcePane.Step)]
        assert steps == [1, -1]
        assert isinstance(shown.app.posted[2], SourcePane.FullScreen)
        editor = shown.app.posted[3]
        assert isinstance(editor, SourcePane.OpenEditor)
        place = Place(cited.answer.line, cited.answer.column)
        assert (editor.file, editor.place, editor.read_only) == (str(article), place, False)
        browser = shown.app.posted[4]
        assert isinstance(browser, SourcePane.OpenBrowser)
        assert (browser.file, browser.place) == (str(article), place)


async def test_the_editor_opens_at_what_is_on_screen(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("home", "down", "e", "slash", *"day 9 ", "enter", "escape", "end", "e")
        places = [
            message.place
            for message in shown.app.posted
            if isinstance(message, SourcePane.OpenEditor)
        ]
        assert places[0] == Place(1, 48)
        assert places[1].line > 180


async def test_what_the_mouse_selects_is_copied_letter_for_letter(tmp_path: Path) -> None:
    text = "One.\nzero\u200bwidth and a\ttab, and more words than there is room for here.\nLast."
    (tmp_path / "port.txt").write_text(text)
    async with opened((40, 12)) as shown:
        shown.pane.show_file(str(tmp_path / "port.txt"), "news/port.txt", "The port")
        await shown.settle()
        view = shown.pane.view
        last = next(y for y, row in enumerate(shown.words) if row == "Last.")
        await shown.pilot.mouse_down(view, offset=(6, 1))
        await shown.pilot.hover(view, offset=(9, last))
        await shown.pilot.mouse_up(view, offset=(9, last))
        assert shown.app.screen.get_selected_text() == text[5 : text.index("Last") + 4]
        assert shown.styled("width").bgcolor != shown.styled("One.").bgcolor
        shown.pane.show_file(str(tmp_path / "port.txt"), "news/port.txt", "The port")
        await shown.settle()
        assert not shown.app.screen.selections
