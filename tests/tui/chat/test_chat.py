"""The conversation: asking, queueing, failing, following up, loading again."""

from dataclasses import replace

import pytest

from index.storage.scope import EVERYTHING, Scope
from qa.answers import Reason
from qa.conversation import Exchange
from tests.tui.chat.chats import Home, chat_of, cited
from tests.tui.chat.replies import SENTENCE, answer, answered
from tests.tui.replies import AT, unanswered
from tui.chat.screens.help_screen import HelpScreen
from tui.chat.source.pane import SourcePane
from tui.chat.transcript.entries import Entry
from tui.chat.transcript.rows import Row, rows
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.prompt import Prompt
from tui.sessions.session import Turn

pytestmark = pytest.mark.slow

ANSWER = [
    "  Jan Novak   93% sure ●●●●●",
    f"    {SENTENCE}",
    "  ▌ news/mill.txt:2:32  Mill sold, 3 May 2011",
]


async def test_a_question_is_answered_with_its_quote_and_its_article(home: Home) -> None:
    async with chat_of(home, size=(160, 24)) as chat:
        await chat.pilot.press(*"Who?", "enter")
        await chat.settle()
        assert chat.lines[:4] == ["› Who?", *ANSWER]
        assert chat.prompt.text == ""
        assert chat.prompt.has_focus
        citation = chat.transcript.selected_citation
        assert citation is not None
        assert citation.file == str(home.article)
        assert "Mill sold" in chat.screen_text
        assert home.bot.asked == [("Who?", EVERYTHING, ())]


async def test_a_typed_word_leaves_the_chat(home: Home) -> None:
    async with chat_of(home) as chat:
        chat.prompt.text = "/quit"
        await chat.pilot.press("enter")
        await chat.pilot.pause()
        assert chat.app._exit
        assert home.bot.asked == []


