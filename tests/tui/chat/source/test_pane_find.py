from textual.widgets import Input

from qa.answers import Citation
from tests.tui.chat.source.panes import article as article
from tests.tui.chat.source.panes import cited as cited
from tests.tui.chat.source.panes import count, opened
from tui.chat.source.find_bar import SourceFinder


async def test_words_are_found_as_they_are_typed(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        found = shown.pane.query_one(SourceFinder)
        counts = []
        await shown.press("slash", *"RAIN")
        for keys in (("enter",), ("down",), ("shift+enter",), ("up",), ("up",)):
            counts.append(count(found))
            await shown.press(*keys)
        assert counts == ["49 of 99", "50 of 99", "51 of 99", "50 of 99", "49 of 99"]
        assert count(found) == "48 of 99"
        await shown.press("escape")
        assert not found.display
        assert shown.pane.article.view.has_focus
        assert not shown.pane.article.view.highlights.found


async def test_what_was_found_is_gone_to_from_the_lines_too(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("ctrl+f", *"day 77")
        assert "Day 77" in " ".join(shown.words)
        shown.pane.focus()
        await shown.press("enter", "N")
        assert count(shown.pane.query_one(SourceFinder)) == "1 of 1"
        await shown.press("escape")
        assert not shown.pane.query_one(SourceFinder).display


async def test_what_is_not_there_is_not_found(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        before = shown.words
        await shown.press("slash", *"zebra", "enter")
        assert count(shown.pane.query_one(SourceFinder)) == "not found"
        assert before[0] == shown.words[0]
        assert shown.pane.query_one(Input).value == "zebra"
