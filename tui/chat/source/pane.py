"""The pane that shows the cited article beside the conversation."""

from typing import ClassVar, Self

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from qa.answers import Citation
from tui.chat.source.article import SourceArticle
from tui.chat.source.loading import (
    NOTHING,
    Loaded,
    Outcome,
    Scanning,
    Wanted,
    WholeFile,
    load,
)
from tui.chat.source.view import THIRD
from tui.chat.source_header import header, unreadable

_PATIENCE = 0.15
"""Seconds that the article before stays on screen while the next is opened."""


class SourceNotice(Static, can_focus=True):
    """Stands in the place of an article that cannot be shown, and keeps the keys."""


class SourcePane(Vertical):
    """Shows an article, at a citation if there is one."""

    DEFAULT_CSS = """
    SourcePane {
        & > #source-header { height: auto; max-height: 4; padding: 0 1; background: $panel; }
        & > #source-notice { height: 1fr; padding: 1 2; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "step(1)", "Next citation", id="source.citation-next"),
        Binding("p", "step(-1)", "Previous citation", show=False, id="source.citation-previous"),
        Binding("f", "full_screen", "Full screen", id="source.full-screen"),
        Binding("e", "open_editor", "Editor", id="source.editor"),
    ]

    class FullScreen(Message):
        """The pane asks for the whole screen, or to give it back."""

    class Step(Message):
        """Another citation is asked for."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by
            """1 for the next, -1 for the one before."""

    class OpenEditor(Message):
        """The article is to be opened in the editor."""

        def __init__(self, file: str, line: int, column: int) -> None:
            super().__init__()
            self.file = file
            """Absolute path."""
            self.line = line
            self.column = column

    class Ready(Message):
        """An article came as far as it can be shown, or was found to be unreadable."""

        def __init__(self, wanted: Wanted, outcome: Outcome) -> None:
            super().__init__()
            self.wanted = wanted
            self.outcome = outcome

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._wanted: Wanted = NOTHING
        self._outcome: Outcome = Scanning()

    def compose(self) -> ComposeResult:
        """Lay out the header, and the article or why there is none."""
        yield Static(id="source-header", markup=False)
        yield SourceArticle()
        yield SourceNotice(id="source-notice", markup=False)

    def on_mount(self) -> None:
        """Begin without an article."""
        self._refresh_all("")

    @property
    def article(self) -> SourceArticle:
        """The lines."""
        return self.query_one(SourceArticle)

    @property
    def outcome(self) -> Outcome:
        """What came of the article that is wanted, so far."""
        return self._outcome

    def focus(self, scroll_visible: bool = True) -> Self:
        """Put the keys on the lines."""
        takes = self.article.view if self.article.display else self.query_one(SourceNotice)
        self.screen.set_focus(takes, scroll_visible)
        return self

    def show(self, citation: Citation) -> None:
        """Show a citation in its article."""
        self._begin(citation)

    def show_file(self, file: str, path: str, title: str) -> None:
        """Show an article by its absolute path, without a mark."""
        self._begin(WholeFile(file, path, title))

    def clear(self) -> None:
        """Show nothing."""
        self.workers.cancel_node(self)
        self._wanted, self._outcome = NOTHING, Scanning()
        self._refresh_all("")

    def _begin(self, wanted: Wanted) -> None:
        self._wanted, self._outcome = wanted, Scanning()
        self._load(wanted)
        self.set_timer(_PATIENCE, lambda: self._tell_opening(wanted))

    def _tell_opening(self, wanted: Wanted) -> None:
        if wanted is self._wanted and isinstance(self._outcome, Scanning):
            self._refresh_all("opening …")

    @work(thread=True, exclusive=True, group="source-load")
    def _load(self, wanted: Wanted) -> None:
        worker = get_current_worker()
        for outcome in load(wanted):
            if worker.is_cancelled:
                return
            if not isinstance(outcome, Scanning):
                self.post_message(self.Ready(wanted, outcome))

    @on(Ready)
    def _take(self, message: Ready) -> None:
        message.stop()
        if message.wanted is not self._wanted:
            return
        before, self._outcome = self._outcome, message.outcome
        if not isinstance(message.outcome, Loaded):
            self._refresh_all(unreadable(message.wanted, message.outcome))
            return
        self._refresh_all("")
        text, marks = message.outcome.text, message.outcome.marks
        self.article.show(text, marks)
        # Scanned further, it stays where the person has scrolled to meanwhile.
        if not (isinstance(before, Loaded) and before.text is text and before.marks == marks):
            self.article.view.go_to(marks.at, THIRD)

    def _refresh_all(self, notice: str) -> None:
        """Bring header and body in line with what is known; a notice takes the lines' place."""
        above = self.query_one("#source-header", Static)
        above.update(header(self._wanted, self._outcome))
        above.display = self._wanted is not NOTHING
        self.set_class(self._wanted is NOTHING, "-empty")
        had_focus = self.has_focus_within
        self.query_one(SourceNotice).update(notice)
        readable = isinstance(self._outcome, Loaded)
        self.article.display = readable
        self.query_one(SourceNotice).display = not readable
        if had_focus:
            self.focus()

    def action_step(self, by: int) -> None:
        """Ask for another citation."""
        self.post_message(self.Step(by))

    def action_full_screen(self) -> None:
        """Ask for the whole screen."""
        self.post_message(self.FullScreen())

    def action_open_editor(self) -> None:
        """Ask for the editor at the place that is looked at."""
        if isinstance(self._outcome, Loaded):
            self._locate(self._wanted.file, self._outcome, self.article.place)

    @work(thread=True, exclusive=True, group="source-editor")
    def _locate(self, file: str, loaded: Loaded, at: int) -> None:
        place = loaded.text.place_of(at)
        self.post_message(self.OpenEditor(file, place.line, place.column))
