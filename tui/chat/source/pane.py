"""The pane that shows the cited article next to the conversation."""

import asyncio
from typing import ClassVar, Self

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from index.articles.places import Place
from qa.answers import Citation, Status
from tui.chat.source.find import Search
from tui.chat.source.find_bar import FindBar
from tui.chat.source.load import ArticleFile, Loaded, Outcome, Target, TooLarge, Unreadable, load
from tui.chat.source.marks import Marks
from tui.chat.source.view import SourceView
from tui.output.sanitise import visible, visible_name
from tui.output.wording import STATUS_NOTES, title_and_date

_PATIENCE = 0.15
"""Seconds that the previous article stays on screen while the next one is read."""


class SourceNotice(Static, can_focus=True):
    """Takes the place of an article that cannot be shown, and the keys."""


class SourcePane(Vertical):
    """Shows an article, at a citation if there is one, and finds words in it."""

    DEFAULT_CSS = """
    SourcePane {
        & > #source-header { height: auto; max-height: 4; padding: 0 1; background: $panel; }
        & > #source-notice { height: 1fr; padding: 1 2; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,ctrl+f", "find", "Find", id="source.find"),
        Binding("enter", "step_match(1)", "Next match", show=False, id="source.found-next"),
        Binding("N", "step_match(-1)", "Previous match", show=False, id="source.found-previous"),
        Binding("escape", "close_find", "Close find", show=False, id="source.find-leave"),
        Binding("n", "step(1)", "Next citation", id="source.citation-next"),
        Binding("p", "step(-1)", "Previous citation", show=False, id="source.citation-previous"),
        Binding("f", "full_screen", "Full screen", id="source.full-screen"),
        Binding("o,e", "open_editor", "Editor", id="source.editor"),
        Binding("b", "open_browser", "Browser", show=False, id="source.browser",
                tooltip="Open a web page or a PDF in your browser"),
    ]  # fmt: skip

    class FullScreen(Message):
        """The pane asks for the entire screen, or to give it back."""

    class Step(Message):
        """Another citation is asked for."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by
            """1 for the next, -1 for the previous."""

    class OpenEditor(Message):
        """The article is to be opened in the editor."""

        def __init__(self, file: str, place: Place, read_only: bool) -> None:
            super().__init__()
            self.file = file
            """Absolute path."""
            self.place = place
            self.read_only = read_only

    class OpenBrowser(Message):
        """The article is to be opened in the browser."""

        def __init__(self, file: str, place: Place) -> None:
            super().__init__()
            self.file = file
            """Absolute path."""
            self.place = place

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._target: Target | None = None
        """The article to show; None for none."""
        self._outcome: Outcome | None = None
        """None until it is read."""
        self._search = Search("")

    def compose(self) -> ComposeResult:
        """Lay out the header, and the article or why it is not shown."""
        yield Static(id="source-header", markup=False)
        yield SourceView()
        yield FindBar()
        yield SourceNotice(id="source-notice", markup=False)

    def on_mount(self) -> None:
        """Start without an article."""
        self._update("")

    @property
    def view(self) -> SourceView:
        """The lines of the article."""
        return self.query_one(SourceView)

    @property
    def find_bar(self) -> FindBar:
        """The line to type words to find in."""
        return self.query_one(FindBar)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Put the keys on the lines, or on the notice in their place."""
        body = self.view if self.view.display else self.query_one(SourceNotice)
        self.screen.set_focus(body, scroll_visible)
        return self

    # Reading an article

    def show(self, target: Target) -> None:
        """Show a citation in its article, or an article from its start."""
        self._target, self._outcome = target, None
        self._load(target)
        self.set_timer(_PATIENCE, lambda: self._show_wait(target))

    def show_file(self, file: str, path: str, title: str) -> None:
        """Show an article by its absolute path, with nothing marked."""
        self.show(ArticleFile(file, path, title))

    def clear(self) -> None:
        """Show nothing."""
        self.workers.cancel_node(self)
        self._target = self._outcome = None
        self._update("")

    def _show_wait(self, target: Target) -> None:
        if target is self._target and self._outcome is None:
            self._update("Opening…")

    @work(exclusive=True, group="source-load")
    async def _load(self, target: Target) -> None:
        self._outcome = await asyncio.to_thread(load, target)
        match self._outcome:
            case Loaded(text, cited):
                self._update("")
                self._search = Search(text.text)
                self.action_close_find()
                marks = Marks(cited.sentence, cited.answer) if cited else Marks()
                self.view.show(text, marks, cited.offset if cited else 0)
            case outcome:
                self._update(notice(target, outcome))

    def _update(self, text: str) -> None:
        """Update the header, and show either the article or a notice in its place."""
        above = self.query_one("#source-header", Static)
        above.update(header(self._target, self._outcome))
        above.display = self._target is not None
        self.set_class(self._target is None, "-empty")
        had_focus = self.has_focus_within
        is_readable = isinstance(self._outcome, Loaded)
        self.view.display = is_readable
        self.find_bar.display = is_readable and self.find_bar.display
        below = self.query_one(SourceNotice)
        below.update(text)
        below.display = not is_readable
        if had_focus:
            self.focus()

    # What the user asks others for

    def action_step(self, by: int) -> None:
        """Ask for another citation."""
        self.post_message(self.Step(by))

    def action_full_screen(self) -> None:
        """Ask for the entire screen."""
        self.post_message(self.FullScreen())

    def action_open_editor(self) -> None:
        """Ask for the editor, at the place on screen."""
        match self._target, self._outcome:
            case Citation() | ArticleFile() as target, Loaded():
                self.post_message(self.OpenEditor(target.file, self.view.place, read_only=False))
            case Citation() as target, TooLarge():
                place = target.answer.place
                self.post_message(self.OpenEditor(target.file, place, read_only=True))
            case ArticleFile() as target, TooLarge():
                self.post_message(self.OpenEditor(target.file, Place(1, 1), read_only=True))

    def action_open_browser(self) -> None:
        """Ask for the browser, at the place on screen."""
        match self._target, self._outcome:
            case Citation() | ArticleFile() as target, Loaded():
                self.post_message(self.OpenBrowser(target.file, self.view.place))
            case Citation() | ArticleFile() as target, TooLarge():
                self.post_message(self.OpenBrowser(target.file, Place(1, 1)))

    # Finding words

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of a search to others while there is none."""
        if action == "find":
            return self.view.display
        return self.find_bar.display or action not in ("close_find", "step_match")

    def action_find(self) -> None:
        """Ask what to find."""
        self.find_bar.open()

    def action_close_find(self) -> None:
        """End the search."""
        had_focus = self.find_bar.has_focus_within
        self.find_bar.display = False
        self._find("")
        if had_focus:
            self.screen.set_focus(self.view)

    def action_step_match(self, by: int) -> None:
        """Go to another match, around the ends."""
        if self._search.step(by):
            self._show_matches()

    @on(FindBar.Closed)
    def _leave_find(self, message: FindBar.Closed) -> None:
        message.stop()
        self.action_close_find()

    @on(FindBar.Step)
    def _step_find(self, message: FindBar.Step) -> None:
        message.stop()
        self.action_step_match(message.by)

    @on(Input.Changed)
    def _type_find(self, message: Input.Changed) -> None:
        message.stop()
        if self.find_bar.display:
            self._find(message.value)

    def _find(self, wanted: str) -> None:
        self._search.find(wanted, self.view.shown.start)
        self._show_matches()

    def _show_matches(self) -> None:
        search, marks = self._search, self.view.marks
        self.view.marks = Marks(marks.sentence, marks.answer, search.matches, search.current)
        self.find_bar.show_label(search.label)
        if search.current:
            self.view.reveal(search.current.start)


