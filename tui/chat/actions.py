"""What keys do with the selected answer: open, copy, mark, edit, export. Errors become a notice."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.screen import Screen

from index.articles.places import Place
from index.errors import BylineError
from qa.answers import Citation
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.prompt import Prompt
from tui.editors import run_editor
from tui.output.markdown_export import citation_text, export_markdown, place_text
from tui.output.sanitise import visible, visible_name
from tui.paths import marks_file
from tui.sessions.feedback import mark_answer
from tui.sessions.session import Session
from tui.settings import read_settings
from tui.viewers import browser_command, open_command

Chat = App[Any]


def notify(app: Chat, message: str) -> None:
    """Show a notice."""
    app.notify(visible(message), markup=False)


def notify_error(app: Chat, message: str) -> None:
    """Show an error as a notice."""
    app.notify(visible(message), severity="error", timeout=10, markup=False)


def open_in_editor(app: Chat, file: str, place: Place, read_only: bool = False) -> None:
    """Open a file at a place in the user's editor or viewer; one in the terminal suspends us."""
    try:
        command = open_command(os.environ, file, place, read_only, read_settings().viewer)
        if command.in_terminal:
            with app.suspend():
                run_editor(command)
            app.refresh()
        else:
            run_editor(command)
    except SuspendNotSupported:
        notify_error(app, "A terminal editor cannot be opened from here.")
        return
    except (BylineError, OSError) as error:
        notify_error(app, str(error))
        return
    if not command.at_line:
        notify(app, f"Opened {visible_name(file)}; go to {place.words}.")


def open_in_browser(app: Chat, file: str, place: Place) -> None:
    """Open a web page or a PDF in the browser."""
    try:
        run_editor(browser_command(os.environ, file, place))
    except (BylineError, OSError) as error:
        notify_error(app, str(error))


class AnswerActions(Screen[None]):
    """A screen with a transcript and a prompt, whose keys act on the selected answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "open_editor", "Open", show=False, id="chat.open",
                tooltip="Open the cited line in your editor"),
        Binding("c", "copy_quote", "Copy", id="chat.copy",
                tooltip="Copy the quote with its citation"),
        Binding("p", "copy_location", "Copy location", show=False, id="chat.place",
                tooltip="Copy path:line"),
        Binding("r", "mark(True)", "Right", id="chat.right", tooltip="Mark this answer as right"),
        Binding("w", "mark(False)", "Wrong", id="chat.wrong", tooltip="Mark this answer as wrong"),
        Binding("e", "edit", "Edit question", show=False, id="chat.edit",
                tooltip="Edit the question as it was searched for"),
        Binding("n,ctrl+r", "ask_alone", "Ask alone", id="chat.alone",
                tooltip="Ask a follow-up again, with nothing of the turns before it"),
        Binding("o", "open_editor", "Open", id="chat.open_letter",
                tooltip="Open the cited line in your editor"),
        Binding("b", "open_browser", "Browser", show=False, id="chat.browser",
                tooltip="Open a web page or a PDF in your browser"),
        Binding("x", "export", "Export", show=False, id="chat.export",
                tooltip="Export the conversation as Markdown"),
    ]  # fmt: skip
    session: Session
    """The conversation shown."""

    def action_open_editor(self) -> None:
        """Open the selected citation in the editor."""
        if citation := self.query_one(Transcript).selected_citation:
            open_in_editor(self.app, citation.file, citation.answer.place)

    def action_open_browser(self) -> None:
        """Open the selected citation in the browser."""
        if citation := self.query_one(Transcript).selected_citation:
            open_in_browser(self.app, citation.file, citation.answer.place)

    def action_copy_quote(self) -> None:
        """Copy the quote with its citation."""
        self._copy(citation_text, "the quote with its citation")

    def action_copy_location(self) -> None:
        """Copy path and line."""
        self._copy(place_text, "path and line")

    def _copy(self, text_of: Callable[[Citation], str], what: str) -> None:
        if citation := self.query_one(Transcript).selected_citation:
            self.app.copy_to_clipboard(text_of(citation))
            notify(self.app, f"Copied {what}.")

    def action_mark(self, right: bool) -> None:
        """Save a mark of the selected answer as a line of a question set, for `byline eval`."""
        transcript = self.query_one(Transcript)
        turn, file = transcript.selected_turn, marks_file()
        if turn is None:
            return
        earlier = self.session.turns[: self.session.turns.index(turn)]
        try:
            mark_answer(file, turn, earlier, transcript.selected_answer, right)
        except (BylineError, OSError) as error:
            notify_error(self.app, str(error))
            return
        note = f"marked {'right' if right else 'wrong'}, in {visible_name(str(file))}"
        transcript.note(transcript.number_of(turn), note)

    def action_edit(self) -> None:
        """Edit the question as it was searched for; it is then asked as it is."""
        if turn := self.query_one(Transcript).selected_turn:
            prompt = self.query_one(Prompt)
            prompt.put(turn.reply.asked, standalone=True)
            self.set_focus(prompt)

    def action_export(self) -> None:
        """Write the conversation as Markdown into the current folder."""
        if not self.session.turns:
            notify(self.app, "Nothing to export yet.")
            return
        now = datetime.now()  # noqa: DTZ005  (the file's name has the local time)
        file = Path.cwd() / f"byline-{now:%Y-%m-%d-%H%M%S}.md"
        try:
            export_markdown(self.session, file)
        except (BylineError, OSError) as error:
            notify_error(self.app, str(error))
            return
        notify(self.app, f"Exported to {file}. `byline verify` checks its quotes later.")
