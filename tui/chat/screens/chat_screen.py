"""The chat: the conversation on the left, the cited article on the right, the input beneath."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from index.errors import BylineError
from tui.chat.actions import open_in_editor
from tui.chat.answer_actions import AnswerActions
from tui.chat.question_queue import Pending, WaitingLine
from tui.chat.source.pane import SourcePane
from tui.chat.transcript.entries import Entry, Failed, Waiting
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.footer import KeysFooter
from tui.chat.widgets.progress_bar import ProgressBar
from tui.chat.widgets.prompt import Prompt
from tui.jobs.async_bot import Desk
from tui.output.sanitise import visible, visible_name
from tui.sessions.folder import Sessions
from tui.sessions.session import Session, Turn, local_now

if TYPE_CHECKING:
    from qa.rewriting.resolve import Exchange

_NAMED = 3
"""Paths of a limit that are named."""
_LOADING = "waits until the models are loaded"
_WAITS = "waits for the one before"


class ChatScreen(AnswerActions):
    """A conversation with the articles."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012
    TITLE = "Byline"
    HELP = """
    Type a question and press **enter**. The answer is quoted letter for letter; beneath it stands
    where. **Tab** goes from the input to the answers: there the arrow keys choose a citation, the
    article beside shows it, and single letters act on it. **Escape** goes back to the input.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "to_prompt", "Input", show=False, id="chat.prompt",
                tooltip="Go back to the input"),
        Binding("pageup", "scroll(-1)", "Scroll up", show=False, id="chat.up"),
        Binding("pagedown", "scroll(1)", "Scroll down", show=False, id="chat.down"),
        Binding("ctrl+b", "toggle_source", "Article", show=False, id="chat.source",
                tooltip="Show or hide the article beside the conversation"),
    ]  # fmt: skip

    @dataclass
    class SourceToggled(Message):
        """The article is shown or hidden from now on."""

        shown: bool

    def __init__(
        self, desk: Desk, sessions: Sessions, session: Session, source_shown: bool = True
    ) -> None:
        super().__init__()
        self.set_class(not source_shown, "-no-source")
        self.session = session
        self.ready = asyncio.Event()
        """Set once questions can be answered."""
        self.desk = desk
        self._sessions = sessions
        self._line = WaitingLine()
        self._answering = False

    def compose(self) -> ComposeResult:
        """Lay the chat out."""
        with Horizontal(id="conversation"):
            with Vertical(id="left"):
                yield Transcript(id="transcript")
                yield Static(id="notice")
                yield ProgressBar(id="progress")
                yield Static(id="chips")
                yield Prompt(id="prompt")
            yield SourcePane(id="source")
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show the conversation, and begin at the input."""
        self.show_session(self.session)
        self.set_focus(self.query_one(Prompt))

    # The conversation

    def show_session(self, session: Session) -> None:
        """Show a conversation in the place of the one that is shown, and what waits for it."""
        self._line.went_on(self.session)
        self.session = session
        self.remove_class("-full-source")
        self.query_one(SourcePane).clear()  # until the transcript chooses a citation
        self.query_one(Transcript).fill(session.turns)
        self._line.show(session.id, self._show_waiting)
        self.query_one(Prompt).remember([turn.question for turn in session.turns])
        self._show_chips()

    def take_desk(self, desk: Desk) -> None:
        """Ask at another desk; the one before finishes what it was asked."""
        self.ready.clear()
        self.run_worker(self.desk.close(), group="desks")
        self.desk = desk

    def show_article(self, file: str, path: str, title: str) -> None:
        """Show an article that nothing is cited of."""
        self.remove_class("-no-source")
        self.query_one(SourcePane).show_file(file, path, title)
        self.query_one(SourcePane).focus()

    def limit_to(self, within: tuple[str, ...]) -> None:
        """Keep the chat to articles at or under these paths; none: to none."""
        self.session = replace(self.session, within=within)
        self._sessions.limit(self.session.id, within)
        self._show_chips()

    def _show_chips(self) -> None:
        within = self.session.within
        chips = self.query_one("#chips", Static)
        chips.update(Content(limit_told(within)))
        chips.display = bool(within)

    def notice(self, text: str) -> None:
        """Say something in the line above the input, until something else is said."""
        line = self.query_one("#notice", Static)
        line.update(Content(visible(text)))
        line.display = bool(text)

    # Asking

    @on(Prompt.Asked)
    def ask_typed(self, asked: Prompt.Asked) -> None:
        """Ask what was typed."""
        self.ask(asked.question, asked.whole)

    @on(Prompt.Left)
    def go_to_answers(self) -> None:
        """Go from the input to the answers."""
        self.set_focus(self.query_one(Transcript))

    def ask(self, question: str, whole: bool = False) -> None:
        """Put a question at the end of those that wait."""
        number = self._show_waiting(question, first=not self._answering)
        self._line.add(Pending(self.session, question, number, whole))
        if not self._answering:
            self._answering = True
            self._answer_all()

    def _show_waiting(self, question: str, first: bool) -> int:
        return self.query_one(Transcript).add(Waiting(question, "looking" if first else _WAITS))

    @work(group="asking")
    async def _answer_all(self) -> None:
        while self._line:
            await self._answer()
        self._answering = False

    async def _answer(self) -> None:
        asked = self._line.first
        self._put(asked, Waiting(asked.question, "looking" if self.ready.is_set() else _LOADING))
        await self.ready.wait()
        session = self._latest(self._line.first.session)
        history = () if asked.whole else self._said(session)
        try:
            reply = await self.desk.ask(asked.question, session.within, history)
        except (BylineError, OSError) as error:
            told = error.message if isinstance(error, BylineError) else str(error)
            self._put(self._line.take(), Failed(asked.question, told))
            self.query_one(Prompt).take_back(asked.question)
            return
        answered, turn = self._line.take(), Turn(asked.question, reply, local_now())
        self._put(answered, turn)
        await self._keep(self._latest(answered.session), turn)

    def _latest(self, session: Session) -> Session:
        return self.session if session.id == self.session.id else session

    def _said(self, session: Session) -> "tuple[Exchange, ...]":
        """Give what a follow-up may lean on."""
        from qa.rewriting.resolve import MAX_TURNS, exchange_of  # not before the first frame

        return tuple(exchange_of(turn.reply) for turn in session.turns[-MAX_TURNS:])

    def _put(self, pending: Pending, entry: Entry) -> None:
        """Show what became of a question, unless another conversation is shown meanwhile."""
        if pending.session.id == self.session.id:
            self.query_one(Transcript).replace(pending.number, entry)

    async def _keep(self, session: Session, turn: Turn) -> None:
        gone_on = replace(session, turns=(*session.turns, turn))
        self._line.went_on(gone_on)
        if session.id == self.session.id:
            self.session = gone_on
        try:
            await asyncio.to_thread(self._sessions.append, session.id, turn)
        except BylineError as error:
            self.notice(f"This conversation is not kept: {error.message}")

    # The cited article

    @on(Transcript.CitationChosen)
    def show_citation(self, chosen: Transcript.CitationChosen) -> None:
        """Show the article of the citation that was chosen."""
        self.query_one(SourcePane).show(chosen.citation)

    @on(Transcript.Activated)
    def enter_citation(self) -> None:
        """Go over into the article."""
        self.remove_class("-no-source")
        self.query_one(SourcePane).focus()

    @on(SourcePane.Step)
    def step(self, step: SourcePane.Step) -> None:
        """Choose the citation after, or before, from within the article."""
        self.query_one(Transcript).action_step(step.by)

    @on(SourcePane.FullScreen)
    def fill_screen(self) -> None:
        """Give the article the whole screen, or the conversation its part back."""
        self.toggle_class("-full-source")

    @on(SourcePane.OpenEditor)
    def open_shown(self, asked: SourcePane.OpenEditor) -> None:
        """Open the article at the line that is shown."""
        open_in_editor(self.app, asked.file, asked.place.line, asked.place.column, asked.read_only)

    def action_toggle_source(self) -> None:
        """Show or hide the article."""
        self.remove_class("-full-source")
        self.toggle_class("-no-source")
        hidden = self.has_class("-no-source")
        self.post_message(self.SourceToggled(not hidden))
        if hidden:
            self.set_focus(self.query_one(Prompt))

    def action_to_prompt(self) -> None:
        """Go back: from the whole screen to the pane, from anywhere to the input."""
        if self.has_class("-full-source"):
            self.remove_class("-full-source")
        else:
            self.set_focus(self.query_one(Prompt))

    def action_scroll(self, pages: int) -> None:
        """Scroll the conversation, from wherever the cursor is."""
        transcript = self.query_one(Transcript)
        transcript.scroll_relative(y=pages * (transcript.size.height - 2), animate=False)


def limit_told(within: Sequence[str]) -> str:
    """Tell which paths the chat is limited to."""
    named = ", ".join(visible_name(path) for path in within[:_NAMED])
    more = f" and {len(within) - _NAMED} more" if len(within) > _NAMED else ""
    return f"⌕ only in {named}{more}  (ctrl+l)"
