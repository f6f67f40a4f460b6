"""What keys do with the answer that is chosen."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.chat.actions import copy, export_session, mark_turn, open_in_editor
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.prompt import Prompt
from tui.output.markdown_export import citation_text, place_text
from tui.sessions.session import Session


class AnswerActions(Screen[None]):
    """A screen with a transcript and a prompt, where answers are acted on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "open_editor", "Open", show=False, id="chat.open",
                tooltip="Open the cited line in your editor"),
        Binding("c", "copy_quote", "Copy", id="chat.copy",
                tooltip="Copy the quote with its citation"),
        Binding("p", "copy_place", "Copy place", show=False, id="chat.place",
                tooltip="Copy path:line"),
        Binding("r", "mark(True)", "Right", id="chat.right", tooltip="Mark this answer as right"),
        Binding("w", "mark(False)", "Wrong", id="chat.wrong", tooltip="Mark this answer as wrong"),
        Binding("e", "edit", "Edit question", show=False, id="chat.edit",
                tooltip="Edit the question, as it was asked"),
        Binding("o", "open_editor", "Open", id="chat.open_letter",
                tooltip="Open the cited line in your editor"),
        Binding("x", "export", "Export", show=False, id="chat.export",
                tooltip="Write the conversation as Markdown"),
    ]  # fmt: skip
    session: Session
    """The conversation that is shown."""

    def action_open_editor(self) -> None:
        """Open the chosen citation in the editor."""
        for citation in self.query_one(Transcript).chosen_citation:
            open_in_editor(self.app, citation.file, citation.answer.line, citation.answer.column)

    def action_copy_quote(self) -> None:
        """Copy the quote with its citation."""
        for citation in self.query_one(Transcript).chosen_citation:
            copy(self.app, citation_text(citation), "the quote with its citation")

    def action_copy_place(self) -> None:
        """Copy path and line."""
        for citation in self.query_one(Transcript).chosen_citation:
            copy(self.app, place_text(citation), "path and line")

    def action_mark(self, right: bool) -> None:
        """Mark the chosen answer as right or wrong, for `byline eval`."""
        transcript = self.query_one(Transcript)
        for turn in transcript.chosen_turn:
            earlier = self.session.turns[: self.session.turns.index(turn)]
            note = mark_turn(self.app, turn, earlier, transcript.chosen_answer, right)
            transcript.note(transcript.number_of(turn), note)

    def action_edit(self) -> None:
        """Put the question, as it was searched for, into the input; it is then asked as it is."""
        prompt = self.query_one(Prompt)
        for turn in self.query_one(Transcript).chosen_turn:
            prompt.put(turn.reply.asked, whole=True)
            self.set_focus(prompt)

    def action_export(self) -> None:
        """Write the conversation as Markdown."""
        export_session(self.app, self.session)