async def test_ctrl_d_deletes_a_character_and_leaves_from_an_empty_input(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.pilot.press(*"ab", "left", "ctrl+d")
        assert chat.prompt.text == "a"
        assert not chat.app._exit
        await chat.pilot.press("backspace", "ctrl+d")
        assert chat.app._exit


async def test_a_typed_help_shows_the_keys(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("/help")
        assert isinstance(chat.app.screen, HelpScreen)
        assert home.bot.asked == []


async def test_thanks_are_no_turn_that_a_follow_up_refers_to(home: Home) -> None:
    thanks = Turn("Thanks", unanswered("Thanks", Reason.SMALL_TALK), AT)
    session = replace(home.sessions.new(), turns=(thanks,))
    async with chat_of(home, session) as chat:
        await chat.ask("Who?")
        assert home.bot.asked == [("Who?", EVERYTHING, ())]


async def test_questions_asked_while_another_runs_are_queued(home: Home) -> None:
    home.holds_questions = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("One?", "Two?", "Three?")
        assert [line for line in chat.lines if line] == [
            "› One?", "  searching …", "› Two?", "  queued", "› Three?", "  queued",
        ]  # fmt: skip
        home.bot.gate.set()
        await chat.settle()
        assert [question for question, _, _ in home.bot.asked] == ["One?", "Two?", "Three?"]
        assert [turn.question for turn in chat.screen.session.turns] == ["One?", "Two?", "Three?"]
        # Only nobody's next question lets the second of two readers go on.
        assert home.bot.wanted == [False, False, True]


async def test_the_reply_of_the_first_reader_is_shown_while_the_second_one_reads(
    home: Home,
) -> None:
    home.holds_questions = True
    async with chat_of(home) as chat:
        home.bot.first = lambda question: unanswered(question, Reason.NO_SPAN)
        await chat.ask_without_waiting("Who?")
        assert "reading the best passages more closely" in "\n".join(chat.lines)
        assert ANSWER[0] not in chat.lines
        assert not chat.screen.session.turns
        home.bot.gate.set()
        await chat.settle()
        assert ANSWER[0] in chat.lines
        assert "reading the best passages more closely" not in "\n".join(chat.lines)
        assert [turn.question for turn in chat.screen.session.turns] == ["Who?"]


async def test_a_first_reply_does_not_enter_another_conversation(home: Home) -> None:
    home.holds_questions = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("Who?")
        chat.screen.show_session(home.sessions.new())
        chat.screen._show_first(unanswered("Who?", Reason.NO_SPAN))
        assert "Who?" not in "\n".join(chat.lines)
        home.bot.gate.set()
        await chat.settle()
        assert "Who?" not in "\n".join(chat.lines)


async def test_a_question_that_fails_shows_the_error_and_returns_to_the_input(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("What is wrong?")
        assert chat.lines[:2] == ["› What is wrong?", "  that cannot be asked"]
        assert chat.prompt.text == "What is wrong?"
        assert chat.screen.session.turns == ()
        await chat.ask("Who?")
        assert chat.lines[3:5] == ["› Who?", ANSWER[0]]


async def test_a_failed_question_does_not_overwrite_the_draft(home: Home) -> None:
    home.holds_questions = True
    async with chat_of(home) as chat:
        chat.prompt.text = "What is wrong?"
        await chat.pilot.press("enter", *"Next")
        home.bot.gate.set()
        await chat.settle()
        assert chat.prompt.text == "Next"
        await chat.pilot.press("up")
        assert chat.prompt.text == "What is wrong?"
        await chat.pilot.press("down")
        assert chat.prompt.text == "Next"


async def test_the_arrows_step_through_earlier_questions(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("One?")
        await chat.ask("Two?")
        await chat.ask("Two?")
        await chat.pilot.press("up")
        assert chat.prompt.text == "Two?"
        await chat.pilot.press("up", "up")
        assert chat.prompt.text == "One?"
        await chat.pilot.press("down", "down")
        assert chat.prompt.text == ""


async def test_a_question_can_have_several_lines_but_not_be_empty(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.pilot.press("space", "enter")
        await chat.settle()
        assert home.bot.asked == []
        for key in ("shift+enter", "alt+enter", "ctrl+j"):
            chat.prompt.text = ""
            await chat.pilot.press(*"Who", key, *"sold?")
            assert chat.prompt.text == "Who\nsold?"
            await chat.pilot.press("up")
            assert chat.prompt.text == "Who\nsold?"
        await chat.pilot.press("enter")
        await chat.settle()
        assert chat.lines[:2] == ["› Who", "sold?"]


async def test_a_follow_up_is_asked_with_its_history_and_shown_as_searched(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        await chat.ask("Who sold it?")
        question = "Who bought the mill?"
        before = Exchange(question, ("Jan Novak",))
        assert home.bot.asked[1] == ("Who sold it?", EVERYTHING, (before,))
        assert any(line.startswith("  Searched for: Who sold the mill?") for line in chat.lines)


async def test_an_edited_follow_up_is_asked_without_history(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        await chat.ask("Who sold it?")
        await chat.pilot.press("tab", "e")
        assert chat.prompt.has_focus
        assert chat.prompt.text == "Who sold the mill?"
        await chat.pilot.press("backspace", *" in May?", "enter")
        await chat.settle()
        assert home.bot.asked[2] == ("Who sold the mill in May?", EVERYTHING, ())
        await chat.ask("And who sold it?")
        assert len(home.bot.asked[3][2]) == 3


async def test_none_of_what_was_taken_over_is_one_key(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        await chat.pilot.press("ctrl+r")
        assert "Ask alone" not in chat.screen_text
        await chat.ask("Who sold it?")
        assert "Ask alone" in chat.screen_text
        await chat.pilot.press("ctrl+r")
        await chat.settle()
        assert home.bot.asked[2:] == [("Who sold it?", EVERYTHING, ())]
        # What stands alone now is not offered once more.
        assert "Ask alone" not in chat.screen_text
        await chat.ask("Who sold it?")
        await chat.pilot.press("tab", "n")
        await chat.settle()
        assert home.bot.asked[4:] == [("Who sold it?", EVERYTHING, ())]


async def test_tab_moves_to_the_answers_and_escape_back_to_the_input(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press("tab")
        assert isinstance(chat.app.focused, Transcript)
        await chat.pilot.press("enter")
        assert chat.source.has_focus_within
        await chat.pilot.press("escape")
        assert isinstance(chat.app.focused, Prompt)


async def test_a_conversation_continues_after_a_restart(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
    (summary,) = home.sessions.list()
    async with chat_of(home, home.sessions.load(summary.id), (160, 24)) as chat:
        assert chat.lines[:4] == ["› Who bought the mill?", *ANSWER]
        await chat.until(lambda: "Mill sold" in chat.screen_text)
        await chat.ask("Who sold it?")
        assert len(home.bot.asked[0][2]) == 1
        await chat.pilot.press("up", "up")
        assert chat.prompt.text == "Who bought the mill?"
    assert home.sessions.list()[0].turns == 2


async def test_an_answer_goes_to_the_conversation_in_which_it_was_asked(home: Home) -> None:
    home.holds_questions = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("One?", "Two?")
        first = chat.screen.session
        await chat.pilot.press("ctrl+n")
        assert chat.transcript.entries == []
        await chat.ask_without_waiting("Else?")
        home.bot.gate.set()
        await chat.settle()
        assert chat.screen.session.id != first.id
        assert [question for question, _, _ in home.bot.asked] == ["One?", "Two?", "Else?"]
        assert [len(history) for _, _, history in home.bot.asked] == [0, 1, 0]
        saved = home.sessions.load(first.id)
        assert [turn.question for turn in saved.turns] == ["One?", "Two?"]
        assert [turn.question for turn in chat.screen.session.turns] == ["Else?"]
        assert len(chat.transcript.entries) == 1


async def test_queued_questions_are_shown_again_with_their_conversation(home: Home) -> None:
    home.holds_questions = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("One?", "Two?")
        first = chat.screen.session
        await chat.pilot.press("ctrl+n")
        assert chat.transcript.entries == []
        chat.screen.show_session(first)
        await chat.pilot.pause()
        assert [line for line in chat.lines if line] == [
            "› One?", "  searching …", "› Two?", "  queued",
        ]  # fmt: skip
        home.bot.gate.set()
        await chat.settle()
        assert chat.lines[:3] == ["› One?", *ANSWER[:2]]
        assert chat.lines[5:9] == ["› Two?", *ANSWER]
        assert [turn.question for turn in chat.screen.session.turns] == ["One?", "Two?"]


async def test_a_conversation_that_cannot_be_saved_continues_with_a_notice(home: Home) -> None:
    (home.path / "sessions").write_text("in the way")
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        assert chat.lines[1] == ANSWER[0]
        assert "not saved" in chat.screen_text


async def test_the_chat_is_limited_to_some_articles(home: Home) -> None:
    async with chat_of(home) as chat:
        chat.screen.search_within(("news/mill.txt",))
        await chat.ask("Who?")
        assert home.bot.asked == [("Who?", Scope(("news/mill.txt",)), ())]
        assert home.sessions.load(chat.screen.session.id).scope == Scope(("news/mill.txt",))
        assert chat.screen.query_one("#chips").display
        chat.screen.search_within(())
        await chat.ask("Who?")
        assert home.bot.asked[1][1] == EVERYTHING
        assert not chat.screen.query_one("#chips").display


async def test_the_article_is_to_the_right_of_the_conversation_or_below_it(home: Home) -> None:
    async with chat_of(home, size=(80, 30)) as chat:
        assert not chat.source.display  # until there is one
        await chat.ask("Who?")
        for width, right in ((80, False), (109, False), (110, True)):
            await chat.pilot.resize_terminal(width, 30)
            left, source = chat.screen.query_one("#left").region, chat.source.region
            assert (source.x > left.x, source.y > left.y) == (right, not right)
            assert source.width > 0
            assert source.height >= 8


async def test_the_article_is_hidden_shown_and_shown_in_full_screen(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press("ctrl+b")
        assert not chat.source.display
        await chat.pilot.press("tab", "enter")
        await chat.pilot.pause()
        assert chat.source.display
        await chat.pilot.press("f")
        assert not chat.screen.query_one("#left").display
        assert chat.source.region.width == 120
        await chat.pilot.press("escape")
        assert chat.screen.query_one("#left").display


async def test_whether_the_article_is_shown_is_saved(home: Home) -> None:
    for shown in (True, False, True):
        async with chat_of(home) as chat:
            await chat.ask("Who?")
            assert chat.source.display == shown
            await chat.pilot.press("ctrl+b")


async def test_five_hundred_turns_are_wrapped_once_for_each_width(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = answered(answer(cited(home.article)))
    session = replace(home.sessions.new(), turns=500 * (turn,))
    wrapped: list[Entry] = []

    def counted(entry: Entry, unfolded: bool, note: str, width: int) -> list[Row]:
        wrapped.append(entry)
        return rows(entry, unfolded, note, width)

    monkeypatch.setattr("tui.chat.transcript.blocks.rows", counted)
    async with chat_of(home, session) as chat:
        first = len(wrapped)
        assert first <= 1000
        await chat.ask("Who else?")
        await chat.pilot.press("pageup", "pageup", "pagedown")
        assert len(wrapped) - first <= 4
        assert isinstance(chat.source, SourcePane)


async def test_find_shows_every_place_and_is_not_saved(home: Home) -> None:
    async with chat_of(home, size=(160, 24)) as chat:
        await chat.ask("/find Jan")
        assert chat.lines[:4] == [
            "› /find Jan",
            "  1 passage in 1 article",
            "  Mill sold, 3 May 2011",
            f"  ▌ news/mill.txt:2:32  {SENTENCE}",
        ]
        citation = chat.transcript.selected_citation
        assert citation is not None
        assert (citation.file, citation.answer.text) == (str(home.article), "Jan")
        assert chat.screen.session.turns == ()
        await chat.ask("/find --exact lion")
        assert chat.lines[5:7] == ["› /find --exact lion", "  no passage holds that"]
        assert home.bot.found == [("Jan", False, EVERYTHING), ("lion", True, EVERYTHING)]
        assert home.bot.asked == []
