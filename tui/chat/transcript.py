"""The conversation: rows of question, quote and citations, drawn line by line."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import ClassVar

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from rich.theme import Theme
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from qa.answers import Citation
from tui.chat.entries import Entry
from tui.chat.rows import STYLES, CitationAt, Fold, Plain, Row, Target, citation_of, rows, targets
from tui.sessions import Turn


@dataclass(frozen=True, slots=True)
class Chosen:
    """A target of an entry, by the entry's number from 0."""

    entry: int
    target: CitationAt | Fold


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is chosen."""


@dataclass
class _Block:
    """An entry, and the rows that it was last written in."""

    entry: Entry
    unfolded: bool = False
    note: str = ""
    width: int = -1
    rows: list[Row] = field(default_factory=list)

    def write(self, width: int) -> list[Row]:
        if width != self.width:
            self.rows = rows(self.entry, self.unfolded, self.note, width)
            self.width = width
        return self.rows


class Transcript(ScrollView, can_focus=True):
    """Entries under one another; a citation of them can be chosen."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{name}" for name in (*STYLES, "chosen")}
    DEFAULT_CSS = """
    Transcript {
        padding: 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & .transcript--question { color: $primary; text-style: bold; }
        & .transcript--resolved { color: $text-muted; text-style: italic; }
        & .transcript--answer { text-style: bold; }
        & .transcript--likeliness { color: $text-success; }
        & .transcript--span { color: $text-accent; text-style: bold underline; }
        & .transcript--place { color: $text-secondary; }
        & .transcript--about { color: $text-muted; }
        & .transcript--note { color: $text-muted; }
        & .transcript--refusal { color: $text-warning; text-style: bold; }
        & .transcript--error { color: $text-error; text-style: bold; }
        & .transcript--fold { color: $text-muted; text-style: italic; }
        & .transcript--waiting { color: $text-muted; text-style: italic; }
        & .transcript--mark { color: $text-success; }
        & .transcript--chosen { background: $block-cursor-blurred-background; }
        &:focus .transcript--chosen { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
    }
    """  # noqa: E501
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

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._blocks: list[_Block] = []
        self._starts: list[int] = [0]
        self._following = True
        """Whether the end is to stay in view when something is added."""
        self._chosen: Chosen | Nothing = Nothing()
        self._writer = Console(width=80, color_system="truecolor", force_terminal=True)

    # What it holds

    @property
    def entries(self) -> list[Entry]:
        """The entries, in order."""
        return [block.entry for block in self._blocks]

    @property
    def chosen_turn(self) -> tuple[Turn, ...]:
        """The turn of what is chosen, else the last turn, if there is one."""
        if isinstance(self._chosen, Chosen):
            entry = self._blocks[self._chosen.entry].entry
            return (entry,) if isinstance(entry, Turn) else ()
        turns = [entry for entry in self.entries if isinstance(entry, Turn)]
        return tuple(turns[-1:])

    @property
    def chosen_citation(self) -> tuple[Citation, ...]:
        """The citation that is chosen, else the first of the last turn, if there is one."""
        for turn in self.chosen_turn:
            if isinstance(self._chosen, Chosen) and isinstance(self._chosen.target, CitationAt):
                return (citation_of(turn, self._chosen.target),)
            for target in targets(turn, unfolded=False)[:1]:
                assert isinstance(target, CitationAt)
                return (citation_of(turn, target),)
        return ()

    @property
    def chosen_answer(self) -> int:
        """The number, from 0, of the answer that is chosen; the first where none is."""
        if isinstance(self._chosen, Chosen) and isinstance(self._chosen.target, CitationAt):
            return self._chosen.target.answer
        return 0

    def fill(self, entries: Sequence[Entry]) -> None:
        """Hold these entries and no others, and show their end."""
        self._blocks = [_Block(entry) for entry in entries]
        self._chosen = Nothing()
        self._following = True
        self._arrange()
        if self._blocks:
            self._choose_first(len(self._blocks) - 1)

    def add(self, entry: Entry) -> int:
        """Add an entry beneath the others, and give its number."""
        self._blocks.append(_Block(entry))
        self._arrange()
        return len(self._blocks) - 1

    def replace(self, number: int, entry: Entry) -> None:
        """Put an entry in another's place; its first citation is chosen where it was the last."""
        self._blocks[number] = _Block(entry)
        self._arrange()
        unchosen = isinstance(self._chosen, Nothing) or not self.has_focus
        if number == len(self._blocks) - 1 and unchosen:
            self._choose_first(number)

    def note(self, number: int, note: str) -> None:
        """Write a note beneath an entry."""
        block = self._blocks[number]
        self._blocks[number] = _Block(block.entry, block.unfolded, note)
        self._arrange()

    def number_of(self, turn: Turn) -> int:
        """Give the number of a turn's entry."""
        return next(at for at, block in enumerate(self._blocks) if block.entry is turn)

    # How it is laid out

    @property
    def _end(self) -> int:
        """The scroll offset that shows the end of the last entry, or the top of a higher one."""
        top = self._starts[-2] if len(self._starts) > 1 else 0
        return min(top, max(0, self._starts[-1] - self.scrollable_content_region.height))

    def watch_scroll_target_y(self, target: float) -> None:
        """Follow the end again once it was scrolled to; `scroll_y` changes by the layout too."""
        self._following = target >= self._end

    def _arrange(self) -> None:
        """Write what has to be written anew; the end stays in view where it is followed."""
        width = self.scrollable_content_region.width
        heights = [len(block.write(width)) for block in self._blocks] if width else []
        self._starts = list(accumulate(heights, initial=0))
        self.virtual_size = Size(width, self._starts[-1])
        self._keep_end()
        # Only when it is laid out can it be scrolled to a row that is new.
        self.call_after_refresh(self._keep_end)
        self.refresh()

    def _keep_end(self) -> None:
        if self._following:
            self.scroll_to(y=self._end, animate=False)
            self._following = True  # where it cannot be scrolled there yet

    def on_resize(self) -> None:
        """Wrap everything anew where the width changed; the row at the top stays there."""
        top = self._row_at(self.scroll_offset.y) if self._starts[-1] else (0, 0)
        self._arrange()
        if not self._following:
            entry, row = top
            height = self._starts[entry + 1] - self._starts[entry]
            self.scroll_to(y=self._starts[entry] + min(row, height - 1), animate=False)

    def _row_at(self, y: int) -> tuple[int, int]:
        """Give the entry at a row of the whole transcript, and the row within it."""
        entry = min(bisect_right(self._starts, y) - 1, len(self._blocks) - 1)
        return entry, y - self._starts[entry]

    # How it is drawn

    def notify_style_update(self) -> None:
        """Take the styles of the theme, once there are any."""
        super().notify_style_update()
        if "transcript--question" not in self._component_styles:
            return
        styles = {name: self.get_component_rich_style(f"transcript--{name}") for name in STYLES}
        self._writer = Console(
            width=80, theme=Theme(styles), color_system="truecolor", force_terminal=True
        )

    def render_line(self, y: int) -> Strip:
        """Draw a line of the view."""
        base = self.rich_style
        width = self.scrollable_content_region.width
        at = self.scroll_offset.y + y
        if at >= self._starts[-1]:
            return Strip.blank(self.size.width, base)
        entry, number = self._row_at(at)
        row = self._blocks[entry].rows[number]
        text = row.text.copy()
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(at)) is not None:
            start, end = span
            selected = self.screen.get_component_rich_style("screen--selection")
            text.stylize(selected, start, len(text) if end == -1 else end)
        strip = Strip(list(_segments(text, self._writer, base)), text.cell_len)
        strip = strip.crop_extend(0, width, base).apply_offsets(0, at)
        if self._is_chosen(entry, row.target):
            return strip.apply_style(self.get_component_rich_style("transcript--chosen"))
        return strip

    def _is_chosen(self, entry: int, target: Target) -> bool:
        return not isinstance(target, Plain) and self._chosen == Chosen(entry, target)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        """Give the text that was selected with the mouse."""
        lines = [row.text.plain for block in self._blocks for row in block.rows]
        return selection.extract("\n".join(lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw what is selected."""
        self.refresh()

    @property
    def allow_select(self) -> bool:
        """Its text can be selected with the mouse."""
        return True

    # What is chosen in it

    def _targets(self) -> list[Chosen]:
        return [
            Chosen(number, target)
            for number, block in enumerate(self._blocks)
            for target in targets(block.entry, block.unfolded)
        ]

    def _choose_first(self, number: int) -> None:
        block = self._blocks[number]
        self._chosen = Nothing()
        for target in targets(block.entry, block.unfolded)[:1]:
            self._choose(Chosen(number, target), scroll=False)

    def _choose(self, one: Chosen, scroll: bool = True) -> None:
        self._chosen = one
        self.refresh()
        if scroll:
            self.scroll_to_region(self._region(one), animate=False, force=True)
        block = self._blocks[one.entry]
        if isinstance(one.target, CitationAt) and isinstance(block.entry, Turn):
            citation = citation_of(block.entry, one.target)
            self.post_message(self.CitationChosen(block.entry, citation))

    def _region(self, one: Chosen) -> Region:
        places = [
            at for at, row in enumerate(self._blocks[one.entry].rows) if row.target == one.target
        ]
        return Region(0, self._starts[one.entry] + places[0], 1, len(places))

    def action_step(self, by: int) -> None:
        """Choose the next citation, or the one before."""
        places = self._targets()
        if not places:
            return
        if isinstance(self._chosen, Nothing) or self._chosen not in places:
            last = places[-1].entry
            self._choose(next(one for one in places if one.entry == last))
            return
        at = places.index(self._chosen) + by
        if 0 <= at < len(places):
            self._choose(places[at])

    def action_activate(self) -> None:
        """Show a citation in its article, or unfold further answers."""
        if isinstance(self._chosen, Nothing):
            return
        match self._chosen.target:
            case Fold():
                self._toggle(self._chosen.entry)
            case CitationAt():
                for citation in self.chosen_citation:
                    self.post_message(self.Activated(citation))

    def _toggle(self, number: int) -> None:
        block = self._blocks[number]
        self._blocks[number] = _Block(block.entry, not block.unfolded, block.note)
        self._following = False
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; a second click shows it."""
        at = self.scroll_offset.y + event.get_content_offset_capture(self).y
        if not self._blocks or at >= self._starts[-1]:
            return
        entry, number = self._row_at(at)
        target = self._blocks[entry].rows[number].target
        if isinstance(target, Plain):
            return
        self._choose(Chosen(entry, target), scroll=False)
        if isinstance(target, Fold) or event.chain > 1:
            self.action_activate()


def _segments(text: Text, console: Console, base: Style) -> Iterator[Segment]:
    text.end = ""
    base += console.get_style(text.style, default=Style.null())  # left out where there are no spans
    for segment in text.render(console):
        yield Segment(segment.text, base + segment.style if segment.style else base)
