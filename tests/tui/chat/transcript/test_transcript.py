from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.tui.chat.replies import answer, answered, citation, unanswered
from tui.chat.transcript.entries import Entry, Failed, Waiting
from tui.chat.transcript.transcript import Transcript

if TYPE_CHECKING:
    from qa.answers import Citation


class TranscriptApp(App[None]):
    """The transcript alone, and the citations that it posted."""

    AUTO_FOCUS = ""

    def __init__(self, *entries: Entry) -> None:
        super().__init__()
        self.entries = entries
        self.selected: list[Citation] = []
        self.activated: list[Citation] = []

    def compose(self) -> ComposeResult:
        yield Transcript(id="transcript")

    def on_mount(self) -> None:
        self.transcript.fill(self.entries)

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)

    def on_transcript_citation_selected(self, message: Transcript.CitationSelected) -> None:
        self.selected.append(message.citation)

    def on_transcript_activated(self, message: Transcript.Activated) -> None:
        self.activated.append(message.citation)

    @property
    def lines(self) -> list[str]:
        """The visible lines."""
        height = self.transcript.size.height
        return [self.transcript.render_line(y).text.rstrip() for y in range(height)]


@asynccontextmanager
async def transcript_of(
    *entries: Entry, size: tuple[int, int] = (70, 12)
) -> AsyncIterator[tuple[TranscriptApp, Pilot[None]]]:
    app = TranscriptApp(*entries)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


TWENTY = [answered(question=f"Question {number}?") for number in range(20)]
TWO = answered(answer(citation(), citation(path="b.txt", line=2)))
MORE = answered(answer(), answer(citation("two", path="c.txt", line=3)))
SEARCHING = Waiting("And now?", "searching …")


async def test_the_end_of_a_long_conversation_is_shown_first() -> None:
    turns = [answered(question=f"Question {number}?") for number in range(500)]
    async with transcript_of(*turns) as (app, _):
        assert "› Question 499?" in app.lines
        assert app.transcript.is_vertical_scroll_end


async def test_the_end_stays_in_view_at_any_size() -> None:
    async with transcript_of(*TWENTY) as (app, pilot):
        for size in ((70, 50), (30, 9), (30, 200), (70, 12)):
            await pilot.resize_terminal(*size)
            assert "› Question 19?" in app.lines


async def test_a_question_added_while_the_end_is_in_view_is_shown() -> None:
    async with transcript_of(*TWENTY) as (app, pilot):
        number = app.transcript.add(SEARCHING)
        await pilot.pause()
        assert app.lines[-3:] == ["› And now?", "  searching …", ""]
        app.transcript.replace(number, answered(question="And now?"))
        await pilot.pause()
        assert app.lines[-5] == "› And now?"


async def test_an_answer_does_not_move_earlier_turns_in_view() -> None:
    async with transcript_of(*TWENTY) as (app, pilot):
        app.transcript.scroll_to(y=7, animate=False)
        await pilot.pause()
        before = app.lines
        number = app.transcript.add(SEARCHING)
        app.transcript.replace(number, answered(question="And now?"))
        await pilot.pause()
        assert app.lines == before


async def test_an_answer_taller_than_the_view_is_shown_from_its_question() -> None:
    many = answered(answer(*(citation(line=number) for number in range(1, 40))))
    async with transcript_of(answered()) as (app, pilot):
        app.transcript.replace(app.transcript.add(SEARCHING), many)
        await pilot.pause()
        assert app.lines[0] == "› Who bought the mill?"


async def test_the_row_at_the_top_stays_when_the_width_changes() -> None:
    turns = [answered(question=f"Question {number}?") for number in range(50)]
    async with transcript_of(*turns) as (app, pilot):
        app.transcript.scroll_to(y=100, animate=False)
        await pilot.pause()
        assert app.lines[0] == "› Question 20?"
        await pilot.resize_terminal(30, 12)
        assert app.lines[0] == "› Question 20?"
        assert not any(len(line) > 30 for line in app.lines)


async def test_the_arrows_and_tab_step_through_the_citations() -> None:
    async with transcript_of(TWO, answered()) as (app, pilot):
        app.transcript.focus()
        assert app.selected == [citation()]
        await pilot.press("up")
        assert app.selected[-1].path == "b.txt"
        await pilot.press("up", "up", "up", "tab", "down")
        paths = [selected.path for selected in app.selected[2:]]
        assert paths == ["news/mill.txt", "b.txt", "news/mill.txt"]
        turn = app.transcript.selected_turn
        assert turn is not None
        assert turn.question == "Who bought the mill?"


async def test_enter_shows_a_citation_and_unfolds_further_answers() -> None:
    async with transcript_of(MORE) as (app, pilot):
        app.transcript.focus()
        await pilot.press("enter")
        assert app.activated == [citation()]
        await pilot.press("down", "enter")
        assert app.lines[4].startswith("  two   ")
        await pilot.press("up")
        assert app.transcript.selected_answer == 1
        assert app.selected[-1].path == "c.txt"
        await pilot.press("down", "enter")
        assert "▸ 1 further answer" in app.lines[4]


async def test_a_click_selects_a_citation_and_unfolds() -> None:
    async with transcript_of(MORE) as (app, pilot):
        await pilot.click(Transcript, offset=(10, 3))
        assert app.selected == 2 * [citation()]
        await pilot.click(Transcript, offset=(10, 4))
        assert app.lines[4].startswith("  two   ")
        await pilot.click(Transcript, offset=(10, 0))
        await pilot.click(Transcript, offset=(10, 11))
        assert len(app.selected) == 2


async def test_the_first_citation_of_a_new_answer_is_selected_while_the_user_types() -> None:
    async with transcript_of(answered()) as (app, pilot):
        app.transcript.can_focus = False
        number = app.transcript.add(SEARCHING)
        app.transcript.replace(number, TWO)
        await pilot.pause()
        assert app.transcript.selected_turn == TWO
        assert app.transcript.selected_citation == citation()


async def test_nothing_is_selected_without_citations() -> None:
    async with transcript_of(Failed("Who?", "no index")) as (app, pilot):
        app.transcript.focus()
        await pilot.press("down", "enter")
        assert (app.selected, app.activated) == ([], [])
        assert app.transcript.selected_turn is None
        assert app.transcript.selected_citation is None


async def test_the_closest_passage_of_a_refusal_can_be_selected() -> None:
    async with transcript_of(unanswered(answer())) as (app, pilot):
        app.transcript.focus()
        await pilot.pause()
        assert app.selected == [citation()]


async def test_a_note_is_shown_under_its_turn() -> None:
    async with transcript_of(TWO, answered()) as (app, pilot):
        app.transcript.note(app.transcript.number_of(TWO), "marked right")
        await pilot.pause()
        assert "  marked right" in app.lines
