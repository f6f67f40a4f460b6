"""The conversation: asking, waiting, failing, following up, being there again."""

from pathlib import Path

import pytest

from qa.rewriting.resolve import Exchange
from tests.tui.chat.chats import Home, chat_of
from tests.tui.chat.replies import SENTENCE
from tui.chat.source.pane import SourcePane
from tui.chat.transcript.entries import Entry
from tui.chat.transcript.rows import Row, rows
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.prompt import Prompt

ANSWER = [
    "  Jan Novak   93% sure",
    f"    {SENTENCE}",
    "  ▌ news/mill.txt:2:32  Mill sold, 3 May 2011",
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return Home(tmp_path)


async def test_a_question_is_answered_with_its_quote_and_its_article_beside_it(home: Home) -> None:
    async with chat_of(home, size=(160, 40)) as chat:
        await chat.pilot.press(*"Who?", "enter")
        await chat.settle()
        assert chat.lines[:4] == ["› Who?", *ANSWER]
        assert chat.prompt.text == ""
        assert chat.prompt.has_focus
        citation = chat.transcript.selected_citation
        assert citation is not None
        assert citation.file == str(home.article)
        assert "Mill sold" in chat.seen
        assert home.desk.asked == [("Who?", (), ())]


async def test_a_question_typed_while_another_runs_waits_its_turn(home: Home) -> None:
    home.closed_gate = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("One?", "Two?", "Three?")
        assert [line for line in chat.lines if line] == [
            "› One?", "  looking", "› Two?", "  waits for the one before",
            "› Three?", "  waits for the one before",
        ]  # fmt: skip
        home.desk.gate.set()
        await chat.settle()
        assert [question for question, _, _ in home.desk.asked] == ["One?", "Two?", "Three?"]
        assert [turn.question for turn in chat.screen.session.turns] == ["One?", "Two?", "Three?"]


async def test_a_question_that_fails_says_why_and_goes_back_to_the_input(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("What is wrong?")
        assert chat.lines[:2] == ["› What is wrong?", "  that cannot be asked"]
        assert chat.prompt.text == "What is wrong?"
        assert chat.screen.session.turns == ()
        await chat.ask("Who?")
        assert chat.lines[3:5] == ["› Who?", ANSWER[0]]


async def test_a_failed_question_does_not_overwrite_what_is_being_typed(home: Home) -> None:
    home.closed_gate = True
    async with chat_of(home) as chat:
        chat.prompt.text = "What is wrong?"
        await chat.pilot.press("enter", *"Next")
        home.desk.gate.set()
        await chat.settle()
        assert chat.prompt.text == "Next"
        await chat.pilot.press("up")
        assert chat.prompt.text == "What is wrong?"
        await chat.pilot.press("down")
        assert chat.prompt.text == "Next"


async def test_the_arrows_go_through_the_questions_asked_before(home: Home) -> None:
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


@pytest.mark.parametrize("key", ["shift+enter", "alt+enter", "ctrl+j"])
async def test_a_question_can_have_several_lines(home: Home, key: str) -> None:
    async with chat_of(home) as chat:
        await chat.pilot.press(*"Who", key, *"sold?")
        assert chat.prompt.text == "Who\nsold?"
        await chat.pilot.press("up")
        assert chat.prompt.text == "Who\nsold?"
        await chat.pilot.press("enter")
        await chat.settle()
        assert chat.lines[:2] == ["› Who", "sold?"]


async def test_an_empty_question_is_not_asked(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.pilot.press("space", "enter")
        await chat.settle()
        assert home.desk.asked == []


async def test_a_follow_up_is_asked_with_what_was_said_and_shown_as_it_was_asked(
    home: Home,
) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        await chat.ask("Who sold it?")
        before = Exchange("Who bought the mill?", ("Jan Novak",), "Mill sold")
        assert home.desk.asked[1] == ("Who sold it?", (), (before,))
        assert "  Searched for: Who sold the mill?" in chat.lines


async def test_a_resolved_question_can_be_edited_and_is_then_asked_as_it_stands(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        await chat.ask("Who sold it?")
        await chat.pilot.press("tab", "e")
        assert chat.prompt.has_focus
        assert chat.prompt.text == "Who sold the mill?"
        await chat.pilot.press("backspace", *" in May?", "enter")
        await chat.settle()
        assert home.desk.asked[2] == ("Who sold the mill in May?", (), ())
        await chat.ask("And who sold it?")
        assert len(home.desk.asked[3][2]) == 3


async def test_tab_goes_to_the_answers_and_escape_back_to_the_input(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press("tab")
        assert isinstance(chat.app.focused, Transcript)
        await chat.pilot.press("enter")
        assert chat.source.has_focus_within
        await chat.pilot.press("escape")
        assert isinstance(chat.app.focused, Prompt)


async def test_a_conversation_is_there_again(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
    (summary,) = home.sessions.list()
    async with chat_of(home, home.sessions.load(summary.id), (160, 40)) as chat:
        assert chat.lines[:4] == ["› Who bought the mill?", *ANSWER]
        await chat.until(lambda: "Mill sold" in chat.seen)
        await chat.ask("Who sold it?")
        assert len(home.desk.asked[0][2]) == 1
        await chat.pilot.press("up", "up")
        assert chat.prompt.text == "Who bought the mill?"
    assert home.sessions.list()[0].turns == 2


async def test_another_conversation_in_its_place_does_not_get_the_answer(home: Home) -> None:
    home.closed_gate = True
    async with chat_of(home) as chat:
        chat.prompt.text = "Who?"
        await chat.pilot.press("enter")
        first = chat.screen.session
        await chat.pilot.press("ctrl+n")
        home.desk.gate.set()
        await chat.settle()
        assert chat.screen.session.id != first.id
        assert chat.screen.session.turns == ()
        assert chat.transcript.entries == []
        assert [turn.question for turn in home.sessions.load(first.id).turns] == ["Who?"]


async def test_what_waits_is_answered_in_the_conversation_that_it_was_asked_in(home: Home) -> None:
    home.closed_gate = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("One?", "Two?")
        first = chat.screen.session
        await chat.pilot.press("ctrl+n")
        await chat.ask_without_waiting("Else?")
        home.desk.gate.set()
        await chat.settle()
        assert [question for question, _, _ in home.desk.asked] == ["One?", "Two?", "Else?"]
        assert [len(history) for _, _, history in home.desk.asked] == [0, 1, 0]
        kept = home.sessions.load(first.id)
        assert [turn.question for turn in kept.turns] == ["One?", "Two?"]
        assert [turn.question for turn in chat.screen.session.turns] == ["Else?"]


async def test_what_waits_is_seen_to_wait_when_its_conversation_comes_back(home: Home) -> None:
    home.closed_gate = True
    async with chat_of(home) as chat:
        await chat.ask_without_waiting("One?", "Two?")
        first = chat.screen.session
        await chat.pilot.press("ctrl+n")
        assert chat.transcript.entries == []
        chat.screen.show_session(first)
        await chat.pilot.pause()
        assert [line for line in chat.lines if line] == [
            "› One?", "  looking", "› Two?", "  waits for the one before",
        ]  # fmt: skip
        home.desk.gate.set()
        await chat.settle()
        assert chat.lines[:3] == ["› One?", *ANSWER[:2]]
        assert chat.lines[5:9] == ["› Two?", *ANSWER]
        assert [turn.question for turn in chat.screen.session.turns] == ["One?", "Two?"]


async def test_a_conversation_that_cannot_be_kept_goes_on_and_says_so(home: Home) -> None:
    (home.path / "sessions").write_text("in the way")
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        assert chat.lines[1] == ANSWER[0]
        assert "not kept" in chat.seen


async def test_the_chat_is_limited_to_some_articles(home: Home) -> None:
    async with chat_of(home) as chat:
        chat.screen.limit_to(("news/mill.txt",))
        await chat.ask("Who?")
        assert home.desk.asked == [("Who?", ("news/mill.txt",), ())]
        assert home.sessions.load(chat.screen.session.id).scope == ("news/mill.txt",)
        assert chat.screen.query_one("#chips").display
        chat.screen.limit_to(())
        await chat.ask("Who?")
        assert home.desk.asked[1][1] == ()
        assert not chat.screen.query_one("#chips").display


@pytest.mark.parametrize(("width", "beside"), [(80, False), (109, False), (110, True)])
async def test_the_article_stands_beside_the_conversation_or_below_it(
    home: Home, width: int, beside: bool
) -> None:
    async with chat_of(home, size=(width, 30)) as chat:
        assert not chat.source.display  # until there is one
        await chat.ask("Who?")
        left, source = chat.screen.query_one("#left").region, chat.source.region
        assert (source.x > left.x, source.y > left.y) == (beside, not beside)
        assert source.width > 0
        assert source.height >= 8


async def test_the_article_is_hidden_shown_and_given_the_whole_screen(home: Home) -> None:
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


async def test_whether_the_article_is_shown_is_kept_for_the_next_time(home: Home) -> None:
    for shown in (True, False, True):
        async with chat_of(home) as chat:
            await chat.ask("Who?")
            assert chat.source.display == shown
            await chat.pilot.press("ctrl+b")


async def test_five_hundred_turns_are_wrapped_once_for_each_width(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = home.sessions.new()
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        (turn,) = chat.screen.session.turns
    for _ in range(500):
        home.sessions.append(session.id, turn)
    wrapped: list[Entry] = []

    def counted(entry: Entry, unfolded: bool, note: str, width: int) -> list[Row]:
        wrapped.append(entry)
        return rows(entry, unfolded, note, width)

    monkeypatch.setattr("tui.chat.transcript.blocks.rows", counted)
    async with chat_of(home, home.sessions.load(session.id)) as chat:
        first = len(wrapped)
        assert first <= 1000
        await chat.ask("Who else?")
        await chat.pilot.press("pageup", "pageup", "pagedown")
        assert len(wrapped) - first <= 4
        assert isinstance(chat.source, SourcePane)
