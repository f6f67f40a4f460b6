"""The chat: the conversation on the left, the cited article on the right, the input below."""

import asyncio
import re
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
from index.storage.scope import Scope
from qa.answers import Reply
from tui.chat.actions import AnswerActions, notify_error, open_in_browser, open_in_editor
from tui.chat.filters import chips, is_filter, with_filter
from tui.chat.question_queue import Pending, QuestionQueue
from tui.chat.source.pane import SourcePane
from tui.chat.transcript.entries import Entry, Failed, Found, Matches, Opening, Waiting
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.chips import ChipLine
from tui.chat.widgets.footer import KeysFooter
from tui.chat.widgets.progress_bar import ProgressBar
from tui.chat.widgets.prompt import Prompt
from tui.jobs.async_bot import About, AsyncBot
from tui.output.sanitise import visible
from tui.output.wording import searched_question
from tui.sessions.folder import Sessions
from tui.sessions.session import Session, Turn, local_now

if TYPE_CHECKING:
    from qa.conversation import Exchange

_FIND = re.compile(r"\s*/find\b\s*(?P<exact>--exact\b\s*)?")
_MOST_PLACES = 1_000
"""Places of words that are shown; drawing more would take seconds."""
_ASKING = "asking"
"""The group of the worker that answers."""
_SEARCHING = "searching …"
_LOADING = "queued until the models are loaded"
_MATCHES = "The models are loading; keyword matches so far:"
_QUEUED = "queued"
_READING_AGAIN = "reading the best passages more closely …"


