"""The conversation: what it holds, and what of it is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from qa.answers import Citation
from tui.chat.transcript.blocks import Blocks, Chosen, Nothing
from tui.chat.transcript.blocks_view import BlocksView
from tui.chat.transcript.entries import Entry
from tui.chat.transcript.rows import CitationAt, Fold, citation_of, targets
from tui.sessions.session import Turn


class Transcript(BlocksView, can_focus=True):
    """Entries under one another; a citation of them can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,tab,j", "step(1)", "Next citation", show=False, id="transcript.next"),
        Binding("up,shift+tab,k", "step(-1)", "The one before", show=False, id="transcript.before"),
        Binding("enter,space", "activate", "Show or unfold", show=False, id="transcript.activate"),
    ]

    @dataclass
    class CitationChosen(Message):
        """A citation was chosen."""

        turn: Turn
        citation: Citation

    @dataclass
    class Activated(Message):
        """A citation was entered."""

        citation: Citation

    # What it holds

    @property
    def entries(self) -> list[Entry]:
        """The entries, in order."""
        return self.blocks.entries

    @property
    def chosen_turn(self) -> tuple[Turn, ...]:
        """The turn of what is chosen, else the last turn, if there is one."""
        if isinstance(self.chosen, Chosen):
            entry = self.blocks[self.chosen.entry].entry
            return (entry,) if isinstance(entry, Turn) else ()
        turns = [entry for entry in self.entries if isinstance(entry, Turn)]
        return tuple(turns[-1:])

    @property
    def chosen_citation(self) -> tuple[Citation, ...]:
        """The citation that is chosen, else the first of the last turn, if there is one."""
        for turn in self.chosen_turn:
            if isinstance(self.chosen, Chosen) and isinstance(self.chosen.target, CitationAt):
                return (citation_of(turn, self.chosen.target),)
            for target in targets(turn, unfolded=False)[:1]:
                assert isinstance(target, CitationAt)
                return (citation_of(turn, target),)
        return ()

    @property
    def chosen_answer(self) -> int:
        """The number, from 0, of the answer that is chosen; the first where none is."""
        if isinstance(self.chosen, Chosen) and isinstance(self.chosen.target, CitationAt):
            return self.chosen.target.answer
        return 0

    def fill(self, entries: Sequence[Entry]) -> None:
        """Hold these entries and no others, and show their end."""
        self.blocks = Blocks(entries)
        self.chosen = Nothing()
        self.following = True
        self.lay_out()
        if entries:
            self._choose_first(len(self.blocks) - 1)

    def add(self, entry: Entry) -> int:
        """Add an entry beneath the others, and give its number."""
        self.blocks.add(entry)
        self.lay_out()
        return len(self.blocks) - 1

    def replace(self, number: int, entry: Entry) -> None:
        """Put an entry in another's place; its first citation is chosen where it was the last."""
        self.blocks.replace(number, entry)
        self.lay_out()
        unchosen = isinstance(self.chosen, Nothing) or not self.has_focus
        if isinstance(entry, Turn) and number == len(self.blocks) - 1 and unchosen:
            self._choose_first(number)

    def note(self, number: int, note: str) -> None:
        """Write a note beneath an entry."""
        self.blocks.note(number, note)
        self.lay_out()

    def number_of(self, turn: Turn) -> int:
        """Give the number of a turn's entry."""
        return next(at for at, entry in enumerate(self.entries) if entry is turn)

    # What is chosen in it

    def _choose_first(self, number: int) -> None:
        block = self.blocks[number]
        self.chosen = Nothing()
        for target in targets(block.entry, block.unfolded)[:1]:
            self._choose(Chosen(number, target), scroll=False)

    def _choose(self, one: Chosen, scroll: bool = True) -> None:
        self.chosen = one
        self.refresh()
        if scroll:
            self.scroll_to_chosen(one)
        block = self.blocks[one.entry]
        if isinstance(one.target, CitationAt) and isinstance(block.entry, Turn):
            citation = citation_of(block.entry, one.target)
            self.post_message(self.CitationChosen(block.entry, citation))

    def action_step(self, by: int) -> None:
        """Choose the next citation, or the one before."""
        places = self.blocks.targets()
        if not places:
            return
        if isinstance(self.chosen, Nothing) or self.chosen not in places:
            last = places[-1].entry
            self._choose(next(one for one in places if one.entry == last))
            return
        at = places.index(self.chosen) + by
        if 0 <= at < len(places):
            self._choose(places[at])

    def action_activate(self) -> None:
        """Show a citation in its article, or unfold further answers."""
        if isinstance(self.chosen, Nothing):
            return
        match self.chosen.target:
            case Fold():
                self._toggle(self.chosen.entry)
            case CitationAt():
                for citation in self.chosen_citation:
                    self.post_message(self.Activated(citation))

    def _toggle(self, number: int) -> None:
        self.blocks.toggle(number)
        self.following = False
        self.lay_out()

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; a second click shows it."""
        at = self.scroll_offset.y + event.get_content_offset_capture(self).y
        clicked = self.target_at(at)
        if isinstance(clicked, Nothing):
            return
        self._choose(clicked, scroll=False)
        if isinstance(clicked.target, Fold) or event.chain > 1:
            self.action_activate()
