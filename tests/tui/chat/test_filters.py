from datetime import date

import pytest

from index.articles.fields import Field
from index.errors import BadRequest
from index.storage.scope import EVERYTHING, Scope
from tests.tui.chat.chats import Home, chat_of
from tui.chat.filters import chips, is_filter, with_filter
from tui.chat.widgets.chips import ChipLine

ADA, NILS = Field("author", "Ada"), Field("author", "Nils")
ALL_KINDS = Scope(("/a", "/b", "/c", "/d"), date(2011, 1, 1), date(2011, 7, 3), (ADA, NILS))


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        ("/since 2011", EVERYTHING, Scope(since=date(2011, 1, 1))),
        ("/Until  2011-07", EVERYTHING, Scope(until=date(2011, 7, 31))),
        ("/where author=Ada", Scope(where=(NILS,)), Scope(where=(NILS, ADA))),
        ("/in /nowhere", Scope(("/a",)), Scope(("/a", "/nowhere"))),
        ("/since", ALL_KINDS, Scope(("/a", "/b", "/c", "/d"), None, date(2011, 7, 3), (ADA, NILS))),
        ("/where", ALL_KINDS, Scope(("/a", "/b", "/c", "/d"), date(2011, 1, 1), date(2011, 7, 3))),
        ("/in", Scope(("/a",), where=(ADA,)), Scope(where=(ADA,))),
        ("/all", ALL_KINDS, EVERYTHING),
    ],
)
def test_a_typed_filter_changes_the_scope(typed: str, before: Scope, after: Scope) -> None:
    assert is_filter(typed)
    assert with_filter(before, typed) == after


@pytest.mark.parametrize("typed", ["since 2011", "/sincere", "/find since", "in", "why?"])
def test_other_text_is_no_filter(typed: str) -> None:
    assert not is_filter(typed)


def test_there_is_a_chip_for_each_filter_and_each_can_be_removed() -> None:
    shown = chips(ALL_KINDS)
    assert [chip.label for chip in shown] == [
        "in /a, /b, /c and 1 more", "since 1 January 2011", "until 3 July 2011", "author=Ada",
        "author=Nils",
    ]  # fmt: skip
    left, scope = [], ALL_KINDS
    while scope:
        scope = chips(scope)[0].rest
        left.append(len(chips(scope)))
    assert left == [4, 3, 2, 1, 0]


async def test_filters_are_typed_shown_and_removed(home: Home) -> None:
    async with chat_of(home) as chat:
        line = chat.screen.query_one(ChipLine)
        assert not line.display
        await chat.ask("/since 2011")
        await chat.ask("/where author=Ada\x1b[31m")
        assert str(line.content) == "since 1 January 2011 ✕   author=Ada␛[31m ✕"
        await chat.ask("Who?")
        (_, scope, _) = home.bot.asked[0]
        assert scope == home.sessions.load(chat.screen.session.id).scope
        assert scope.since == date(2011, 1, 1)
        await chat.pilot.press("f8")
        assert chat.screen.session.scope == Scope(since=date(2011, 1, 1))
        await chat.pilot.click(ChipLine, offset=(4, 0))
        await chat.settle()
        assert chat.screen.session.scope == EVERYTHING
        assert not line.display


async def test_a_filter_that_is_wrong_is_said_and_stays_in_the_input(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("/until soon")
        assert chat.prompt.text == "/until soon"
        assert "is no date" in chat.notices[-1]
        assert chat.screen.session.scope == EVERYTHING
        await chat.ask("/in /news")
        await chat.ask("/in /nowhere")
        assert chat.prompt.text == "/in /nowhere"
        assert "no indexed article" in chat.notices[-1]
        assert chat.screen.session.scope == Scope(("/news",))
    with pytest.raises(BadRequest, match="is after"):
        with_filter(Scope(since=date(2012, 1, 1)), "/until 2011")
