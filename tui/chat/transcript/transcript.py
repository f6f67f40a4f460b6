"""The conversation: its entries, and which citation is selected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from qa.answers import Citation
from tui.chat.transcript.blocks import Blocks, Selected
from tui.chat.transcript.blocks_view import BlocksView
from tui.chat.transcript.entries import Entry, Opening, Placed
from tui.chat.transcript.rows import CitationAt, Fold, Suggestion, citation_of, targets
from tui.sessions.session import Turn

_FIRST = CitationAt(0, 0)


class Transcript(BlocksView, can_focus=True):
    """Entries one below another; one of their citations can be selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,tab,j", "step(1)", "Next citation", show=False, id="transcript.next"),
        Binding("up,shift+tab,k", "step(-1)", "Previous citation", show=False,
                id="transcript.before"),
        Binding("enter,space", "activate", "Show or unfold", show=False, id="transcript.activate"),
    ]  # fmt: skip

    @dataclass
    class CitationSelected(Message):
        """A citation was selected."""

        citation: Citation

    @dataclass
    class Activated(Message):
        """Enter or a double click activated a citation."""

        citation: Citation

    @dataclass
    class Suggested(Message):
        """The user chose a question of the opening."""

        question: str

    @dataclass
    class Opened(Message):
        """A click with ctrl opens a citation where it is."""

        citation: Citation

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._opening = Opening()

    # Entries

    @property
    def entries(self) -> list[Entry]:
        """The entries, in order."""
        return self.blocks.entries

    @property
    def selected_turn(self) -> Turn | None:
        """The turn of the selection, else the last turn; None if there is no turn."""
        if self.selected is not None:
            entry = self.blocks[self.selected.entry].entry
            return entry if isinstance(entry, Turn) else None
        return next((entry for entry in reversed(self.entries) if isinstance(entry, Turn)), None)

    @property
    def selected_citation(self) -> Citation | None:
        """The selected citation, else the first of the selected turn; None if there is none."""
        selected = self.selected
        entry = self.selected_turn if selected is None else self.blocks[selected.entry].entry
        if not isinstance(entry, Turn | Placed) or not targets(entry, unfolded=False):
            return None
        return citation_of(entry, self._citation_at or _FIRST)

    @property
    def selected_answer(self) -> int:
        """The number of the selected answer, from 0; 0 if none is selected."""
        return (self._citation_at or _FIRST).answer

    @property
    def _citation_at(self) -> CitationAt | None:
        target = self.selected.target if self.selected else None
        return target if isinstance(target, CitationAt) else None

    def fill(self, entries: Sequence[Entry]) -> None:
        """Replace all entries, and show the end."""
        self.blocks = Blocks(entries, self._opening)
        self.selected = None
        self.following = True
        self.lay_out()
        if entries:
            self._select_first(len(self.blocks) - 1)

    def show_opening(self, opening: Opening) -> None:
        """Show this before the first question."""
        self._opening = opening
        if not self.entries:
            selected = self.selected
            self.fill(())
            self.selected = selected if selected in self.blocks.targets() else None

    def add(self, entry: Entry) -> int:
        """Append an entry, and return its number."""
        if not self.entries:
            self.selected = None  # of the opening
        self.blocks.add(entry)
        self.lay_out()
        return len(self.blocks) - 1

    def replace(self, number: int, entry: Entry) -> None:
        """Replace an entry; the first citation of a last one is selected."""
        self.blocks.replace(number, entry)
        self.lay_out()
        is_free = self.selected is None or not self.has_focus
        if isinstance(entry, Turn | Placed) and number == len(self.blocks) - 1 and is_free:
            self._select_first(number)

    def note(self, number: int, note: str) -> None:
        """Show a note under an entry."""
        self.blocks.note(number, note)
        self.lay_out()

    def number_of(self, turn: Turn) -> int:
        """Return the number of a turn's entry."""
        return next(at for at, entry in enumerate(self.entries) if entry is turn)

    # Selection

    def _select_first(self, number: int) -> None:
        block = self.blocks[number]
        self.selected = None
        if found := targets(block.entry, block.unfolded):
            self._select(Selected(number, found[0]), scroll=False)

    def _select(self, selected: Selected, scroll: bool = True) -> None:
        self.selected = selected
        self.refresh()
        if scroll:
            self.scroll_to_selected(selected)
        entry = self.blocks[selected.entry].entry
        if isinstance(selected.target, CitationAt) and isinstance(entry, Turn | Placed):
            self.post_message(self.CitationSelected(citation_of(entry, selected.target)))

    def action_step(self, by: int) -> None:
        """Select the next citation, or the previous one."""
        found = self.blocks.targets()
        if not found:
            return
        if self.selected not in found:
            last = found[-1].entry
            self._select(next(target for target in found if target.entry == last))
            return
        at = found.index(self.selected) + by
        if 0 <= at < len(found):
            self._select(found[at])

    def action_activate(self) -> None:
        """Show a citation in its article, unfold further answers, or ask a question."""
        if self.selected is None:
            return
        match self.selected.target:
            case Fold():
                self._toggle(self.selected.entry)
            case Suggestion(number):
                self.post_message(self.Suggested(self._opening.questions[number]))
            case CitationAt():
                if citation := self.selected_citation:
                    self.post_message(self.Activated(citation))

    def _toggle(self, number: int) -> None:
        self.blocks.toggle(number)
        self.following = False
        self.lay_out()

    def on_click(self, event: events.Click) -> None:
        """Select what was clicked; a double click activates it, one with ctrl opens it."""
        at = self.scroll_offset.y + event.get_content_offset_capture(self).y
        clicked = self.target_at(at)
        if clicked is None:
            return
        self._select(clicked, scroll=False)
        if event.ctrl and (citation := self.selected_citation):
            self.post_message(self.Opened(citation))
        elif not isinstance(clicked.target, CitationAt) or event.chain > 1:
            self.action_activate()
