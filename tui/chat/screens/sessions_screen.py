"""Earlier conversations: open, name, search and delete them."""

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
from tui.chat.actions import complain, say
from tui.chat.widgets.footer import KeysFooter
from tui.chat.widgets.safe_input import VISIBLE
from tui.output.sanitise import visible
from tui.sessions.folder import Sessions
from tui.sessions.session import SessionSummary

_LONGEST_LABEL = 200
"""Code points of a first question that are shown."""


class SessionsScreen(ModalScreen[str]):
    """A list of conversations; gives the id of the one to open, or nothing."""

    CSS_PATH = "dialogs.tcss"
    HELP = """
    Your conversations, the last used first. **Enter** opens one. **/** searches in names,
    questions, answers and quotes. **n** names one, **d** deletes it, **u** brings it back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="sessions.back"),
        Binding("slash", "search", "Search", id="sessions.search"),
        Binding("n", "name", "Name", id="sessions.name", tooltip="Give it a name"),
        Binding("d,delete", "delete", "Delete", id="sessions.delete"),
        Binding("u", "restore", "Undo", id="sessions.restore",
                tooltip="Bring back what was deleted"),
        Binding("f1,question_mark", "app.help", "Help", id="sessions.help"),
    ]  # fmt: skip

    def __init__(self, sessions: Sessions, shown: str) -> None:
        super().__init__()
        self._sessions = sessions
        self._shown = shown
        """Id of the conversation that is open in the chat."""
        self._deleted: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        yield Label("Conversations", classes="title")
        yield Input(
            placeholder="Search in questions, answers and quotes",
            id="search",
            compact=True,
            highlighter=VISIBLE,
        )
        yield OptionList(id="list", markup=False)
        yield Label("", id="told", markup=False)
        yield KeysFooter()

    def on_mount(self) -> None:
        """Show all of them."""
        self.set_focus(self.query_one(OptionList))
        self._list("")

    @on(Input.Changed, "#search")
    def search_typed(self, changed: Input.Changed) -> None:
        """Search as the person types."""
        self._list(changed.value)

    @on(Input.Submitted, "#search")
    def searched(self) -> None:
        """Go to what was found."""
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
        options.set_options(Option(_line(one, one.id == self._shown), id=one.id) for one in found)
        options.highlighted = 0 if found else None
        told = "" if found else "No conversation holds these words." if words else "None yet."
        if skipped:
            told += f" {skipped} file{'s' * (skipped > 1)} in the folder could not be read."
        self.query_one("#told", Label).update(Content(told.strip()))

    @on(OptionList.OptionSelected)
    def open_chosen(self, chosen: OptionList.OptionSelected) -> None:
        """Open a conversation in the chat."""
        self.dismiss(chosen.option_id or "")

    def action_leave(self) -> None:
        """Go back to the chat, or from the search to the list."""
        search = self.query_one(Input)
        if search.has_focus:
            search.value = ""
            self.set_focus(self.query_one(OptionList))
        else:
            self.dismiss("")

    def action_search(self) -> None:
        """Go to the search."""
        self.set_focus(self.query_one(Input))

    @work(group="naming")
    async def action_name(self) -> None:
        """Give the conversation a name."""
        for session_id in self._highlighted():
            name = await self.app.push_screen_wait(NameScreen())
            if name:
                self._try(self._sessions.rename, session_id, name)

    def action_delete(self) -> None:
        """Delete the conversation, for as long as it is not brought back."""
        for session_id in self._highlighted():
            if session_id == self._shown:
                complain(self.app, "This conversation is open; begin another one first (ctrl+n).")
                return
            self._deleted.append(session_id)
            self._try(self._sessions.delete, session_id)
            say(self.app, "Deleted; u brings it back.")

    def action_restore(self) -> None:
        """Bring back what was deleted last."""
        if self._deleted:
            self._try(self._sessions.restore, self._deleted.pop())

    def _highlighted(self) -> list[str]:
        option = self.query_one(OptionList).highlighted_option
        return [option.id] if option and option.id else []

    def _try(self, what: Callable[..., None], *arguments: str) -> None:
        try:
            what(*arguments)
        except BylineError as error:
            complain(self.app, error.message)
        self._list(self.query_one(Input).value)


class NameScreen(ModalScreen[str]):
    """Asks for a name; gives it, or nothing."""

    CSS_PATH = "dialogs.tcss"
    HELP = "Type a name and press **enter**."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="name.back"),
        Binding("f1", "app.help", "Help", id="name.help"),
    ]

    def compose(self) -> ComposeResult:
        """Lay the dialog out."""
        yield Label("Name of the conversation", classes="title")
        yield Input(id="name", max_length=100, highlighter=VISIBLE)
        yield KeysFooter()

    @on(Input.Submitted)
    def named(self, submitted: Input.Submitted) -> None:
        """Give the name."""
        self.dismiss(submitted.value.strip())

    def action_leave(self) -> None:
        """Give no name."""
        self.dismiss("")


def _line(summary: SessionSummary, shown: bool) -> Content:
    label = visible(summary.label)[:_LONGEST_LABEL] or "(empty)"
    when = datetime.fromisoformat(summary.updated)
    turns = f"{summary.turns} question{'s' * (summary.turns != 1)}"
    return Content.assemble(
        (label, "bold"), (f"\n{when:%Y-%m-%d %H:%M}, {turns}{', open' if shown else ''}", "dim")
    )