def header(target: Target | None, outcome: Outcome | None) -> Content:
    """Return path and line, title and date, and what became of the article since indexing."""
    if target is None:
        return Content("")
    place = f":{_place(target, outcome)}" if isinstance(target, Citation) else ""
    title = title_and_date(target) if isinstance(target, Citation) else target.title
    parts: list[str | tuple[str, str]] = [(visible_name(target.path + place), "bold")]
    if title:
        parts.append("  " + visible(title))
    if note := _note(outcome):
        parts.append((f"\n{note}", "bold $text-warning"))
    return Content.assemble(*parts)


def _place(citation: Citation, outcome: Outcome | None) -> str:
    """Return the line of the citation, as it is now if that is known."""
    match outcome:
        case Loaded(cited=cited) if cited:
            return cited.place.short_label
        case _:
            return citation.answer.place.short_label


def _note(outcome: Outcome | None) -> str:
    match outcome:
        case Loaded(cited=cited) if cited and cited.status is Status.MOVED:
            return f"{STATUS_NOTES[Status.MOVED]}, to {visible(cited.place.words)}"
        case Loaded(cited=cited) if cited:
            return STATUS_NOTES.get(cited.status, "")
        case Unreadable(status):
            return STATUS_NOTES.get(status, "")
        case _:
            return ""


def notice(target: Target, outcome: TooLarge | Unreadable) -> str:
    """Return why an article is not shown, and what was cited from it."""
    match outcome:
        case TooLarge(size, limit):
            return (
                f"This file has {size:,} bytes; files over {limit:,} are not shown here. "
                "Press o to open it in your editor."
            )
        case Unreadable(_, reason):
            shown = f"Cannot show this article: {visible(reason)}."
    if not isinstance(target, Citation):
        return shown
    return f"{shown}\n\nWhen indexed, it said: {visible(target.sentence.text)}"
