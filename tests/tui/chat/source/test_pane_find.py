import pytest
from textual.widgets import Input

from qa.answers import Citation
from tests.tui.chat.source.panes import article as article
from tests.tui.chat.source.panes import cited as cited
from tests.tui.chat.source.panes import opened

pytestmark = pytest.mark.slow


async def test_words_are_found_as_they_are_typed(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        counts = []
        await shown.press("slash", *"RAIN")
        for keys in (("enter",), ("down",), ("shift+enter",), ("up",), ("up",)):
            counts.append(shown.count)
            await shown.press(*keys)
        assert counts == ["49 of 99", "50 of 99", "51 of 99", "50 of 99", "49 of 99"]
        assert shown.count == "48 of 99"
        await shown.press("escape")
        assert not shown.pane.find_bar.display
        assert shown.pane.view.has_focus
        assert not shown.pane.view.marks.found


async def test_matches_are_stepped_through_from_the_lines_too(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("ctrl+f", *"day 77")
        assert "Day 77" in " ".join(shown.words)
        shown.pane.focus()
        await shown.press("enter", "N")
        assert shown.count == "1 of 1"
        await shown.press("escape")
        assert not shown.pane.find_bar.display


async def test_words_that_are_not_there_are_not_found(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        before = shown.words
        await shown.press("slash", *"zebra", "enter")
        assert shown.count == "not found"
        assert before[0] == shown.words[0]
        assert shown.pane.query_one(Input).value == "zebra"