class ChatScreen(AnswerActions):
    """A conversation with the articles."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012
    TITLE = "Byline"
    HELP = """
    Type a question and press **Enter**. The answer is quoted letter for letter, with its file and
    line. **Tab** moves from the input to the answers: there the arrow keys select a citation, the
    article next to it follows, and single letters act on it. **Escape** returns to the input. A
    click selects a citation, a double click moves into the article, a click with ctrl opens it.

    A follow-up is searched for with words of the turns before it, as its reply shows. **e** in the
    answers edits that question, **n** there, or **ctrl+r**, asks it again without them.

    **/since 2012**, **/until last month**, **/where author=Ada Quill** and **/in** with a path
    search only such articles. Each is shown above the input: a click removes it, so does **F8**,
    or the command without a value; **/all** removes all of them.

    **/find** and some words list every passage that holds them; **exit** or **quit** leaves.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "to_prompt", "Input", show=False, id="chat.prompt",
                tooltip="Return to the input"),
        Binding("pageup", "scroll(-1)", "Scroll up", show=False, id="chat.up"),
        Binding("pagedown", "scroll(1)", "Scroll down", show=False, id="chat.down"),
        Binding("ctrl+b", "toggle_source", "Article", show=False, id="chat.source",
                tooltip="Show or hide the article"),
        Binding("f8", "remove_filter", "Remove filter", show=False, id="chat.unfilter",
                tooltip="Remove the last filter"),
        Binding("ctrl+d", "app.quit", "Quit", show=False, id="chat.quit"),
    ]  # fmt: skip

    @dataclass
    class SourceToggled(Message):
        """The user showed or hid the article."""

        shown: bool

    def __init__(
        self, bot: AsyncBot, sessions: Sessions, session: Session, source_shown: bool = True
    ) -> None:
        super().__init__()
        self.set_class(not source_shown, "-no-source")
        self.session = session
        self.ready = asyncio.Event()
        """Set when questions can be answered."""
        self.bot = bot
        self._sessions = sessions
        self._queue = QuestionQueue()
        self._answering = False

    def compose(self) -> ComposeResult:
        """Lay out the chat."""
        with Horizontal(id="conversation"):
            with Vertical(id="left"):
                yield Transcript(id="transcript")
                yield Static(id="notice")
                yield ProgressBar(id="progress")
                yield ChipLine(id="chips")
                yield Prompt(id="prompt")
            yield SourcePane(id="source")
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show the conversation, and focus the input."""
        self.show_session(self.session)
        self.set_focus(self.query_one(Prompt))

    # The conversation

    def show_session(self, session: Session) -> None:
        """Show another conversation, with its queued questions."""
        self._queue.update_session(self.session)
        self.session = session
        self.remove_class("-full-source")
        self.query_one(SourcePane).clear()  # until the transcript selects a citation
        self.query_one(Transcript).fill(session.turns)
        self._queue.show(session.id, self._show_pending)
        self.query_one(Prompt).remember([turn.question for turn in session.turns])
        self._show_chips()

    def use_bot(self, bot: AsyncBot) -> None:
        """Ask another index; the previous bot finishes its question."""
        self.ready.clear()
        self.run_worker(self.bot.close(), group="bots")
        self.bot = bot

    def show_about(self, about: About | None) -> None:
        """Show what is indexed, before the first question."""
        questions = about.questions if about else ()
        self.query_one(Transcript).show_opening(Opening(about, questions))

    async def free(self) -> None:
        """Wait until no question is being answered."""
        for worker in list(self.workers):
            if worker.group == _ASKING:
                await self.workers.wait_for_complete([worker])

    def show_article(self, file: str, path: str, title: str) -> None:
        """Show an article without a citation."""
        self.remove_class("-no-source")
        self.query_one(SourcePane).show_file(file, path, title)
        self.query_one(SourcePane).focus()

    # Filters

    def search_within(self, paths: tuple[str, ...]) -> None:
        """Limit the chat to articles at or under these paths; none means no such limit."""
        self._search_in(replace(self.session.scope, within=paths))

    def _filter(self, typed: str) -> None:
        """Change the filters by a typed command."""
        before = self.session.scope
        try:
            self._search_in(with_filter(before, typed))
        except BylineError as error:
            self._refuse_filter(typed, error)
        else:
            self._check_filter(typed, before)

    @work(group="filters")
    async def _check_filter(self, typed: str, before: Scope) -> None:
        """Remove a filter that leaves no article, unless the filters were changed again."""
        scope = self.session.scope
        try:
            await self.bot.check(scope)
        except (BylineError, OSError) as error:
            if self.session.scope == scope:
                self._search_in(before)
                self._refuse_filter(typed, error)

    def _refuse_filter(self, typed: str, error: Exception) -> None:
        notify_error(self.app, str(error))
        self.query_one(Prompt).restore(typed)

    @on(ChipLine.Removed)
    def _remove_clicked(self, removed: ChipLine.Removed) -> None:
        shown = chips(self.session.scope)
        # A second click may come before the chip is gone.
        if removed.number < len(shown):
            self._search_in(shown[removed.number].rest)

    def action_remove_filter(self) -> None:
        """Remove the last filter."""
        if shown := chips(self.session.scope):
            self._search_in(shown[-1].rest)

    def _search_in(self, scope: Scope) -> None:
        self.session = replace(self.session, scope=scope)
        self._show_chips()
        try:
            self._sessions.set_scope(self.session.id, scope)
        except BylineError as error:
            self.notice(f"This conversation is not saved: {error.message}")

    def _show_chips(self) -> None:
        labels = [chip.label for chip in chips(self.session.scope)]
        self.query_one(ChipLine).show(labels)

    def notice(self, text: str) -> None:
        """Show a message above the input, until the next one; an empty one hides it."""
        line = self.query_one("#notice", Static)
        line.update(Content(visible(text)))
        line.display = bool(text)

    def show_freshness(self, text: str) -> None:
        """Show in the input's border whether the index is up to date."""
        self.query_one(Prompt).border_subtitle = Content(visible(text))

    # Asking

    @on(Prompt.Asked)
    def ask_typed(self, asked: Prompt.Asked) -> None:
        """Ask the typed question, or run the typed command."""
        if is_filter(asked.question):
            self._filter(asked.question)
            return
        match asked.question.casefold():
            case "exit" | "quit" | "bye" | "/exit" | "/quit" | "/q" | ":q":
                self.app.exit()
            case "help" | "/help" | "/?" | "?":
                self.call_later(self.app.run_action, "help")
            case _:
                self.ask(asked.question, asked.standalone)

    @on(Prompt.Left)
    def go_to_answers(self) -> None:
        """Move from the input to the answers, or to the questions of the opening."""
        transcript = self.query_one(Transcript)
        self.set_focus(transcript)
        if transcript.selected is None:
            transcript.action_step(1)

    @on(Transcript.Suggested)
    def ask_suggested(self, suggested: Transcript.Suggested) -> None:
        """Ask a question of the opening."""
        self.set_focus(self.query_one(Prompt))
        self.ask(suggested.question)

    def ask(self, question: str, standalone: bool = False) -> None:
        """Queue a question; a standalone one is asked without the turns before it."""
        number = self._show_pending(question, first=not self._answering)
        self._queue.add(Pending(self.session, question, number, standalone))
        if not self._answering:
            self._answering = True
            self._answer_all()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to ask a question alone only where something was taken over."""
        return self._follow_up is not None if action == "ask_alone" else True

    def action_ask_alone(self) -> None:
        """Ask the selected follow-up again as it was typed, taking nothing over."""
        if turn := self._follow_up:
            self.ask(turn.question, standalone=True)

    @property
    def _follow_up(self) -> Turn | None:
        """The selected turn if it took something over from earlier ones, else None."""
        turn = self.query_one(Transcript).selected_turn if self.is_mounted else None
        return turn if turn and searched_question(turn.question, turn.reply) else None

    def _show_pending(self, question: str, first: bool) -> int:
        return self.query_one(Transcript).add(Waiting(question, _SEARCHING if first else _QUEUED))

    @work(group=_ASKING)
    async def _answer_all(self) -> None:
        while self._queue:
            await self._answer()
        self._answering = False

    async def _answer(self) -> None:
        question = self._queue.first.question
        if self.ready.is_set():
            self._replace(self._queue.first, Waiting(question, _SEARCHING))
        else:
            self._replace(self._queue.first, Waiting(question, _LOADING))
            self._show_matches(self._queue.first)
        await self.ready.wait()
        pending = self._queue.first
        session = self._latest(pending.session)
        if (command := _FIND.match(question)) is not None:
            await self._find(question, question[command.end() :], bool(command["exact"]))
            return
        history = () if pending.standalone else self._history(session)
        try:
            # Whoever has asked on does not wait for the second reading of this question.
            reply = await self.bot.ask(
                question, session.scope, history, self._show_first, self._queue.is_last
            )
        except (BylineError, OSError) as error:
            self._replace(self._queue.pop(), Failed(question, str(error)))
            self.query_one(Prompt).restore(question)
            return
        answered, turn = self._queue.pop(), Turn(question, reply, local_now())
        self._replace(answered, turn)
        await self._save(self._latest(answered.session), turn)

    @work(group="matches")
    async def _show_matches(self, asked: Pending) -> None:
        """Show what matches the first question by keywords, while the models load."""
        if _FIND.match(asked.question):
            return
        try:
            found = await self.bot.matches(asked.question, asked.session.scope)
        except (BylineError, OSError):
            return  # the question itself will say why
        is_waiting = bool(self._queue) and self._queue.first.question == asked.question
        if found.articles and is_waiting and not self.ready.is_set():
            self._replace(self._queue.first, Matches(asked.question, _MATCHES, found.articles))

    def _show_first(self, reply: Reply) -> None:
        """Show the reply of the first reader, while the second one reads."""
        if not self._queue:
            return
        pending = self._queue.first
        if pending.question == reply.question and pending.session.id == self.session.id:
            self._replace(pending, Turn(reply.question, reply, local_now()))
            self.query_one(Transcript).note(pending.number, _READING_AGAIN)

    async def _find(self, question: str, words: str, exact: bool) -> None:
        """Show every place of some words, up to a number that can be drawn at once."""
        scope = self._latest(self._queue.first.session).scope
        try:
            found = await self.bot.find(words, exact, scope)
        except (BylineError, OSError) as error:
            self._replace(self._queue.pop(), Failed(question, str(error)))
            self.query_one(Prompt).restore(question)
            return
        self._replace(self._queue.pop(), Found.first(question, found, _MOST_PLACES))

    def _latest(self, session: Session) -> Session:
        return self.session if session.id == self.session.id else session

    def _history(self, session: Session) -> "tuple[Exchange, ...]":
        """Return the exchanges that a follow-up may refer to."""
        from qa.conversation import history_from_replies  # not before the first frame

        return tuple(history_from_replies([turn.reply for turn in session.turns]))

    def _replace(self, pending: Pending, entry: Entry) -> None:
        """Replace the entry of a question, unless another conversation is shown by now."""
        if pending.session.id == self.session.id:
            self.query_one(Transcript).replace(pending.number, entry)
            self.refresh_bindings()

    async def _save(self, session: Session, turn: Turn) -> None:
        updated = replace(session, turns=(*session.turns, turn))
        self._queue.update_session(updated)
        if session.id == self.session.id:
            self.session = updated
        try:
            await asyncio.to_thread(self._sessions.append, session.id, turn)
        except BylineError as error:
            self.notice(f"This conversation is not saved: {error.message}")

    # The cited article

    @on(Transcript.CitationSelected)
    def show_citation(self, selected: Transcript.CitationSelected) -> None:
        """Show the article of the selected citation."""
        self.query_one(SourcePane).show(selected.citation)
        self.refresh_bindings()

    @on(Transcript.Activated)
    def enter_citation(self) -> None:
        """Move into the article."""
        self.remove_class("-no-source")
        self.query_one(SourcePane).focus()

    @on(Transcript.Opened)
    def open_clicked(self, opened: Transcript.Opened) -> None:
        """Open a citation in the editor."""
        open_in_editor(self.app, opened.citation.file, opened.citation.answer.place)

    @on(SourcePane.Step)
    def step(self, step: SourcePane.Step) -> None:
        """Select the next citation, or the previous one, from within the article."""
        self.query_one(Transcript).action_step(step.by)

    @on(SourcePane.FullScreen)
    def fill_screen(self) -> None:
        """Switch the article to full screen, or back."""
        self.toggle_class("-full-source")

    @on(SourcePane.OpenEditor)
    def open_shown(self, asked: SourcePane.OpenEditor) -> None:
        """Open the article in the editor, at the shown line."""
        open_in_editor(self.app, asked.file, asked.place, asked.read_only)

    @on(SourcePane.OpenBrowser)
    def browse_shown(self, asked: SourcePane.OpenBrowser) -> None:
        """Open the article in the browser."""
        open_in_browser(self.app, asked.file, asked.place)

    def action_toggle_source(self) -> None:
        """Show or hide the article."""
        self.remove_class("-full-source")
        self.toggle_class("-no-source")
        hidden = self.has_class("-no-source")
        self.post_message(self.SourceToggled(not hidden))
        if hidden:
            self.set_focus(self.query_one(Prompt))

    def action_to_prompt(self) -> None:
        """Leave full screen, or return to the input."""
        if self.has_class("-full-source"):
            self.remove_class("-full-source")
        else:
            self.set_focus(self.query_one(Prompt))

    def action_scroll(self, pages: int) -> None:
        """Scroll the conversation, wherever the focus is."""
        transcript = self.query_one(Transcript)
        transcript.scroll_relative(y=pages * (transcript.size.height - 2), animate=False)
