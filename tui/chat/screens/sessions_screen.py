"""Earlier conversations: open, name, search, delete."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from index.errors import BylineError
from tui.chat.actions import notify, notify_error
from tui.chat.widgets.footer import KeysFooter
from tui.chat.widgets.safe_input import VISIBLE
from tui.output.sanitise import visible
from tui.output.wording import counted
from tui.sessions.folder import Sessions
from tui.sessions.session import SessionSummary

_LABEL_LIMIT = 200
"""Code points of the label that are shown."""


class SessionsScreen(ModalScreen[str | None]):
    """A list of conversations; returns the id of the one to open, None if none."""

    CSS_PATH = "dialogs.tcss"
    HELP = """
    Your conversations, the latest first. **Enter** opens one. **/** searches in names, questions,
    answers and quotes. **n** renames one, **d** deletes it, **u** undoes that.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="sessions.back"),
        Binding("slash", "search", "Search", id="sessions.search"),
        Binding("n", "name", "Rename", id="sessions.name", tooltip="Rename the conversation"),
        Binding("d,delete", "delete", "Delete", id="sessions.delete"),
        Binding("u", "restore", "Undo", id="sessions.restore",
                tooltip="Restore the conversation deleted last"),
        Binding("f1,question_mark", "app.help", "Help", id="sessions.help"),
    ]  # fmt: skip

    def __init__(self, sessions: Sessions, shown: str) -> None:
        super().__init__()
        self._sessions = sessions
        self._shown = shown
        """Id of the conversation that is open in the chat."""
        self._deleted: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield Label("Conversations", classes="title")
        yield Input(
            placeholder="Search in questions, answers and quotes",
            id="search",
            compact=True,
            highlighter=VISIBLE,
        )
        yield OptionList(id="list", markup=False)
        yield Label("", id="message", markup=False)
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show all conversations."""
        self.set_focus(self.query_one(OptionList))
        self._list("")

    @on(Input.Changed, "#search")
    def search_typed(self, changed: Input.Changed) -> None:
        """Search while the user types."""
        self._list(changed.value)

    @on(Input.Submitted, "#search")
    def searched(self) -> None:
        """Focus the list."""
        self.set_focus(self.query_one(OptionList))

    @work(thread=True, exclusive=True, group="sessions", exit_on_error=False)
    def _list(self, words: str) -> None:
        found = self._sessions.search(words) if words.strip() else self._sessions.list()
        skipped = self._sessions.listing().skipped
        self.app.call_from_thread(self._show, words, found, len(skipped))

    def _show(self, words: str, found: tuple[SessionSummary, ...], skipped: int) -> None:
        if words != self.query_one(Input).value:
            return
        options = self.query_one(OptionList)
        options.set_options(
            Option(_line(summary, summary.id == self._shown), id=summary.id) for summary in found
        )
        options.highlighted = 0 if found else None
        message = "" if found else "No match." if words else "No conversations yet."
        if skipped:
            message += f" {counted(skipped, 'file')} could not be read."
        self.query_one("#message", Label).update(Content(message.strip()))

    @on(OptionList.OptionSelected)
    def open_chosen(self, chosen: OptionList.OptionSelected) -> None:
        """Open a conversation in the chat."""
        self.dismiss(chosen.option_id)

    def action_leave(self) -> None:
        """Return to the chat, or from the search to the list."""
        search = self.query_one(Input)
        if search.has_focus:
            search.value = ""
            self.set_focus(self.query_one(OptionList))
        else:
            self.dismiss(None)

    def action_search(self) -> None:
        """Focus the search."""
        self.set_focus(self.query_one(Input))

    @work(group="naming")
    async def action_name(self) -> None:
        """Rename the conversation."""
        session_id = self._highlighted
        if session_id and (name := await self.app.push_screen_wait(NameScreen())):
            self._try(self._sessions.rename, session_id, name)

    def action_delete(self) -> None:
        """Delete the conversation; undo restores it."""
        session_id = self._highlighted
        if session_id is None:
            return
        if session_id == self._shown:
            notify_error(self.app, "This conversation is open; start another one first (Ctrl+N).")
            return
        self._deleted.append(session_id)
        self._try(self._sessions.delete, session_id)
        notify(self.app, "Deleted. Press U to undo.")

    def action_restore(self) -> None:
        """Restore the conversation deleted last."""
        if self._deleted:
            self._try(self._sessions.restore, self._deleted.pop())

    @property
    def _highlighted(self) -> str | None:
        """The id of the highlighted conversation, None if the list is empty."""
        option = self.query_one(OptionList).highlighted_option
        return option.id if option else None

    def _try(self, action: Callable[..., None], *arguments: str) -> None:
        try:
            action(*arguments)
        except BylineError as error:
            notify_error(self.app, error.message)
        self._list(self.query_one(Input).value)


class NameScreen(ModalScreen[str | None]):
    """Asks for a name; returns it, None if cancelled."""

    CSS_PATH = "dialogs.tcss"
    HELP = "Type a name and press **enter**."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="name.back"),
        Binding("f1", "app.help", "Help", id="name.help"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the dialog."""
        yield Label("Name of the conversation", classes="title")
        yield Input(id="name", max_length=100, highlighter=VISIBLE)
        yield KeysFooter()

    @on(Input.Submitted)
    def named(self, submitted: Input.Submitted) -> None:
        """Return the name."""
        self.dismiss(submitted.value.strip())

    def action_leave(self) -> None:
        """Cancel."""
        self.dismiss(None)


def _line(summary: SessionSummary, shown: bool) -> Content:
    label = visible(summary.label or "")[:_LABEL_LIMIT] or "(empty)"
    when = datetime.fromisoformat(summary.updated)
    turns = counted(summary.turns, "question")
    return Content.assemble(
        (label, "bold"), (f"\n{when:%Y-%m-%d %H:%M}, {turns}{', open' if shown else ''}", "dim")
    )
