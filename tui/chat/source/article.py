"""The lines of an article with their scrollbar, and finding words in them."""

from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.worker import get_current_worker

from tui.chat.source.find import Finding, Found, find
from tui.chat.source.find_bar import SourceFinder
from tui.chat.source.loading import EMPTY
from tui.chat.source.marks import NOWHERE, ByteSpan, Marks
from tui.chat.source.paged_text import SourceText
from tui.chat.source.scrollbar import SourceBar
from tui.chat.source.view import SourceView


class SourceArticle(Vertical):
    """Shows an article that is open, and finds words in it."""

    DEFAULT_CSS = """
    SourceArticle {
        height: 1fr;
        & > #source-lines { height: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,ctrl+f", "find", "Find", id="source.find"),
        Binding("enter", "step_found(1)", "Next found", show=False, id="source.found-next"),
        Binding("N", "step_found(-1)", "Found before", show=False, id="source.found-previous"),
        Binding("escape", "leave_find", "Close find", show=False, id="source.find-leave"),
    ]

    class Progress(Message):
        """A search went on."""

        def __init__(self, finding: Finding, found: Found) -> None:
            super().__init__()
            self.finding = finding
            self.found = found

    def __init__(self) -> None:
        super().__init__()
        self._text = EMPTY
        self._finding = Finding("", 0)

    def compose(self) -> ComposeResult:
        """Lay out lines, scrollbar, and the line to find."""
        with Horizontal(id="source-lines"):
            yield SourceView()
            yield SourceBar()
        yield SourceFinder()

    @property
    def view(self) -> SourceView:
        """The lines."""
        return self.query_one(SourceView)

    @property
    def finder(self) -> SourceFinder:
        """The line to find."""
        return self.query_one(SourceFinder)

    def show(self, text: SourceText, marks: Marks) -> None:
        """Show an article with its marks, or the same one as it is known by now."""
        if text is not self._text:
            self.action_leave_find()
        self._text = text
        lights = self.view.highlights
        self.view.show(text, replace(lights, sentence=marks.sentence, answer=marks.answer))

    @property
    def place(self) -> int:
        """The byte that is looked at: what was found, or the answer, if on screen, or the top."""
        shown, lights = self.view.shown, self.view.highlights
        if not shown:
            return 0
        on_screen = (
            span.start
            for span in (lights.current, lights.answer)
            if span != NOWHERE and shown[0].start <= span.start < shown[-1].next
        )
        return next(on_screen, shown[0].start)

    def action_find(self) -> None:
        """Ask what to find."""
        self.finder.display = True
        self.finder.ask()

    def action_leave_find(self) -> None:
        """Find no more."""
        had_focus = self.finder.has_focus_within
        self.finder.display = False
        self._begin("")
        if had_focus:
            self.screen.set_focus(self.view)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave keys of the search to others while there is none."""
        if action == "find":
            return self.display
        return self.finder.display or action not in ("leave_find", "step_found")

    def action_step_found(self, by: int) -> None:
        """Go to another place of what was found, around the ends."""
        if self._finding.step(by):
            self._show_finding(goes=True)

    @on(SourceFinder.Left)
    def _leave(self, message: SourceFinder.Left) -> None:
        message.stop()
        self.action_leave_find()

    @on(SourceFinder.Stepped)
    def _step(self, message: SourceFinder.Stepped) -> None:
        message.stop()
        self.action_step_found(message.by)

    @on(SourceFinder.Typed)
    def _type(self, message: SourceFinder.Typed) -> None:
        message.stop()
        self._begin(message.wanted)

    def _begin(self, wanted: str) -> None:
        self.workers.cancel_group(self, "source-find")
        origin = self.view.shown[0].start if self.view.shown else 0
        self._finding = Finding(wanted, origin)
        self._show_finding(goes=False)
        if wanted and self.finder.display:
            self._search(self._text, self._finding)

    @work(thread=True, exclusive=True, group="source-find")
    def _search(self, text: SourceText, finding: Finding) -> None:
        worker = get_current_worker()
        for found in find(text, finding.wanted):
            if worker.is_cancelled or finding.is_complete:
                return
            self.post_message(self.Progress(finding, found))

    @on(Progress)
    def _take(self, message: Progress) -> None:
        message.stop()
        if message.finding is self._finding and not self._finding.is_complete:
            self._show_finding(goes=self._finding.add(message.found, self._text.size))

    def _show_finding(self, goes: bool) -> None:
        """Mark what was found so far; perhaps go to the one that is current."""
        finding = self._finding
        current = ByteSpan(*finding.spans[finding.current]) if finding.current != -1 else NOWHERE
        lights = self.view.highlights
        self.view.highlights = replace(lights, found=finding.spans, current=current)
        self.finder.tell(finding.told(self._text.size) if finding.wanted else "")
        if goes:
            self.view.reveal(current.start)

    @on(SourceView.Moved)
    def _follow(self, message: SourceView.Moved) -> None:
        message.stop()
        self.query_one(SourceBar).show(message.start, message.end, self._text.size)

    @on(SourceBar.Dragged)
    def _drag(self, message: SourceBar.Dragged) -> None:
        message.stop()
        self.view.go_to(message.at)

    @on(SourceBar.Paged)
    def _page(self, message: SourceBar.Paged) -> None:
        message.stop()
        self.view.action_pages(message.pages)
